"""What a model accepts: one :class:`ParameterSpec` for each parameter, stored with the model as JSON."""

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self


class ParameterType(enum.StrEnum):
    """How a value is typed, cast and checked."""

    STRING = "string"
    TEXT = "text"  # several lines: prompts
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    ENUM = "enum"
    IMAGE = "image"  # a product or an uploaded picture, by its id
    SEED = "seed"  # an integer that may be left to chance; kept as text, since it can exceed 64 bits


class Interpolation(enum.StrEnum):
    """How a value may stand for several."""

    NONE = "none"
    LIST = "list"  # 8,10,20 | 10..20 | 10|20|30
    TOKENS = "tokens"  # [a,b]: prompts


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """One parameter of a model. ``name`` is the provider's own; ``aliases`` are what people call it.

    ``minimum``, ``maximum`` and ``step`` are in the unit of the value; ``choices`` are the values of an enumeration.
    """

    name: str
    type: ParameterType
    label: str = ""
    required: bool = False
    default: Any = None
    hint: str = ""
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    max_length: int | None = None
    pattern: str | None = None
    choices: tuple[Any, ...] = ()
    interpolation: Interpolation | None = None  # never None once made: what the type usually is
    aliases: tuple[str, ...] = ()
    group: str = ""
    advanced: bool = False
    order: int = 100

    def __post_init__(self) -> None:
        if self.interpolation is None:
            object.__setattr__(self, "interpolation", _usual_interpolation(self.type))

    @property
    def may_be_several(self) -> bool:
        """Whether one value may stand for a list, a range or a random pick."""
        return self.interpolation is Interpolation.LIST

    @property
    def title(self) -> str:
        """What people read."""
        return self.label or self.name

    def to_json(self) -> dict[str, Any]:
        """Only what differs from the defaults, so that stored schemas stay readable."""
        found: dict[str, Any] = {"name": self.name, "type": self.type.value}
        for key in _OPTIONAL:
            value = getattr(self, key)
            usual = _usual_interpolation(self.type) if key == "interpolation" else _DEFAULTS[key]
            if value != usual:
                found[key] = list(value) if isinstance(value, tuple) else value
        return found

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Raises ``KeyError`` or ``ValueError`` for what is no parameter; unknown keys are left out."""
        known: dict[str, Any] = {key: stored[key] for key in _OPTIONAL if key in stored}
        for key in ("choices", "aliases"):
            if key in known:
                known[key] = tuple(known[key])
        if "interpolation" in known:
            known["interpolation"] = Interpolation(known["interpolation"])
        return cls(name=stored["name"], type=ParameterType(stored["type"]), **known)


def _usual_interpolation(kind: ParameterType) -> Interpolation:
    """Pictures and long texts stand for one, commas and all."""
    return Interpolation.NONE if kind in {ParameterType.TEXT, ParameterType.IMAGE} else Interpolation.LIST


_OPTIONAL = tuple(name for name in ParameterSpec.__dataclass_fields__ if name not in {"name", "type"})
_DEFAULTS = {name: ParameterSpec.__dataclass_fields__[name].default for name in _OPTIONAL}


@dataclass(frozen=True, slots=True)
class ParameterSpecSet:
    """All parameters of a model, in the order the form shows them."""

    specs: tuple[ParameterSpec, ...] = field(default=())

    def __iter__(self) -> Iterator[ParameterSpec]:
        return iter(self.specs)

    def get(self, name: str) -> ParameterSpec | None:
        """By the provider's own spelling."""
        return next((spec for spec in self.specs if spec.name == name), None)

    def to_json(self) -> dict[str, Any]:
        return {"parameters": [spec.to_json() for spec in self.specs]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> Self:
        return cls.of(ParameterSpec.from_json(one) for one in (stored or {}).get("parameters", ()))

    @classmethod
    def of(cls, specs: Iterable[ParameterSpec]) -> Self:
        return cls(tuple(sorted(specs, key=lambda spec: spec.order)))
