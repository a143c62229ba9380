"""The result: one flat record, safe to store whatever the file held."""

import math
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Self

# Characters kept of each original text, and of all of them together; workflows of real use stay below.
RAW_VALUE_LIMIT = 1_000_000
RAW_TOTAL_LIMIT = 2_000_000

_PROMPT_LIMIT = 100_000
_NAME_LIMIT = 500
_MAX_SEED = 2**64 - 1
_MAX_COUNT = 1_000_000


@dataclass(frozen=True)
class EmbeddedMetadata:
    """Generation metadata; every field may be missing.

    ``seed`` may need 64 bits unsigned, more than a database's integer holds. ``size`` is width and
    height in pixels as the generator was asked for them. ``raw`` holds the texts as found, by their
    keyword, cut at ``RAW_VALUE_LIMIT`` characters each and ``RAW_TOTAL_LIMIT`` in all.
    """

    generator: str | None = None
    prompt: str | None = None
    negative_prompt: str | None = None
    seed: int | None = None
    model: str | None = None
    model_hash: str | None = None
    sampler: str | None = None
    steps: int | None = None
    cfg_scale: float | None = None
    size: tuple[int, int] | None = None
    loras: tuple[str, ...] = ()
    raw: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything about the making was found; texts that could not be understood count."""
        return any(getattr(self, each.name) for each in fields(self))

    def or_else(self, other: "EmbeddedMetadata") -> "EmbeddedMetadata":
        """These findings, with the gaps filled from another reading of the same file."""
        gaps = {
            each.name: getattr(other, each.name)
            for each in fields(self)
            if getattr(self, each.name) in (None, (), {}) and getattr(other, each.name) not in (None, (), {})
        }
        return replace(self, **gaps)

    def to_json(self) -> dict[str, Any]:
        """Plain values that any JSON column takes: no NaN, no NUL, no half characters."""
        found = {name: value for name, value in asdict(self).items() if value not in (None, (), {})}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}

    @classmethod
    def from_json(cls, stored: dict[str, Any] | None) -> Self:
        """The record that ``to_json`` wrote; keys of a later version are passed over."""
        known = {each.name for each in fields(cls)}
        values = {name: value for name, value in (stored or {}).items() if name in known}
        for name in ("size", "loras"):
            if name in values:
                values[name] = tuple(values[name])
        return cls(**values)


def clean_text(text: str, limit: int) -> str:
    """At most ``limit`` characters, without NULs and lone surrogates, which PostgreSQL refuses."""
    return text[:limit].replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")


def clean_raw(texts: dict[str, str]) -> dict[str, str]:
    """The original texts within their limits."""
    kept: dict[str, str] = {}
    room = RAW_TOTAL_LIMIT
    for key, text in texts.items():
        kept[clean_text(key, _NAME_LIMIT)] = clean_text(text, min(RAW_VALUE_LIMIT, room))
        room -= min(len(text), RAW_VALUE_LIMIT, room)
        if room <= 0:
            break
    return kept


def as_prompt(value: object) -> str | None:
    """A prompt of at most 100,000 characters, or ``None`` when there is no text."""
    return (clean_text(value, _PROMPT_LIMIT).strip() or None) if isinstance(value, str) else None


def as_name(value: object) -> str | None:
    """A name of at most 500 characters."""
    return (clean_text(value, _NAME_LIMIT).strip() or None) if isinstance(value, str) else None


def as_seed(value: object) -> int | None:
    """0 … 2⁶⁴−1; negative ones mean “choose for me” and say nothing."""
    return _whole_number(value, _MAX_SEED, at_least=0)


def as_count(value: object) -> int | None:
    """A positive whole number of a million at most: steps, pixels."""
    return _whole_number(value, _MAX_COUNT, at_least=1)


def as_scale(value: object) -> float | None:
    """A finite number; JSON of Python programs may hold NaN and Infinity."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and len(value) > 32:
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) <= _MAX_COUNT else None


def as_size(width: object, height: object) -> tuple[int, int] | None:
    pixels = as_count(width), as_count(height)
    return (pixels[0], pixels[1]) if pixels[0] and pixels[1] else None


def _whole_number(value: object, at_most: int, *, at_least: int) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and len(value) <= 32 and value.strip().isascii() and value.strip().isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if at_least <= value <= at_most else None
