"""What a key may do. Each scope is named and described here, for screens, answers and documents alike."""

import enum


class Scope(enum.StrEnum):
    """One permission of a key."""

    DEVIATIONS_WRITE = "deviations:write"
    DEVIATIONS_READ = "deviations:read"
    SALES = "sales"


DESCRIPTIONS: dict[Scope, str] = {
    Scope.DEVIATIONS_WRITE: "Pictures and films arrive under Review; nothing is published by that.",
    Scope.DEVIATIONS_READ: "Titles, states, times, and how they were made.",
    Scope.SALES: "Take the next sale, complete it, or say why it did not work.",
}
