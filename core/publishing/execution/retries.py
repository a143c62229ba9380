"""What an error category means for the next try.

Tries count per category in a row: an hour without network must not use up what a refusal gets.
Waiting for the account's pace is no try at all.
"""

from dataclasses import dataclass

from core.publishing.providers import ErrorCategory as E


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """``max_tries`` calls in all; waits double from ``first_wait`` to ``longest_wait`` seconds."""

    max_tries: int
    first_wait: float
    longest_wait: float

    def wait(self, tries: int) -> float | None:
        """Seconds until the next try after ``tries`` failed ones; ``None`` when it is time to give up."""
        if tries >= self.max_tries:
            return None
        return min(self.first_wait * 2.0 ** (tries - 1), self.longest_wait)


NEVER = RetryPolicy(1, 0, 0)

POLICIES: dict[E, RetryPolicy] = {
    # DeviantArt documents that a 500 may be retried up to three times; two more cost little.
    E.TRANSIENT: RetryPolicy(5, 3, 48),
    # The provider will take it, later: about a day of patience each.
    E.RATE_LIMITED: RetryPolicy(300, 5, 300),
    E.OUTAGE: RetryPolicy(160, 10, 600),
    E.NETWORK: RetryPolicy(160, 2, 600),
    E.STORAGE: RetryPolicy(40, 5, 600),
    E.AUTH: RetryPolicy(3, 2, 10),
    E.GONE: RetryPolicy(3, 2, 10),
    E.ALREADY_PUBLISHED: RetryPolicy(6, 10, 300),
    E.UNKNOWN: RetryPolicy(12, 5, 300),
    E.VALIDATION: NEVER,
    E.POLICY: NEVER,
}
