"""Everything the provider may do wrong, one after the other: each file is on show exactly once in the end."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.identity.models import AccountState
from core.publishing.models import DeviationStatus, HoldReason, LatePolicy
from core.system.models import Notification
from tests.factories import HOUR, NOON
from tests.failures.stand_in import TIMEOUT_SECONDS, SandboxRig

PUBLISHED = DeviationStatus.PUBLISHED
LONG = TIMEOUT_SECONDS * 3
FAULTS = {
    "error before": {"kind": "error_before", "status": 500},
    "maintenance": {"kind": "error_before", "status": 503},
    "error after": {"kind": "error_after", "status": 500},
    "maintenance after": {"kind": "error_after", "status": 503},
    "dropped before": {"kind": "drop_before"},
    "dropped after": {"kind": "drop_after"},
    "hangs before": {"kind": "hang", "seconds": LONG},
    "hangs after": {"kind": "hang", "seconds": LONG, "after_effect": True},
    "page": {"kind": "html_403"},
    "200 with an error": {"kind": "ok_with_error_body"},
    "200 with an error after": {"kind": "ok_with_error_body", "after_effect": True},
    "200 with a refusal after": {"kind": "ok_with_error_body", "after_effect": True, "status": 400},
    "limited": {"kind": "rate_limit"},
    "limited for long": {"kind": "rate_limit", "retry_after": 200},
    "slow": {"kind": "slow", "seconds": LONG, "after_effect": True},
}
BEFORE = ["error before", "maintenance", "dropped before", "hangs before", "200 with an error", "limited", "page"]
AFTER = [
    "error after", "maintenance after", "dropped after", "hangs after", "200 with an error after", "slow",
    "200 with a refusal after",
]  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_at_publish(sandbox: SandboxRig, name: str) -> None:
    post = sandbox.post()
    sandbox.fault(**FAULTS[name])
    sandbox.run_for(1200, step=20)
    sandbox.assert_published_once(post)


def test_a_refusal_with_a_good_status_is_one_once_the_gallery_has_been_looked_at(sandbox: SandboxRig) -> None:
    post = sandbox.post()
    sandbox.fault("ok_with_error_body", status=400, count=10)
    sandbox.run_for(300, step=10)
    row = sandbox.read(post)
    assert (row.status, row.error_category) == (DeviationStatus.FAILED, "validation")
    assert len(sandbox.calls("/gallery/all")) == 3
    assert not sandbox.shown()


@pytest.mark.parametrize("name", [name for name in FAULTS if "refusal" not in name])
def test_one_fault_at_submit(sandbox: SandboxRig, name: str) -> None:
    post = sandbox.post(files=2)
    sandbox.fault(**FAULTS[name], endpoint="/stash/submit")
    sandbox.run_for(1200, step=20)
    sandbox.assert_published_once(post)


@pytest.mark.parametrize("first", BEFORE)
@pytest.mark.parametrize("then", AFTER)
def test_a_fault_without_effect_and_one_with(sandbox: SandboxRig, first: str, then: str) -> None:
    posts = [sandbox.post(title="Same"), sandbox.post(title="Same")]
    for name in (first, then, first):
        sandbox.fault(**FAULTS[name])
    sandbox.fault("error_before", "/gallery/all", status=500)
    sandbox.run_for(3600, step=30)
    sandbox.assert_published_once(*posts)


def test_half_published_is_published_once_and_says_that_its_address_is_not_known(sandbox: SandboxRig) -> None:
    post, after_it = sandbox.post(), sandbox.post(due_at=NOON + HOUR)
    sandbox.fault("half_published")
    sandbox.run_for(1800, step=20)
    row = sandbox.read(post)
    assert (row.status, row.deviation_id) == (PUBLISHED, None)
    assert "could not be found" in (row.error_message or "")
    assert sum(sandbox.shown().values()) == 1
    sandbox.run_for(3600, step=60)
    sandbox.assert_published_once(post, after_it, with_address=False)


def test_half_published_in_the_middle_of_a_series_and_a_gallery_that_lags(sandbox: SandboxRig) -> None:
    post = sandbox.post(files=3)
    sandbox.control.post("/gallery_lag", seconds=90)
    sandbox.fault("drop_after")
    sandbox.fault("half_published")
    sandbox.run_for(3600, step=20)
    sandbox.assert_published_once(post, with_address=False)


@pytest.mark.parametrize("lag", [30, 120, 290])
def test_a_gallery_that_lags_gives_the_address_in_the_end(sandbox: SandboxRig, lag: int) -> None:
    post = sandbox.post()
    sandbox.control.post("/gallery_lag", seconds=lag)
    sandbox.fault("drop_after")
    sandbox.run_for(1800, step=10)
    sandbox.assert_published_once(post)


@pytest.mark.parametrize("retry_after", [None, 120])
@pytest.mark.parametrize("endpoint", ["/stash/submit", "/stash/publish", "/gallery/all", "/oauth2/token"])
def test_a_limit_at_any_endpoint_is_respected_by_the_whole_account(
    make_sandbox_rig, endpoint: str, retry_after: int | None
) -> None:
    sandbox: SandboxRig = make_sandbox_rig(call_gap_seconds=3)
    if endpoint == "/oauth2/token":
        sandbox.advance(58 * 60)  # the access token is about to end
    posts = [sandbox.post(due_at=sandbox.now) for _ in range(5)]
    if endpoint == "/gallery/all":
        sandbox.fault("drop_after")
    sandbox.fault("rate_limit", endpoint, retry_after=retry_after)
    sandbox.run_for(3600, step=3)
    sandbox.assert_published_once(*posts)
    assert _gap_after_the_limit(sandbox) >= (retry_after or 4)


def _gap_after_the_limit(sandbox: SandboxRig) -> float:
    """Seconds between the first call that was limited and the next call of any kind."""
    rows = sandbox.control.state("requests")
    place = next(number for number, row in enumerate(rows) if row["status"] == 429)
    moments = [_instant(row["received_at"]) for row in rows]
    return (moments[place + 1] - moments[place]).total_seconds()


def _instant(text: str):
    from datetime import datetime

    return datetime.fromisoformat(text)


def test_an_access_token_that_ends_between_submit_and_publish_is_renewed(make_sandbox_rig) -> None:
    sandbox: SandboxRig = make_sandbox_rig(call_gap_seconds=3)
    post = sandbox.post()
    sandbox.run_due()
    assert sandbox.read(post).files[0].stash_item_id
    sandbox.advance(3700)
    sandbox.run_for(60)
    sandbox.assert_published_once(post)
    assert len(sandbox.control.state("refreshes")) == 1


def test_an_access_token_that_the_site_ends_early_is_renewed(make_sandbox_rig) -> None:
    sandbox: SandboxRig = make_sandbox_rig(call_gap_seconds=3)
    post = sandbox.post()
    sandbox.run_due()
    sandbox.control.post("/expire", username="breaker")
    sandbox.run_for(60)
    sandbox.assert_published_once(post)
    assert len(sandbox.control.state("refreshes")) == 1
    assert sandbox.read_account().state is AccountState.CONNECTED


def test_access_revoked_in_the_middle_of_a_series_holds_everything_until_its_person_is_back(make_sandbox_rig) -> None:
    sandbox: SandboxRig = make_sandbox_rig(call_gap_seconds=3)
    series = sandbox.post(files=3)
    patient = sandbox.post(due_at=NOON + HOUR / 2)
    strict = sandbox.post(due_at=NOON + HOUR / 2, late_policy=LatePolicy.HOLD, max_lateness_minutes=60)
    later = sandbox.post(due_at=NOON + 30 * HOUR, late_policy=LatePolicy.HOLD, max_lateness_minutes=60)
    while sum(sandbox.shown().values()) < 2:
        sandbox.run_due()
        sandbox.advance(3)
    sandbox.control.post("/revoke", username="breaker")
    for _ in range(24):
        sandbox.run_for(3600, step=600)
        sandbox.keep_tokens()
    assert sandbox.read_account().state is AccountState.RECONNECT
    assert _topics(sandbox) == [f"account.reconnect:{sandbox.account.id}"]
    assert [sandbox.read(one).actual_publish_at for one in (series, patient, strict)] == [
        NOON,
        NOON + HOUR / 2,
        NOON + HOUR / 2,
    ]
    sandbox.reconnect()
    sandbox.run_for(600)
    assert sandbox.read(strict).hold_reason is HoldReason.LATE
    sandbox.assert_published_once(series, patient)
    sandbox.run_for(8 * 3600, step=600)
    assert sandbox.read(later).status is PUBLISHED


def test_the_post_that_finds_the_access_revoked_is_held_when_late_like_all_others(sandbox: SandboxRig) -> None:
    """Its one refused call is no beginning."""
    post = sandbox.post(late_policy=LatePolicy.HOLD, max_lateness_minutes=60)
    sandbox.control.post("/revoke", username="breaker")
    sandbox.run_for(60)
    assert sandbox.read_account().state is AccountState.RECONNECT
    sandbox.advance(3 * 24 * 3600)
    sandbox.reconnect()
    sandbox.run_for(60)
    row = sandbox.read(post)
    assert (row.hold_reason, row.actual_publish_at) == (HoldReason.LATE, NOON)
    assert not sandbox.shown()


def test_revoked_by_the_very_answer_to_publish(sandbox: SandboxRig) -> None:
    post = sandbox.post(files=2)
    sandbox.fault("revoked_token")
    sandbox.run_for(60)
    assert sandbox.read_account().state is AccountState.RECONNECT
    sandbox.reconnect()
    sandbox.run_for(60)
    sandbox.assert_published_once(post)


def test_a_refresh_whose_answer_is_lost_asks_for_its_person_once(sandbox: SandboxRig) -> None:
    """The token is spent, the new pair never arrived: nothing but connecting again can help."""
    post = sandbox.post(due_at=NOON + timedelta(minutes=57))
    sandbox.advance(57 * 60)
    sandbox.fault("drop_after", "/oauth2/token")
    sandbox.run_for(600)
    assert sandbox.read_account().state is AccountState.RECONNECT
    assert _topics(sandbox) == [f"account.reconnect:{sandbox.account.id}"]
    sandbox.reconnect()
    sandbox.run_for(60)
    sandbox.assert_published_once(post)


def test_everything_at_once(make_sandbox_rig) -> None:
    sandbox: SandboxRig = make_sandbox_rig(call_gap_seconds=3)
    posts = [sandbox.post(files=files, title="Untitled") for files in (1, 2, 1, 3)]
    sandbox.control.post("/gallery_lag", seconds=45)
    for number, name in enumerate([*BEFORE, *AFTER]):
        sandbox.fault(**FAULTS[name], count=50, probability=0.12, seed=number, endpoint="/stash/*")
    sandbox.fault("html_403", "/gallery/all", count=50, probability=0.2, seed=99)
    sandbox.run_for(6 * 3600, step=15)
    sandbox.control.call("DELETE", "/faults")
    _retry_failed(sandbox, posts)
    sandbox.run_for(3 * 3600, step=30)
    sandbox.assert_published_once(*posts, with_address=False)


def _retry_failed(sandbox: SandboxRig, posts: list[str]) -> None:
    from core.publishing import scheduling
    from core.system.actors import Actor

    with sandbox.database.session() as session:
        scheduling.retry(session, Actor.person(sandbox.user.id), posts, now=sandbox.now)


def _topics(sandbox: SandboxRig) -> list[str]:
    with sandbox.database.read() as session:
        return list(session.scalars(select(Notification.topic).where(Notification.read_at.is_(None))))
