"""What the house notices by itself reaches the channels, by the way it really takes."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core.identity.models import Account, User
from core.identity.token_warnings import warn_of_endings
from core.jobs.cleanup import forget_expired
from core.publishing import notices
from core.publishing.execution import claims
from core.settings import Settings
from core.system.deliveries import D
from core.system.notifications import HistoryFilter, count_history, csv_rows, list_history, mark_read
from tests.factories import DAY, HOUR, make_account, make_deviation
from tests.notifications.conftest import Post
from tests.notifications.receivers import Hook


@pytest.fixture
def account(post: Post, hook: Hook) -> str:
    """Alice's account, and a webhook that is told of everything."""
    post.add_webhook(hook.url, ["account.expiring", "account.reconnect", "post.failed", "post.late", "post.agreement"])
    with post.database.session() as session:
        return make_account(session, session.get_one(User, post.alice.user_id), username="alice-art").id


def told(post: Post, hook: Hook) -> list[str]:
    post.deliver()
    return [one.topic.partition(":")[0] for one in post.sent() if one.id in hook.ids]


def ends(post: Post, account_id: str, left: timedelta) -> None:
    with post.database.session() as session:
        session.get_one(Account, account_id).refresh_token_expires_at = post.now + left


def test_access_that_ends_soon_and_access_that_has_ended(post: Post, hook: Hook, account: str) -> None:
    ends(post, account, 5 * DAY)
    for _ in range(3):
        warn_of_endings(post.database, now=post.now)
    assert told(post, hook) == ["account.expiring"]
    ends(post, account, -HOUR)
    for _ in range(3):
        warn_of_endings(post.database, now=post.now)
    assert told(post, hook) == ["account.expiring", "account.reconnect"]
    assert b"alice-art" in hook.calls[-1].body


@pytest.mark.parametrize("cause", ["post.failed", "post.late", "post.agreement"])
def test_what_the_sidecar_notices_in_its_own_transaction(post: Post, hook: Hook, account: str, cause: str) -> None:
    with post.database.session() as session:
        owner = session.get_one(User, post.alice.user_id)
        made = make_deviation(session, owner, session.get_one(Account, account), status="scheduled", title="Dunes")
    post.later(2 * HOUR)
    (work,) = claims.claim_due(post.database, "sidecar", now=post.now, limit=1)
    with post.database.connection() as connection:
        if cause == "post.failed":
            notices.notify_failed(connection, work, "The title is too long.", now=post.now)
        elif cause == "post.late":
            notices.notify_held_late(connection, work, now=post.now)
        else:
            notices.notify_agreement(connection, work, now=post.now)
    assert told(post, hook) == [cause]
    assert made.id.encode() in hook.calls[0].body


def test_what_the_sidecar_takes_back_is_not_told(post: Post, hook: Hook, account: str) -> None:
    with post.database.session() as session:
        owner = session.get_one(User, post.alice.user_id)
        make_deviation(session, owner, session.get_one(Account, account), status="scheduled")
    post.later(2 * HOUR)
    (work,) = claims.claim_due(post.database, "sidecar", now=post.now, limit=1)
    with pytest.raises(RuntimeError), post.database.connection() as connection:
        notices.notify_failed(connection, work, "Never mind.", now=post.now)
        raise RuntimeError
    assert told(post, hook) == []


def test_a_title_longer_than_the_column_is_shortened(post: Post, hook: Hook, account: str) -> None:
    assert post.tell("post.failed:dev_1", "“" + "x" * 400 + "”")
    (delivery,) = post.sent()
    assert len(delivery.subject) == 200 and delivery.subject.endswith("…")


def test_old_deliveries_are_forgotten_with_the_other_logs(post: Post, account: str) -> None:
    post.tell("post.failed:dev_1")
    post.later(91 * DAY)
    post.tell("post.failed:dev_2")
    with post.database.session() as session:
        forget_expired(session, log_days=90, now=post.now)
    with post.database.read() as session:
        assert session.scalars(select(D.c.topic)).all() == ["post.failed:dev_2"]


def test_a_notification_that_is_forgotten_leaves_its_deliveries(post: Post, account: str) -> None:
    post.tell("post.failed:dev_1")
    with post.database.session() as session:
        mark_read(session, post.alice.user_id, now=post.now)
        forget_expired(session, log_days=90, now=post.now + 31 * DAY)
    with post.database.read() as session:
        assert count_history(session, post.alice.user_id, HistoryFilter()) == 0
        assert session.scalar(select(func.count()).select_from(D)) == 1


def test_the_history_is_filtered_by_topic_and_by_unread(post: Post) -> None:
    me = post.alice.user_id
    for topic in ("post.failed:dev_1", "post.failed:dev_2", "account.reconnect:acc_1"):
        post.tell(topic, f"About {topic}")
        post.later(HOUR)
    with post.database.session() as session:
        mark_read(session, me, topic="post.failed:dev_1", now=post.now)
    with post.database.read() as session:
        failed = list_history(session, me, HistoryFilter(kind="post.failed"), limit=9)
        assert [one.topic for one in failed] == ["post.failed:dev_2", "post.failed:dev_1"]
        assert count_history(session, me, HistoryFilter(unread_only=True)) == 2
        assert count_history(session, me, HistoryFilter(unread_only=True, kind="post.failed")) == 1
        assert count_history(session, "usr_nobody", HistoryFilter()) == 0
        rows = list(csv_rows(session, me, HistoryFilter(unread_only=True, kind="post.failed")))
    assert rows[0] == ["# Atelier notifications. Filters: topic: post.failed; unread only"]
    assert [row[4] for row in rows[2:]] == ["About post.failed:dev_2"]


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ({}, True),
        ({"host": "::1"}, True),
        ({"host": "0.0.0.0"}, False),
        ({"public_url": "https://atelier.example.com"}, False),
        ({"host": "0.0.0.0", "webhooks_to_private_networks": "yes"}, True),
        ({"webhooks_to_private_networks": "no"}, False),
    ],
)
def test_webhooks_may_lead_inside_while_nobody_else_can_come_in(given: dict[str, str], allowed: bool) -> None:
    assert Settings(**given).allows_private_webhooks is allowed  # type: ignore[arg-type]  # values by name


def test_the_mail_server_can_be_read_from_a_file(tmp_path, monkeypatch) -> None:
    (tmp_path / "smtp").write_text("smtp://name:hunter2@mail.example:587\n")
    monkeypatch.setenv("ATELIER_SMTP_URL_FILE", str(tmp_path / "smtp"))
    settings = Settings(mail_from="a@example.com")
    assert settings.smtp_url is not None
    assert settings.smtp_url.get_secret_value() == "smtp://name:hunter2@mail.example:587"
    assert "hunter2" not in repr(settings)
