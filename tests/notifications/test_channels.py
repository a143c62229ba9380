"""Channels are somebody's own: added, chosen for, switched off and on, removed; every change leaves an event."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import Text, select, type_coerce

from core.clock import utc_now
from core.db.reseal import sealed_columns
from core.identity import users
from core.identity.models import InstanceUserRole
from core.system import channels, outbox
from core.system.actors import Actor
from core.system.channel_errors import (
    ChannelNotFound,
    ChannelNotReady,
    ChannelTaken,
    DeliveryMoved,
    InvalidChannel,
    TooManyChannels,
)
from core.system.channels import C
from core.system.models import AuditEvent, DeliveryStatus
from core.system.notifications import mark_read
from core.system.outbox import OutboxFilter
from core.system.topics import TOPICS
from tests.factories import DAY, HOUR, NOON, make_user
from tests.notifications.conftest import EVERYTHING, Post
from tests.notifications.receivers import Hook, Mailbox

URL = "https://hooks.example/services/secret-path"


@pytest.mark.parametrize("kind", EVERYTHING)
def test_each_named_cause_reaches_every_channel(post: Post, hook: Hook, mailing: Mailbox, kind: str) -> None:
    post.add_webhook(hook.url)
    post.add_mail()
    assert post.tell(f"{kind}:x_1", f"Told of {kind}")
    assert post.deliver() == "Notifications: 2 sent."
    assert [mail["Subject"] for mail in mailing.mails] == [f"Told of {kind}"]
    assert len(hook.calls) == 1


def test_one_cause_is_told_once_until_it_is_read(post: Post) -> None:
    post.add_webhook(URL)
    assert post.tell()
    assert not post.tell()
    assert len(post.sent()) == 1
    with post.database.session() as session:
        mark_read(session, post.alice.user_id, now=post.now)
    assert post.tell()
    assert len(post.sent()) == 2


def test_a_channel_is_told_of_what_was_chosen_for_it(post: Post) -> None:
    made = post.add_webhook(URL, ["sale.failed", "sale.completed", "sale.completed"])
    assert post.channel(made.id).topics == ("sale.completed", "sale.failed")
    post.tell("post.failed:dev_1")
    assert post.sent() == []
    with post.database.session() as session:
        channels.set_topics(session, post.alice, made.id, ["post.failed"], now=post.now)
    post.tell("post.failed:dev_2")
    post.tell("sale.failed:sal_1")
    assert [one.topic for one in post.sent()] == ["post.failed:dev_2"]


def test_what_is_told_and_taken_back_in_one_transaction_is_not_sent(post: Post) -> None:
    from core.system.notifications import notify

    post.add_webhook(URL)
    with pytest.raises(RuntimeError), post.database.session() as session:
        notify(session, post.alice.user_id, "post.failed:dev_1", "Never", now=post.now)
        raise RuntimeError
    assert post.sent() == []


def test_a_topic_that_is_not_in_the_list_is_refused(post: Post) -> None:
    with pytest.raises(InvalidChannel, match="is not a topic"):
        post.add_webhook(URL, ["moon.rising"])


def test_another_person_is_told_of_their_own_only(post: Post) -> None:
    with post.database.session() as session:
        charlie = Actor.person(make_user(session, "charlie").id)
    post.add_webhook(URL, actor=charlie)
    post.tell()
    assert post.sent() == []
    with post.database.read() as session:
        assert channels.list_channels(session, post.alice) == []
        assert outbox.count_deliveries(session, charlie, OutboxFilter()) == 0


def test_an_address_is_told_once(post: Post) -> None:
    post.add_webhook(URL)
    with pytest.raises(ChannelTaken):
        post.add_webhook(URL + "#again")
    other = post.add_webhook("https://other.example/")
    with post.database.session() as session, pytest.raises(ChannelTaken):
        channels.set_address(session, post.alice, other.id, URL, allow_private=False, now=post.now)


def test_there_is_an_end_to_channels(post: Post) -> None:
    for number in range(channels.MOST):
        post.add_webhook(f"https://hooks.example/{number}")
    with pytest.raises(TooManyChannels):
        post.add_webhook("https://hooks.example/more")


def test_the_secret_is_sealed_and_shown_once(post: Post) -> None:
    made = post.add_webhook(URL)
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", made.secret)
    with post.database.read() as session:
        stored = session.scalar(select(type_coerce(C.c.secret, Text)))
        assert stored and stored.startswith("v1:") and made.secret not in stored
        assert made.secret not in repr(channels.list_channels(session, post.alice))
    assert C.c.secret in [column for _, column in sealed_columns()]


def test_a_mail_address_has_no_secret_to_change(post: Post) -> None:
    channel_id = post.add_mail()
    with post.database.session() as session, pytest.raises(ChannelNotFound):
        channels.rotate_secret(session, post.alice, channel_id, now=post.now)
    assert post.channel(channel_id).is_confirmed


def test_another_mail_address_must_be_confirmed_anew(post: Post) -> None:
    channel_id = post.add_mail()
    with post.database.session() as session:
        channels.set_address(session, post.alice, channel_id, "new@example.com", allow_private=False, now=post.now)
    assert not post.channel(channel_id).is_confirmed


def test_what_waits_for_a_channel_that_is_off_goes_out_when_it_is_on_again(post: Post, hook: Hook) -> None:
    made = post.add_webhook(hook.url)
    post.tell("post.failed:dev_1")
    _switch(post, made.id, False)
    post.tell("post.failed:dev_2")  # nothing is written for a channel that is off
    assert post.deliver() is None
    _switch(post, made.id, True)
    assert post.deliver() == "Notifications: 1 sent."


def test_removing_a_channel_throws_away_what_was_on_its_way(post: Post, hook: Hook) -> None:
    made = post.add_webhook(hook.url)
    post.tell()
    with post.database.session() as session:
        channels.remove(session, post.alice, made.id, now=post.now)
    assert post.sent() == []
    assert post.deliver() is None


def test_a_channel_that_fails_for_days_is_switched_off_and_the_bell_says_so(post: Post, hook: Hook) -> None:
    made = post.add_webhook(hook.url, [topic.kind for topic in TOPICS])
    hook.status = 500
    for number in range(4):
        post.tell(f"post.failed:dev_{number}")
        for _ in range(30):
            post.deliver()
            post.later(HOUR)
        if not post.channel(made.id).enabled:
            break
    channel = post.channel(made.id)
    assert not channel.enabled
    assert re.fullmatch(r"Nothing has arrived there in \d+ tries\.", channel.disabled_reason or "")
    assert post.now - NOON >= timedelta(days=3)
    calls = len(hook.calls)
    post.later(DAY)
    post.deliver()
    assert len(hook.calls) == calls
    with post.database.read() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "channel.switched_off")).one()
        assert (event.actor_id, event.reason) == ("sidecar", channel.disabled_reason)


def test_many_failures_within_a_day_do_not_switch_off(post: Post, hook: Hook) -> None:
    made = post.add_webhook(hook.url)
    hook.status = 500
    for number in range(30):
        post.tell(f"post.failed:dev_{number}")
    for _ in range(100):
        post.deliver()
        post.later(timedelta(minutes=10))
    channel = post.channel(made.id)
    assert channel.enabled and channel.failures_in_a_row > 10


def test_who_is_shut_out_is_told_nothing_more(post: Post, hook: Hook) -> None:
    made = post.add_webhook(hook.url)
    with post.database.session() as session:
        root = Actor.person(make_user(session, "root", role=InstanceUserRole.ADMIN).id)
        users.disable(session, root, post.alice.user_id, now=post.now)
    post.tell()
    assert post.deliver() is None
    assert post.channel(made.id).disabled_reason == "An administrator had shut you out."


def test_a_test_goes_where_it_should_and_only_one_at_a_time(post: Post, hook: Hook) -> None:
    made = post.add_webhook(hook.url, [])
    with post.database.session() as session:
        outbox.send_test(session, post.alice, made.id, now=post.now)
    with post.database.session() as session, pytest.raises(ChannelNotReady):
        outbox.send_test(session, post.alice, made.id, now=post.now)
    assert post.deliver() == "Notifications: 1 sent."
    assert b'"type":"channel.test"' in hook.calls[0].body
    _switch(post, made.id, False)
    with post.database.session() as session, pytest.raises(ChannelNotReady):
        outbox.send_test(session, post.alice, made.id, now=post.now)


def test_what_failed_is_sent_again_and_what_waits_is_thrown_away_and_put_back(post: Post, hook: Hook) -> None:
    post.add_webhook(hook.url)
    post.tell()
    (delivery,) = post.sent()
    with post.database.session() as session:
        outbox.discard(session, post.alice, delivery.id, now=post.now)
    assert post.deliver() is None
    with post.database.session() as session, pytest.raises(DeliveryMoved):
        outbox.discard(session, post.alice, delivery.id, now=post.now)
    post.later(30 * DAY)  # by hand, so it is not too old
    with post.database.session() as session:
        outbox.retry(session, post.alice, delivery.id, now=post.now)
    assert post.deliver() == "Notifications: 1 sent."
    with post.database.session() as session, pytest.raises(DeliveryMoved):
        outbox.retry(session, post.alice, delivery.id, now=post.now)


def test_all_that_failed_and_all_that_waits_at_once(post: Post, hook: Hook) -> None:
    post.add_webhook(hook.url)
    for number in range(3):
        post.tell(f"post.failed:dev_{number}")
    with post.database.session() as session:
        assert outbox.discard_waiting(session, post.alice, now=post.now) == 3
        session.execute(outbox.D.update().values(status=DeliveryStatus.FAILED))
    with post.database.session() as session:
        assert outbox.count_everybodys(session).failed == 3
        assert outbox.retry_failed(session, post.alice, now=post.now) == 3
    assert post.deliver() == "Notifications: 3 sent."


def test_the_export_says_what_was_filtered_and_names_no_path(post: Post) -> None:
    post.add_webhook(URL)
    post.tell()
    with post.database.read() as session:
        rows = list(outbox.csv_rows(session, post.alice, OutboxFilter(status=DeliveryStatus.PENDING)))
    assert rows[0] == ["# Atelier outbox. Filters: status: pending"]
    assert rows[2][2:7] == [
        "hooks.example",
        "webhook",
        "post.failed:dev_1",
        "“Dunes” could not be published",
        "pending",
    ]
    assert "secret-path" not in repr(rows)


def test_the_trail_holds_no_address_and_no_secret(post: Post) -> None:
    made = post.add_webhook(URL)
    mail_id = post.add_mail()
    with post.database.session() as session:
        secret = channels.rotate_secret(session, post.alice, made.id, now=post.now)
        channels.set_address(session, post.alice, mail_id, "new@example.com", allow_private=False, now=post.now)
        channels.remove(session, post.alice, made.id, now=utc_now())
    with post.database.read() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.subject_type == "channel")).all()
        said = repr([(one.action, one.before, one.after, one.reason) for one in events])
    assert {"channel.added", "channel.edited", "channel.secret_replaced", "channel.removed"} <= {
        one.action for one in events
    }
    for private in ("hooks.example", "example.com", made.secret, secret):
        assert private not in said


def _switch(post: Post, channel_id: str, enabled: bool) -> None:
    with post.database.session() as session:
        channels.set_enabled(session, post.alice, channel_id, enabled, now=post.now)
