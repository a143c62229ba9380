"""A pair of brackets, read: its options in the order written, and which of them come from lookups."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core.studio.expansion.chance import Chance
from core.studio.expansion.lookups import Instance, LookupTable
from core.studio.expansion.remarks import Remarks
from core.studio.expansion.syntax import TokenMark
from core.studio.parameters.escaping import ends_escaping, split_unescaped, unescape
from core.studio.parameters.problems import Severity
from core.studio.parameters.ranges import Span

LITERAL = -1  # the group of options that come from no lookup
MOST_IN_RANGE = 1_000
MOST_OPTIONS = 250_000  # of all tokens of an order: what is held in memory at once
_LABEL_LENGTH = 60
_RATIO = re.compile(r"\s*\d+:\d+\s*", re.ASCII)
_WORD = re.compile(r"[\w-]+")


class Option(NamedTuple):
    """A text that may stand in place of the token; ``group`` is the place of its lookup in the token's list."""

    text: str
    group: int = LITERAL


@dataclass(frozen=True, slots=True)
class Token:
    """``order`` is where options are taken from when only ``pick`` of them are wanted: a random order of all."""

    label: str
    options: tuple[Option, ...]
    instances: tuple[Instance, ...] = ()
    pick: int | None = None
    order: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class BackReference:
    """Repeats what an instance took."""

    instance: Instance
    mark: TokenMark


