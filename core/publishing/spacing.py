"""The distance between two posts of an account, and when a post counts as having gone out."""

from datetime import datetime, timedelta

# Posts go out a few seconds, with tries a few minutes, after their promise: up to this the promise counts.
PUNCTUAL = timedelta(minutes=10)


def anchor(promise: datetime | None, published_at: datetime | None) -> datetime:
    """The moment that distances to a post are measured from.

    The promise, as long as it was kept about on time: else what was planned at an exact distance would be
    late by the seconds that publishing takes. For what came later, the time it really went out.
    """
    if published_at is None:
        assert promise is not None
        return promise
    if promise is not None and promise <= published_at <= promise + PUNCTUAL:
        return promise
    return published_at
