"""What is wrong with a value, in words, and how bad that is."""

import enum
from dataclasses import dataclass


class Severity(enum.StrEnum):
    """How much a person should mind."""

    INFO = "info"  # worth knowing; nothing was changed
    WARNING = "warning"  # it goes on, though perhaps not as meant
    ERROR = "error"  # something that was asked for is left out


@dataclass(frozen=True, slots=True)
class Problem:
    """``name`` is as it was written; ``message`` is fit for a person. ``code`` is one of the reference's."""

    name: str
    code: str
    message: str
    severity: Severity = Severity.ERROR
