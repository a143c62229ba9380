"""What to mind about the text: one sentence for each kind of mistake, with the first places it was found at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from core.studio.expansion import ExpansionWarning, Severity
from core.ui.words import listed, plain, shortened

MOST = 8
_SENTENCES_OF_A_KIND = 3
_PLACES = 3
_AROUND = 20  # characters on either side of the place that is shown
_MARKED = 60  # characters of it
_ICONS = {Severity.ERROR: ":material/error:", Severity.WARNING: ":material/warning:", Severity.INFO: ":material/info:"}
_FIELDS = {"prompt": "Prompt", "negative_prompt": "Negative prompt"}


@dataclass(slots=True)
class Remark:
    """A sentence and the ``spots`` it holds for, from 0; ``others`` more of its kind are not among them."""

    first: ExpansionWarning
    spots: list[tuple[int, int]]
    others: int = 0

    @property
    def field(self) -> str:
        """The field's name, as the form has it."""
        return _FIELDS.get(self.first.field, self.first.field.replace("_", " ").capitalize())


def grouped(warnings: Sequence[ExpansionWarning]) -> list[Remark]:
    """One remark for each sentence, the gravest first; of one kind three, the last of which counts the rest."""
    found: dict[tuple[str, str, str], Remark] = {}
    kinds: dict[tuple[str, str], list[Remark]] = {}
    for warning in warnings:
        kind, key = (warning.code, warning.field), (warning.code, warning.field, warning.message)
        of_kind = kinds.setdefault(kind, [])
        if key in found:
            found[key].spots.append((warning.start, warning.end))
        elif len(of_kind) < _SENTENCES_OF_A_KIND:
            found[key] = Remark(warning, [(warning.start, warning.end)])
            of_kind.append(found[key])
        else:
            of_kind[-1].others += 1
        of_kind[-1].others += warning.untold
    gravity = list(_ICONS)
    return sorted(found.values(), key=lambda one: gravity.index(one.first.severity))


def show_remarks(remarks: Sequence[Remark], texts: Mapping[str, str]) -> None:
    """A box of them; ``texts`` are what the fields hold, as far as places in them can be shown."""
    if not remarks:
        return
    with st.container(border=True, gap="xsmall"):
        for remark in remarks[:MOST]:
            st.markdown(f"{_ICONS[remark.first.severity]} {plain(remark.first.message)}")
            st.caption(_place(remark, texts.get(remark.first.field, "")))
        if len(remarks) > MOST:
            st.caption(f"And {len(remarks) - MOST} more.")


def spots_in_words(spots: Sequence[tuple[int, int]], others: int = 0) -> str:
    """``character 3``, ``characters 3 to 9``, ``characters 3, 9, 14 and 17 more``; counted from 1."""
    shown = [str(start + 1) if end - start < 2 else f"{start + 1} to {end}" for start, end in spots[:_PLACES]]
    more = len(spots) - len(shown) + others
    is_one = len(shown) == 1 and shown[0].isdecimal()
    return f"character{'' if is_one and not more else 's'} {listed([*shown, f'{more:,} more'] if more else shown)}"


def _place(remark: Remark, text: str) -> str:
    spots = [(start, end) for start, end in remark.spots if start < end <= len(text)]
    if not spots:
        more = len(remark.spots) - 1 + remark.others
        return f"{plain(remark.field)}{f', and {more:,} more like this' if more else ''}"
    words = spots_in_words(spots, remark.others + len(remark.spots) - len(spots))
    return f"{plain(remark.field)}, {words}{_excerpt(text, *spots[0])}"


def _excerpt(text: str, start: int, end: int) -> str:
    before, after = "…" if start > _AROUND else "", "…" if end + _AROUND < len(text) else ""
    left, marked, right = text[max(0, start - _AROUND) : start], text[start:end], text[end : end + _AROUND]
    if not marked.strip():
        return ""
    gap = "" if right.startswith((",", ".", ";", "!", "?")) else " "  # a letter right behind it would end no bold
    return f": {before}{plain(left)} **{plain(shortened(marked, _MARKED))}**{gap}{plain(right)}{after}"
