"""Counters of browse answers, for ``/metrics``."""

from prometheus_client import Counter

ANSWERS = Counter(
    "atelier_browse_answers",
    "Answers to people who browse, by where they came from.",
    ["mode", "source"],
)


def observe(mode: str, source: str) -> None:
    """Count one answer; ``source`` is ``cache``, ``site``, ``coalesced``, ``stale`` or ``failed``."""
    ANSWERS.labels(mode, source).inc()
