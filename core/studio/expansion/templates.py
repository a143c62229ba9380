"""A text with slots for tokens, filled in for each combination."""

from collections.abc import Callable, Sequence
from operator import itemgetter

_BLANKS = " \t"


class Template:
    """``parts`` are texts, and numbers of tokens; ``tokens`` are these numbers alone."""

    def __init__(self, parts: Sequence[str | int], may_be_empty: frozenset[int]) -> None:
        self._parts = _merged(parts)
        self.tokens = [part for part in self._parts if isinstance(part, int)]
        self._take = taker(self.tokens)
        self._format = "".join(part.replace("%", "%%") if isinstance(part, str) else "%s" for part in self._parts)
        self._watched = tuple(may_be_empty.intersection(self.tokens))

    def fill(self, texts: Sequence[str]) -> str:
        """The text, without blanks around it. ``texts`` are those of all tokens of the segment."""
        if self._watched and not all(texts[token] for token in self._watched):
            return self._fill_closing_gaps(texts)
        return (self._format % self._take(texts)).strip()

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


def taker(indexes: Sequence[int]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """What takes the texts at these indexes out of a sequence."""
    if len(indexes) > 1:
        return itemgetter(*indexes)  # much faster than a loop
    if not indexes:
        return lambda texts: ()
    (index,) = indexes
    return lambda texts: (texts[index],)


def _merged(parts: Sequence[str | int]) -> list[str | int]:
    """Neighbouring texts as one."""
    found: list[str | int] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part != "":
            found.append(part)
    return found
