"""What a person is told about their text: nothing here stops an order."""

from collections import Counter
from dataclasses import dataclass, replace

from core.studio.parameters.problems import Problem, Severity

MOST_OF_A_KIND = 20


@dataclass(frozen=True, slots=True)
class ExpansionWarning:
    """``field`` is ``prompt``, ``negative_prompt`` or a parameter; ``start`` and ``end`` are places in its text;
    ``untold`` more of its code were found and are not told."""

    code: str
    message: str
    field: str
    start: int
    end: int
    severity: Severity = Severity.WARNING
    untold: int = 0


class Remarks:
    """Collects warnings, each once, and of one kind no more than a person would read."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, int, int, str], ExpansionWarning] = {}
        self._counts: Counter[str] = Counter()

    def wants(self, code: str) -> bool:
        """Whether another of this kind would be shown; not worth preparing otherwise."""
        return self._counts[code] < MOST_OF_A_KIND

    def add(
        self, code: str, message: str, field: str, start: int, end: int, severity: Severity = Severity.WARNING
    ) -> None:
        key = (code, field, start, end, message)
        if key in self._found:
            return
        self._counts[code] += 1
        if self._counts[code] <= MOST_OF_A_KIND:
            self._found[key] = ExpansionWarning(code, message, field, start, end, severity)

    def add_problem(self, problem: Problem, field: str, start: int, end: int) -> None:
        """What is wrong with a parameter, and where it was written."""
        self.add(problem.code, problem.message, field, start, end, problem.severity)

    def all(self) -> tuple[ExpansionWarning, ...]:
        """In the order of the text; the last of a kind knows how many more there are."""
        last = {warning.code: key for key, warning in self._found.items()}
        for code, key in last.items():
            more = self._counts[code] - MOST_OF_A_KIND
            if more > 0:
                self._found[key] = replace(self._found[key], untold=more)
                self._counts[code] = MOST_OF_A_KIND
        fields = {"prompt": 0, "negative_prompt": 1}
        return tuple(sorted(self._found.values(), key=lambda one: (fields.get(one.field, 2), one.field, one.start)))
