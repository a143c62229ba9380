"""What a key may do. Each scope is named and described here, for screens, answers and documents alike."""

import enum


class Scope(enum.StrEnum):
    """One permission of a key."""

    DEVIATIONS_WRITE = "deviations:write"
    DEVIATIONS_READ = "deviations:read"
    SALES = "sales"


DESCRIPTIONS: dict[Scope, str] = {
    Scope.DEVIATIONS_WRITE: "Send pictures and films in. They wait under Review.",
    Scope.DEVIATIONS_READ: "See your deviations: titles, states, times and how they were made.",
    Scope.SALES: "Work through the sale queue: take the next sale, complete it, or say why not.",
}
