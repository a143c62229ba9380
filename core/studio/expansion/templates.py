"""A text with slots for tokens, filled in for each combination."""

from collections.abc import Sequence

_BLANKS = " \t"


class Template:
    """``parts`` are texts, and numbers of tokens."""

    def __init__(self, parts: Sequence[str | int], may_be_empty: frozenset[int]) -> None:
        self._parts = _merged(parts)
        self._slots = [(place, part) for place, part in enumerate(self._parts) if isinstance(part, int)]
        self._buffer = [part if isinstance(part, str) else "" for part in self._parts]
        self._watched = tuple({part for _, part in self._slots} & may_be_empty)

    @property
    def tokens(self) -> list[int]:
        """The numbers of the tokens it has slots for."""
        return [part for _, part in self._slots]

    def fill(self, texts: Sequence[str]) -> str:
        """The text, without blanks around it."""
        if self._watched and not all(texts[token] for token in self._watched):
            return self._fill_closing_gaps(texts)
        buffer = self._buffer
        for place, token in self._slots:
            buffer[place] = texts[token]
        return "".join(buffer).strip()

    def _fill_closing_gaps(self, texts: Sequence[str]) -> str:
        """Where nothing is put between two blanks, only the first of them stays."""
        found: list[str] = []
        after_blank, gap = True, False
        for part in self._parts:
            text = part if isinstance(part, str) else texts[part]
            if not text:
                gap = gap or after_blank
                continue
            if gap:
                text, gap = text.lstrip(_BLANKS), False
            if text:
                found.append(text)
                after_blank = text[-1] in _BLANKS
        return "".join(found).strip()


def _merged(parts: Sequence[str | int]) -> list[str | int]:
    """Neighbouring texts as one."""
    found: list[str | int] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part != "":
            found.append(part)
    return found
