"""Many troubles at random moments, by a seed: provider faults, crashes in calls, a clock that is set, retries.

Whatever happens, nothing is lost and nothing is shown twice. (``make chaos`` does the same to whole processes.)
"""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.identity import pacing
from core.identity.models import AccountState
from core.publishing import scheduling
from core.publishing.execution import claims
from core.publishing.models import DeviationStatus
from core.publishing.reports import BatchReport
from core.system.actors import Actor
from core.system.models import IntentState
from tests.failures.stand_in import SandboxRig

TROUBLES: list[dict[str, Any]] = [
    {"kind": "error_before", "status": 500},
    {"kind": "error_before", "status": 503},
    {"kind": "error_before", "status": 400, "error_code": 0},
    {"kind": "error_before", "status": 400, "error_code": 6},
    {"kind": "error_before", "status": 400, "error_code": 7},
    {"kind": "error_after", "status": 500},
    {"kind": "error_after", "status": 503},
    {"kind": "drop_before"},
    {"kind": "drop_after"},
    {"kind": "html_403"},
    {"kind": "ok_with_error_body"},
    {"kind": "ok_with_error_body", "after_effect": True},
    {"kind": "ok_with_error_body", "after_effect": True, "status": 400},
    {"kind": "rate_limit"},
    {"kind": "rate_limit", "retry_after": 100},
    {"kind": "half_published"},
    {"kind": "revoked_token"},
]
PLACES = ["/stash/publish", "/stash/publish", "/stash/*", "/gallery/all", "*"]


class Killed(BaseException):
    """Stands for ``kill -9``."""


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_lost_and_nothing_is_shown_twice(
    make_sandbox_rig: Callable[..., SandboxRig], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    sandbox = make_sandbox_rig(call_gap_seconds=chance.choice([0, 3]))
    sandbox.control.post("/gallery_lag", seconds=chance.choice([0, 20, 100]))
    posts = [sandbox.post(files=chance.choice([1, 1, 2, 3]), title=chance.choice(["Same", f"{n}"])) for n in range(6)]
    for number in range(12):
        trouble = chance.choice(TROUBLES) | {"seed": seed * 100 + number, "endpoint": chance.choice(PLACES)}
        sandbox.fault(**trouble, count=chance.choice([1, 2, 3]), probability=chance.choice([0.1, 0.3, 0.6]))
    for _ in range(300):
        _live_on(sandbox, chance, monkeypatch)
        sandbox.advance(chance.choice([3, 20, 60, 300]))
        if chance.random() < 0.1:
            _look_after(sandbox, posts)
    sandbox.control.call("DELETE", "/faults")
    for _ in range(40):
        _look_after(sandbox, posts)
        sandbox.run_for(600, step=20)
        if all(_is_over(sandbox, post) for post in posts):
            break
    _assert_whole(sandbox, posts)


def _live_on(sandbox: SandboxRig, chance: random.Random, monkeypatch: pytest.MonkeyPatch) -> None:
    event = chance.random()
    if event < 0.03:
        with monkeypatch.context() as patch:
            _kill_in_a_call(sandbox, patch, chance.choice(["submit", "publish"]), after=chance.random() < 0.5)
    elif event < 0.04:
        _set_clock(sandbox, chance.choice([-2, 2]))
    else:
        sandbox.run_due()


def _kill_in_a_call(sandbox: SandboxRig, patch: pytest.MonkeyPatch, name: str, *, after: bool) -> None:
    real = getattr(type(sandbox.site), name)

    def killed(site: Any, *sent: Any) -> None:
        if after:
            real(site, *sent)
        raise Killed

    patch.setattr(type(sandbox.site), name, killed)
    try:
        sandbox.run_due()
    except Killed:
        claims.release_others(sandbox.database, "the next one", now=sandbox.now)


def _set_clock(sandbox: SandboxRig, hours: int) -> None:
    sandbox.advance(hours * 3600)
    with sandbox.database.connection() as connection:
        claims.forget_waits(connection, now=sandbox.now, beyond=timedelta())
        pacing.forget_waits(connection, now=sandbox.now, beyond=timedelta())


def _look_after(sandbox: SandboxRig, posts: list[str]) -> None:
    """The person connects again, retries what failed, and lets go of what is held."""
    if sandbox.read_account().state is AccountState.RECONNECT:
        sandbox.reconnect()
    rows = [sandbox.read(post) for post in posts]
    failed = [row.id for row in rows if row.status is DeviationStatus.FAILED and not _asks_to_look(row)]
    _do(sandbox, scheduling.retry, failed)
    _do(sandbox, scheduling.publish_now, [row.id for row in rows if row.hold_reason is not None])


def _do(sandbox: SandboxRig, service: Callable[..., BatchReport], posts: list[str]) -> None:
    with sandbox.database.session() as session:
        service(session, Actor.person(sandbox.user.id), posts, now=sandbox.now)


def _asks_to_look(row: Any) -> bool:
    """Whether only a person can tell if it is there: it would take a look at the gallery before a retry."""
    return "Look whether it is in your gallery" in (row.error_message or "")


def _is_over(sandbox: SandboxRig, post: str) -> bool:
    row = sandbox.read(post)
    return row.status is DeviationStatus.PUBLISHED or _asks_to_look(row)


def _assert_whole(sandbox: SandboxRig, posts: list[str]) -> None:
    rows = [sandbox.read(post) for post in posts]
    assert all(_is_over(sandbox, post) for post in posts)
    shown = sandbox.shown()
    assert set(shown.values()) <= {1}
    for file in (file for row in rows if not _asks_to_look(row) for file in row.files):
        assert any(sha256 in file.storage_key for sha256 in shown)
    assert not [one for one in sandbox.intents() if one.state in (IntentState.OPEN, IntentState.UNKNOWN)]
