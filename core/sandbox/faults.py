"""Rules that make the sandbox misbehave: which request, in what way, how often."""

import random
from collections.abc import Iterator
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.sandbox.limits import AdaptiveLimiter, LimitPolicy
from core.sandbox.store import JsonDict


class FaultKind(StrEnum):
    """What goes wrong; "after" means that the effect has happened by then."""

    SLOW = "slow"
    RATE_LIMIT = "rate_limit"
    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    HANG = "hang"
    HTML_403 = "html_403"
    HTML_PAGE = "html_page"
    RUBBISH = "rubbish"
    OK_WITH_ERROR_BODY = "ok_with_error_body"
    ACCESS_REVOKED = "revoked_token"
    HALF_PUBLISHED = "half_published"


ALWAYS_AFTER = frozenset({FaultKind.ERROR_AFTER, FaultKind.DROP_AFTER})
CHOOSES_AFTER = frozenset(
    {FaultKind.SLOW, FaultKind.HANG, FaultKind.OK_WITH_ERROR_BODY, FaultKind.HTML_PAGE, FaultKind.RUBBISH}
)


class FaultRule(BaseModel):
    """One way to misbehave, as the control API takes it; durations in seconds, no count means without end."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: FaultKind
    endpoint: str = "*"  # glob over the path without the API base: /stash/publish, /gallery/*
    method: str | None = None
    username: str | None = None
    seconds: float = Field(0.0, ge=0)  # slow, hang
    status: int = Field(500, ge=400, le=599)  # error_before, error_after, html_page
    error: str | None = None  # these three replace what the error body says
    error_description: str | None = None
    error_code: int | None = None
    retry_after: int | None = Field(None, ge=0)  # rate_limit: the header's seconds; without it no header
    adaptive: LimitPolicy | None = None  # rate_limit: by token bucket instead of always
    after_effect: bool = False  # slow, hang, ok_with_error_body, html_page, rubbish: whether the effect happens first
    probability: float = Field(1.0, ge=0, le=1)
    seed: int = 0
    count: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.adaptive is not None and self.kind is not FaultKind.RATE_LIMIT:
            raise ValueError("Only rate_limit can be adaptive.")
        if self.after_effect and self.kind not in CHOOSES_AFTER:
            raise ValueError("after_effect goes with slow, hang, ok_with_error_body, html_page and rubbish.")
        return self

    @property
    def happens_after(self) -> bool:
        """Whether the request takes effect before the fault shows."""
        return self.after_effect or self.kind in ALWAYS_AFTER


class Fault:
    """A rule in force, with how often it has struck."""

    def __init__(self, fault_id: int, rule: FaultRule) -> None:
        self.id = fault_id
        self.rule = rule
        self.fired = 0
        self._random = random.Random(rule.seed)  # noqa: S311 - repeatable faults, nothing secret
        self._limiter = AdaptiveLimiter(rule.adaptive) if rule.adaptive else None

    def strikes(self, method: str, endpoint: str, caller: str | None, username: str | None, now: float) -> bool:
        """Decide for one request, and count it when it does."""
        if self._is_spent or not self._matches(method, endpoint, username):
            return False
        if self._limiter is not None and self._limiter.seconds_blocked(caller or "", now) == 0:
            return False
        # Drawn for matching requests only, so that one seed always gives the same sequence.
        if self.rule.probability < 1 and self._random.random() >= self.rule.probability:
            return False
        self.fired += 1
        return True

    @property
    def _is_spent(self) -> bool:
        return self.rule.count is not None and self.fired >= self.rule.count

    def _matches(self, method: str, endpoint: str, username: str | None) -> bool:
        rule = self.rule
        if rule.method is not None and rule.method.upper() != method:
            return False
        if rule.username is not None and rule.username.lower() != (username or "").lower():
            return False
        return fnmatchcase(endpoint, rule.endpoint)

    def as_json(self) -> JsonDict:
        remaining = None if self.rule.count is None else self.rule.count - self.fired
        return {"id": self.id, **self.rule.model_dump(mode="json"), "fired": self.fired, "remaining": remaining}


class FaultBook:
    """The faults in force, in the order they were set."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._next_id = 1

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def add(self, rule: FaultRule) -> Fault:
        fault = Fault(self._next_id, rule)
        self._next_id += 1
        self._faults.append(fault)
        return fault

    def remove(self, fault_id: int) -> bool:
        """Whether there was such a fault."""
        before = len(self._faults)
        self._faults = [fault for fault in self._faults if fault.id != fault_id]
        return len(self._faults) < before

    def clear(self) -> None:
        self._faults.clear()

    def pick(self, method: str, endpoint: str, caller: str | None, username: str | None, now: float) -> list[FaultRule]:
        """The rules that strike this request: every slow one, up to and including the first of another kind."""
        struck: list[FaultRule] = []
        for fault in self._faults:
            if fault.strikes(method, endpoint, caller, username, now):
                struck.append(fault.rule)
                if fault.rule.kind is not FaultKind.SLOW:
                    break
        return struck