class TokenReader:
    """Reads tokens. Brackets with the same content are read once, and all of them share a budget of options."""

    def __init__(self, lookups: LookupTable, remarks: Remarks) -> None:
        self._lookups = lookups
        self._remarks = remarks
        self._known: dict[str, tuple[tuple[Option, ...], tuple[Instance, ...]]] = {}
        self._left = MOST_OPTIONS
        self._field = ""

    def read(self, mark: TokenMark, field: str, chance: Callable[[], Chance]) -> Token | BackReference | str:
        """What the brackets are; the text itself where they mean nothing. ``field`` is where warnings point to."""
        self._field = field
        body, count = split_count(mark.content)
        if not body.strip():
            return self._literal(mark, "empty_token", "There is nothing to choose from in these brackets")
        if count == 0:
            return self._literal(mark, "malformed_token", "“:0” chooses nothing")
        if body.lstrip().startswith("="):
            return self._reference(mark, body, count)
        options, instances = self._read_once(body, mark)
        if not options:
            return self._literal(mark, "too_many_options", f"The tokens have more than {MOST_OPTIONS:,} options in all")
        label = instances[0].name if instances else unescape(mark.content).strip()[:_LABEL_LENGTH]
        if count is None:
            return Token(label, options, instances)
        if count > len(options):
            message = f"{count:,} are asked for and there are {len(options):,}; all are taken."
            self._remark("too_few_options", message, mark, Severity.INFO)
        return Token(label, options, instances, min(count, len(options)), tuple(chance().shuffled(len(options))))

    def _read_once(self, body: str, mark: TokenMark) -> tuple[tuple[Option, ...], tuple[Instance, ...]]:
        if body not in self._known and self._left < 0:
            return (), ()
        if body not in self._known:
            if "||" in body:
                self._remark("separator_in_token", "“||” in brackets is taken as text.", mark)
            options, instances = self._options([unescape(one).strip() for _, one in split_unescaped(body, ",")], mark)
            self._left -= len(options)
            self._known[body] = (options if self._left >= 0 else (), instances)
        return self._known[body]

    def _options(self, written: Sequence[str], mark: TokenMark) -> tuple[tuple[Option, ...], tuple[Instance, ...]]:
        found: list[Option] = []
        instances: list[Instance] = []
        for word in written:
            instance = self._lookups.instance(word) if word else None
            if instance is None:
                found += (Option(text) for text in self._literals(word, mark))
            elif any(other.key == instance.key for other in instances):
                message = f"The lookup “{instance.key}” is in these brackets already; once is enough."
                self._remark("repeated_lookup", message, mark)
            else:
                instances.append(instance)
                found += (Option(text, len(instances) - 1) for text in self._values(instance, mark))
        if len(written) == 1 and not instances:
            self._advise(written[0], mark)
        return self._distinct(found, mark), tuple(instances)

    def _literals(self, word: str, mark: TokenMark) -> Iterable[str]:
        span = Span.read(word, colon=False)
        if span is None:
            return (word,)
        if span.count > MOST_IN_RANGE:
            message = f"The range “{word}” has more than {MOST_IN_RANGE:,} values; it is taken as text."
            self._remark("range_too_long", message, mark)
            return (word,)
        return (span.text(index) for index in range(span.count))

    def _values(self, instance: Instance, mark: TokenMark) -> tuple[str, ...]:
        found = self._lookups.values(instance.key)
        for key in found.cycles:
            message = f"The lookup “{instance.key}” comes back to “{key}” by way of others; that is passed over."
            self._remark("lookup_cycle", message, mark)
        if found.is_cut:
            message = f"The lookup “{instance.key}” has too many values; the first {len(found.values):,} are used."
            self._remark("lookup_too_long", message, mark)
        if not found.values:
            self._remark("empty_lookup", f"The lookup “{instance.key}” is empty; nothing stands here.", mark)
        return found.values or ("",)

    def _distinct(self, found: Sequence[Option], mark: TokenMark) -> tuple[Option, ...]:
        """Each option once; a text that a lookup has as well is the lookup's."""
        from_lookups = {option.text for option in found if option.group != LITERAL}
        kept: dict[Option, None] = {}
        for option in found:
            if option in kept or (option.group == LITERAL and option.text in from_lookups):
                what = f"“{option.text}”" if option.text else "The empty option"
                self._remark(
                    "repeated_option", f"{what} is in these brackets twice and counts once.", mark, Severity.INFO
                )
            else:
                kept[option] = None
        return tuple(kept)

    def _reference(self, mark: TokenMark, body: str, count: int | None) -> BackReference | str:
        name = unescape(body).strip()[1:].strip()
        if "," in body or count is not None:
            return self._literal(mark, "malformed_token", "A back reference stands alone in its brackets")
        instance = self._lookups.instance(name)
        if instance is None:
            return self._literal(mark, "unknown_reference", f"There is no lookup “{name[:_LABEL_LENGTH]}” to refer to")
        return BackReference(instance, mark)

    def _advise(self, word: str, mark: TokenMark) -> None:
        """A single word in brackets is most often a lookup that is not there."""
        if not _WORD.fullmatch(word) or not self._remarks.wants("no_such_lookup"):
            return
        near = self._lookups.nearest(word)
        advice = f" Did you mean “{near}”?" if near else ""
        message = f"There is no lookup “{word[:_LABEL_LENGTH]}”; the word itself is used.{advice}"
        self._remark("no_such_lookup", message, mark, Severity.WARNING if near else Severity.INFO)

    def _literal(self, mark: TokenMark, code: str, why: str) -> str:
        self._remark(code, f"{why}; it is taken as text.", mark)
        return f"[{unescape(mark.content)}]"

    def _remark(self, code: str, message: str, mark: TokenMark, severity: Severity = Severity.WARNING) -> None:
        self._remarks.add(code, message, self._field, mark.start, mark.end, severity)


def split_count(content: str) -> tuple[str, int | None]:
    """The options, and how many of them are to be taken: a whole number after the last colon, unless it is a ratio."""
    body, colon, tail = content.rpartition(":")
    number = tail.strip()
    if not colon or ends_escaping(content, len(body)) or not (number.isascii() and number.isdigit()) or len(number) > 9:
        return content, None
    pieces = [piece for _, piece in split_unescaped(content, ",")]
    if _RATIO.fullmatch(pieces[-1]) and (int(number) > len(pieces) or any(map(_RATIO.fullmatch, pieces[:-1]))):
        return content, None
    return body, int(number)
