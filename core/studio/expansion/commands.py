"""What meta and batch commands say: debugging, caps and samples. Every other name is a parameter."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from core.studio.expansion.remarks import Remarks
from core.studio.expansion.syntax import CommandMark, TokenMark, scan_value

DEBUG_MODES = ("dryrun", "debug", "pipeline", "interpolation")
_CAPS = frozenset({"maxbatchitem", "maxbatchitems"})


@dataclass(slots=True)
class MetaCommands:
    """For the whole order."""

    debug: str | None = None
    parameters: list[CommandMark] = field(default_factory=list)


@dataclass(slots=True)
class BatchCommands:
    """For one segment. ``cap`` and ``sample`` are at least 1."""

    cap: int | None = None
    sample: int | None = None
    parameters: list[CommandMark] = field(default_factory=list)


def read_meta(marks: Iterable[CommandMark], remarks: Remarks) -> MetaCommands:
    found = MetaCommands()
    for mark in marks:
        _refuse_tokens(mark, remarks)
        if mark.name != "debug":
            found.parameters.append(mark)
        elif mark.value.lower() in DEBUG_MODES:
            found.debug = mark.value.lower()
        else:
            modes = ", ".join(DEBUG_MODES)
            _complain(mark, f"“{mark.value[:40]}” is no way of debugging; there are {modes}.", remarks)
    return found


def read_batch(marks: Iterable[CommandMark], remarks: Remarks) -> BatchCommands:
    found = BatchCommands()
    for mark in marks:
        _refuse_tokens(mark, remarks)
        if mark.name in _CAPS:
            found.cap = _number(mark, remarks) or found.cap
        elif mark.name == "sample":
            found.sample = _number(mark, remarks) or found.sample
        else:
            found.parameters.append(mark)
    return found


def _refuse_tokens(mark: CommandMark, remarks: Remarks) -> None:
    if any(isinstance(piece, TokenMark) for piece in scan_value(mark)):
        message = f"Brackets in a {mark.kind} command are taken as text. A pipeline command may have tokens."
        remarks.add("token_in_command", message, "prompt", mark.start, mark.end)


def _number(mark: CommandMark, remarks: Remarks) -> int | None:
    text = mark.value.strip()
    if text.isascii() and text.isdigit() and len(text) <= 18 and int(text) > 0:
        return int(text)
    _complain(mark, f"“batch:{mark.name}” needs a whole number of at least 1, not “{mark.value[:40]}”.", remarks)
    return None


def _complain(mark: CommandMark, message: str, remarks: Remarks) -> None:
    remarks.add("bad_command", f"{message} The command is left out.", "prompt", mark.start, mark.end)
