"""Adaptive rate limiting: a token bucket whose penalty grows while the client keeps knocking."""

import math
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field


class LimitPolicy(BaseModel):
    """How a limiter behaves; durations in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    burst: int = Field(10, ge=1)
    per_second: float = Field(2.0, ge=0)
    penalty_seconds: float = Field(2.0, gt=0)
    factor: float = Field(2.0, ge=1)
    max_penalty_seconds: float = Field(300.0, gt=0)
    sends_retry_after: bool = False  # the site often keeps silent


@dataclass
class _Bucket:
    tokens: float
    filled_at: float
    penalty_seconds: float = 0.0
    blocked_until: float = 0.0


class AdaptiveLimiter:
    """One bucket per caller; a request inside the penalty lengthens it."""

    def __init__(self, policy: LimitPolicy) -> None:
        self.policy = policy
        self._buckets: dict[str, _Bucket] = {}

    def seconds_blocked(self, caller: str, now: float) -> float:
        """Count one request and say for how long its caller is now refused; 0 means it may pass."""
        bucket = self._buckets.setdefault(caller, _Bucket(self.policy.burst, now))
        if now < bucket.blocked_until:
            return self._punish(bucket, now, bucket.penalty_seconds * self.policy.factor)
        earned = (now - bucket.filled_at) * self.policy.per_second
        bucket.tokens = min(float(self.policy.burst), bucket.tokens + earned)
        bucket.filled_at = now
        if bucket.tokens < 1:
            return self._punish(bucket, now, self.policy.penalty_seconds)
        bucket.tokens -= 1
        return 0.0

    def _punish(self, bucket: _Bucket, now: float, seconds: float) -> float:
        bucket.penalty_seconds = min(seconds, self.policy.max_penalty_seconds)
        bucket.blocked_until = now + bucket.penalty_seconds
        return bucket.penalty_seconds

    def retry_after(self, seconds: float) -> int | None:
        """Whole seconds for the header, or ``None`` where the policy sends none."""
        return math.ceil(seconds) if self.policy.sends_retry_after else None
