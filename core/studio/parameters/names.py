"""Which parameter of a model is meant by a name that a person typed."""

import difflib
import re
from collections.abc import Iterable

from core.studio.parameters.escaping import cleaned
from core.studio.parameters.problems import Problem, Severity
from core.studio.parameters.specs import ParameterSpec, ParameterSpecSet

# What people and other programs call the same thing. Used when exactly one parameter of the model is in a line.
SYNONYMS: tuple[frozenset[str], ...] = (
    frozenset({"guidancescale", "guidance", "cfg", "cfgscale"}),
    frozenset({"steps", "numinferencesteps", "inferencesteps", "samplingsteps", "numsteps"}),
    frozenset({"seed", "noiseseed", "randomseed"}),
    frozenset({"sampler", "samplername", "scheduler"}),
    frozenset({"aspectratio", "aspect", "ar"}),
    frozenset({"width", "w"}),
    frozenset({"height", "h"}),
    frozenset({"strength", "denoise", "denoisingstrength", "promptstrength", "imagestrength"}),
    frozenset({"size", "imagesize", "resolution"}),
)
_LONGEST_NAME = 60


def plain(name: str) -> str:
    """A name without case, blanks, hyphens and underscores: ``guidanceScale`` and ``guidance_scale`` are one."""
    return re.sub(r"[\s_-]+", "", name).casefold()


class Names:
    """The names of one model's parameters."""

    def __init__(self, specs: ParameterSpecSet) -> None:
        self._specs = tuple(specs)
        self._exact = {spec.name: spec for spec in reversed(self._specs)}
        # Later ones win here, so the surest come last: labels, aliases, names.
        self._plain: dict[str, ParameterSpec] = {}
        for spec in reversed(self._specs):
            self._plain[plain(spec.label)] = spec
        for spec in reversed(self._specs):
            self._plain.update((plain(alias), spec) for alias in spec.aliases)
        for spec in reversed(self._specs):
            self._plain[plain(spec.name)] = spec
        self._plain.pop("", None)

    def find(self, name: str) -> ParameterSpec | None:
        """By name, whatever its case; by alias; by label; by a common synonym that only one parameter answers to."""
        exact = self._exact.get(name.strip()) or self._plain.get(plain(name))
        return exact or self._by_synonym(plain(name))

    def unknown(self, name: str) -> Problem:
        """What to say about a name that is none, with the nearest one there is."""
        near = difflib.get_close_matches(plain(name)[:_LONGEST_NAME], self._plain, n=1, cutoff=0.6)
        advice = f" Did you mean “{self._plain[near[0]].name}”?" if near else ""
        shortened = cleaned(name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…")
        message = f"This model has no parameter “{shortened}”; it is left out.{advice}"
        return Problem(name, "unknown_parameter", message, Severity.WARNING)

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Names of parameters in the order of the form."""
        wanted = set(names)
        return [spec.name for spec in self._specs if spec.name in wanted]

    def _by_synonym(self, name: str) -> ParameterSpec | None:
        for group in SYNONYMS:
            if name in group:
                found = {spec.name: spec for word in group if (spec := self._plain.get(word))}
                return next(iter(found.values())) if len(found) == 1 else None
        return None
