"""What a run that is over came to, as its entry in the history says."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.adapters.images.comfyui.calls import Calls
from core.adapters.images.refusals import shortened
from core.studio.providers import (
    CallState,
    CallStatus,
    Consumption,
    ErrorCategory,
    GenerationError,
    Handle,
    Outcome,
    Output,
)

# Names of Python exceptions, which is what the server reports.
FULL_MEMORY = frozenset({"torch.OutOfMemoryError", "torch.cuda.OutOfMemoryError", "OutOfMemoryError", "MemoryError"})
ENDINGS = ("execution_success", "execution_error", "execution_interrupted")

Json = Mapping[str, Any]


def status_of(entry: Json, handle: Handle, calls: Calls) -> CallStatus:
    """How the run ended."""
    messages = _messages(entry)
    seconds = _seconds(messages)
    if "execution_interrupted" in messages:
        return CallStatus(CallState.CANCELLED, consumption=Consumption(images=0, seconds=seconds))
    if "execution_error" in messages or _ended_badly(entry):
        error = _failure(messages.get("execution_error", {}))
        return CallStatus(CallState.FAILED, error=error, consumption=Consumption(images=0, seconds=seconds))
    outputs = list(_outputs(entry, handle, calls))
    if not outputs:
        return CallStatus(CallState.FAILED, error=_nothing_new(messages, handle), consumption=Consumption(images=0))
    returned = {"prompt_id": handle.request_id, "seed": handle.details.get("seed"), "seconds": _plain(seconds)}
    kept = {name: value for name, value in returned.items() if value is not None}
    return CallStatus(
        CallState.DONE, 1.0, outcome=Outcome(outputs, kept, Consumption(images=len(outputs), seconds=seconds))
    )


def _messages(entry: Json) -> dict[str, Json]:
    """The run's messages by name; the last of each."""
    status = entry.get("status")
    rows = status.get("messages") if isinstance(status, Mapping) else None
    listed = rows if isinstance(rows, list) else ()
    pairs = [row for row in listed if isinstance(row, list) and len(row) == 2 and isinstance(row[1], Mapping)]
    return {str(name): data for name, data in pairs}


def _ended_badly(entry: Json) -> bool:
    status = entry.get("status")
    return isinstance(status, Mapping) and status.get("status_str") == "error"


def _seconds(messages: Mapping[str, Json]) -> Decimal | None:
    began = messages.get("execution_start", {}).get("timestamp")
    ended = next((messages[name].get("timestamp") for name in ENDINGS if name in messages), None)
    if not isinstance(began, int) or not isinstance(ended, int):
        return None
    return Decimal(max(ended - began, 0)) / 1000


def _plain(seconds: Decimal | None) -> float | None:
    return None if seconds is None else float(seconds)


def _failure(said: Json) -> GenerationError:
    kind = str(said.get("exception_type") or "")
    node = str(said.get("node_type") or "a node")
    if kind in FULL_MEMORY:
        return GenerationError(
            "The graphics card's memory was full. It will be tried again; smaller or fewer pictures need less.",
            ErrorCategory.TRANSIENT,
            provider_code=kind,
        )
    words = shortened(str(said.get("exception_message") or "")) or "it did not say why"
    return GenerationError(
        f"ComfyUI stopped at “{node}”: {words}. Look at the workflow and the model's file, then try again.",
        ErrorCategory.UNKNOWN,
        provider_code=kind or None,
    )


def _nothing_new(messages: Mapping[str, Json], handle: Handle) -> GenerationError:
    cached = messages.get("execution_cached", {}).get("nodes") or ()
    wanted = handle.details.get("outputs") or ()
    if cached and all(node in cached for node in wanted):
        return GenerationError(
            "ComfyUI had made exactly this just before and gave nothing new. Change the seed or any other value.",
            ErrorCategory.NO_IMAGE,
            provider_code="execution_cached",
        )
    return GenerationError(
        "The workflow ran to its end without saving a picture. Check that its “Save Image” node is reached.",
        ErrorCategory.NO_IMAGE,
    )


def _outputs(entry: Json, handle: Handle, calls: Calls) -> Iterator[Output]:
    """Files of the wanted nodes; what is only a preview counts when nothing was saved."""
    found = entry.get("outputs")
    by_node = found if isinstance(found, Mapping) else {}
    wanted: Sequence[str] = handle.details.get("outputs") or list(by_node)
    files = [(node, file) for node in wanted for file in _files(by_node.get(node))]
    saved = [(node, file) for node, file in files if file.get("type") != "temp"]
    for node, file in saved or files:
        details = {"node": node, "filename": file["filename"], "subfolder": str(file.get("subfolder") or "")}
        yield Output(url=calls.address_of(file), seed=handle.details.get("seed"), details=details)


def _files(outputs: Any) -> Iterator[Json]:
    """Pictures, videos and sounds stand under different names, each a list of files."""
    for listed in outputs.values() if isinstance(outputs, Mapping) else ():
        for file in listed if isinstance(listed, list) else ():
            if isinstance(file, Mapping) and file.get("filename"):
                yield file
