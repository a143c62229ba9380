"""What a form, a template or a program sends, in the names and types of a model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from core.studio.parameters.names import Names
from core.studio.parameters.problems import Problem, Severity
from core.studio.parameters.several import Reading, read_values
from core.studio.parameters.specs import ParameterSpec, ParameterSpecSet


@dataclass(frozen=True, slots=True)
class Resolved:
    """``values`` by the model's names, in the form's order: one value cast, several as they were written.

    ``problems`` are what was left out and why, and required parameters that have neither value nor default.
    """

    values: dict[str, Any]
    problems: tuple[Problem, ...]

    @property
    def is_usable(self) -> bool:
        """Whether nothing that was asked for is left out."""
        return all(problem.severity is not Severity.ERROR for problem in self.problems)


class CarriedOver(NamedTuple):
    """``kept`` by the new model's names; ``dropped`` says what the new model does not take."""

    kept: dict[str, Any]
    dropped: tuple[Problem, ...]


def resolve(raw: Mapping[str, Any], specs: ParameterSpecSet) -> Resolved:
    """Check ``raw`` against the model; never raises for what people type."""
    values, problems = _read(raw, Names(specs))
    for spec in specs:
        if spec.required and spec.default is None and spec.name not in values:
            problems.append(Problem(spec.name, "missing", f"{spec.title} is missing. Fill it in."))
    return Resolved(values, tuple(problems))


def carry_over(values: Mapping[str, Any], old_specs: ParameterSpecSet, new_specs: ParameterSpecSet) -> CarriedOver:
    """What stays of ``values`` when the model changes: what the new one has by name, alias or synonym, and takes.

    A parameter that the old model did not have either is dropped like any other.
    """
    old, new = Names(old_specs), Names(new_specs)
    renamed: dict[str, Any] = {}
    dropped: list[Problem] = []
    for name, value in values.items():
        spec = _counterpart(name, old.find(name), new)
        if spec is None:
            dropped.append(new.unknown(name))
        else:
            renamed[spec.name] = value
    kept, problems = _read(renamed, new)
    return CarriedOver(kept, (*dropped, *(one for one in problems if one.severity is not Severity.INFO)))


def merge_defaults(specs: ParameterSpecSet, values: Mapping[str, Any]) -> dict[str, Any]:
    """The model's defaults, and ``values`` over them, in the form's order; ``None`` in ``values`` counts as absent."""
    given = {name: value for name, value in values.items() if value is not None}
    merged = {spec.name: given.get(spec.name, spec.default) for spec in specs}
    return {name: value for name, value in {**merged, **given}.items() if value is not None}


def _counterpart(name: str, old: ParameterSpec | None, new: Names) -> ParameterSpec | None:
    candidates = (name,) if old is None else (old.name, *old.aliases, name)
    return next((spec for one in candidates if (spec := new.find(one))), None)


def _read(raw: Mapping[str, Any], names: Names) -> tuple[dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name in sorted(raw, key=lambda one: (names.find(one) is not None and _is_exact(one, names), one)):
        spec = names.find(name)
        if spec is None:
            problems.append(names.unknown(name))
            continue
        reading = read_values(spec, raw[name], name=name)
        problems += reading.problems
        if reading.values is not None:
            values[spec.name] = _kept(reading, raw[name])
    return {name: values[name] for name in names.in_order(values) if values[name] is not None}, problems


def _is_exact(name: str, names: Names) -> bool:
    spec = names.find(name)
    return spec is not None and spec.name == name


def _kept(reading: Reading, raw: object) -> Any:
    assert reading.values is not None
    return reading.values.at(0, lambda _: 0) if reading.values.is_one else raw
