"""Parameters in layers: what a pipeline command says goes before a batch command, that before a meta command, that
before the form."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.studio.expansion.remarks import Remarks
from core.studio.expansion.syntax import CommandMark
from core.studio.parameters.names import Names, plain
from core.studio.parameters.several import Values, read_values
from core.studio.parameters.specs import ParameterSpec

Layer = dict[str, Values]  # by the model's names

_PROMPTS = frozenset({"prompt", "negativeprompt"})


@dataclass(frozen=True, slots=True)
class LayerReader:
    """Reads layers; what cannot be used is remarked on and left out, so that the layer below shows through."""

    names: Names
    remarks: Remarks

    def form(self, parameters: Mapping[str, Any]) -> Layer:
        """What the form sent. The same items come of it whatever the order of its keys is."""
        layer: Layer = {}
        for name in sorted(parameters, key=lambda one: (self._is_exact(one), one)):
            raw = parameters[name]
            spec = self.spec(name, name, 0, 0)
            if spec is not None:
                self._read(layer, spec, name, raw, name, 0, len(raw) if isinstance(raw, str) else 0)
        return layer

    def commands(self, marks: Iterable[CommandMark]) -> Layer:
        """What commands say; of two for the same parameter the last counts."""
        layer: Layer = {}
        for mark in marks:
            spec = self.spec(mark.name, "prompt", mark.start, mark.end)
            if spec is not None:
                if spec.name in layer:
                    message = f"“{mark.name}” is set twice at the same place; the last counts."
                    self.remarks.add("set_twice", message, "prompt", mark.start, mark.end)
                end = mark.value_start + len(mark.value)
                self._read(layer, spec, mark.name, mark.value, "prompt", mark.value_start, end)
        return layer

    def spec(self, name: str, field: str, start: int, end: int) -> ParameterSpec | None:
        """The parameter a name means; prompts are none, they have fields of their own."""
        spec = self.names.find(name)
        if plain(spec.name if spec else name) in _PROMPTS:
            message = f"“{name}” has a field of its own; what is given for it here is left out."
            self.remarks.add("reserved_parameter", message, field, start, end)
            return None
        if spec is None and self.remarks.wants("unknown_parameter"):
            self.remarks.add_problem(self.names.unknown(name), field, start, end)
        elif spec is None:
            self.remarks.add("unknown_parameter", name, field, start, end)
        return spec

    def _read(
        self, layer: Layer, spec: ParameterSpec, name: str, raw: object, field: str, start: int, end: int
    ) -> None:
        reading = read_values(spec, raw, name=name)
        for problem in reading.problems:
            self.remarks.add_problem(problem, field, start, end)
        if reading.values is not None:
            layer[spec.name] = reading.values

    def _is_exact(self, name: str) -> bool:
        spec = self.names.find(name)
        return spec is not None and spec.name == name


class Settings:
    """All parameters of a part, layers merged: ``count`` ways to set them, of which ``at`` gives one."""

    def __init__(self, names: Names, layers: Iterable[Layer], below: Callable[[str], Callable[[int], int]]) -> None:
        merged: Layer = {}
        for layer in layers:
            merged.update(layer)
        self._fixed: dict[str, Any] = {}
        self._axes: list[tuple[str, Values, int]] = []
        self.count = 1
        for name in names.in_order(merged):
            values = merged[name]
            if values.is_one:
                self._fixed[name] = values.at(0, lambda _: 0)
                continue
            self._fixed[name] = None  # keeps the place
            self._axes.append((name, values, values.count))
            self.count *= values.count
        self._below = {name: below(name) for name, _, _ in self._axes}
        self._has_gaps = bool(self._axes) or None in self._fixed.values()

    def at(self, index: int) -> dict[str, Any]:
        """The parameters of one way, in the form's order; the last parameter turns fastest."""
        found = dict(self._fixed)
        for name, values, count in reversed(self._axes):
            index, digit = divmod(index, count)
            found[name] = values.at(digit, self._below[name])
        # A seed that is left to chance is not sent.
        return {name: value for name, value in found.items() if value is not None} if self._has_gaps else found
