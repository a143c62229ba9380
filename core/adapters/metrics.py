"""Counters of the calls made to providers, for ``/metrics``."""

from prometheus_client import Counter, Histogram

CALLS = Counter("atelier_provider_calls", "Calls to a provider by outcome.", ["provider", "endpoint", "outcome"])
SECONDS = Histogram(
    "atelier_provider_call_seconds",
    "How long a provider took to answer.",
    ["provider", "endpoint"],
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)


def observe(provider: str, endpoint: str, outcome: str, seconds: float) -> None:
    """Count one call; ``outcome`` is ``ok`` or an error category."""
    CALLS.labels(provider, endpoint, outcome).inc()
    SECONDS.labels(provider, endpoint).observe(seconds)
