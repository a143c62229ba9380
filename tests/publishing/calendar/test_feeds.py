"""The secret link to a calendar: one per person, shown again, replaced, switched off."""

import pytest
from sqlalchemy import func, select

from core.db.crypto import Keyring, install_keyring
from core.identity.models import User
from core.publishing.calendar import feeds
from core.publishing.calendar.models import CalendarFeed
from core.system.models import AuditEvent
from tests.factories import HOUR, NOON


def actions(session, actor):
    query = select(AuditEvent.action).where(AuditEvent.owner_id == actor.user_id).order_by(AuditEvent.id)
    return list(session.scalars(query))


def test_a_link_is_made_once_and_shown_again(session, actor):
    assert feeds.find_link(session, actor) is None
    link = feeds.make_link(session, actor, now=NOON)
    assert feeds.make_link(session, actor, now=NOON + HOUR) == link == feeds.find_link(session, actor)
    assert len(link.secret) >= 43
    assert actions(session, actor) == ["calendar_feed.created"]


def test_the_secret_is_not_stored_as_it_is(session, actor):
    link = feeds.make_link(session, actor, now=NOON)
    stored = session.connection().exec_driver_sql("SELECT secret, secret_hash FROM calendar_feeds").one()
    assert all(link.secret not in value for value in stored)


def test_a_secret_opens_the_calendar_of_its_person(session, actor, alice, charlie):
    link = feeds.make_link(session, actor, now=NOON)
    feeds.make_link(session, charlie, now=NOON)
    reader = feeds.find_reader(session, link.secret)
    assert reader is not None
    assert (reader.user_id, reader.username, reader.timezone) == (alice.id, "alice", "Europe/Vienna")
    assert reader.actor == actor


@pytest.mark.parametrize("secret", ["", "wrong", "x" * 5000, "ünïcödé", "../..", "'; --"])
def test_anything_else_opens_nothing(session, actor, secret):
    feeds.make_link(session, actor, now=NOON)
    assert feeds.find_reader(session, secret) is None


def test_a_replaced_link_is_dead_at_once(session, actor):
    old = feeds.make_link(session, actor, now=NOON)
    feeds.touch(session, old.id, now=NOON)
    new = feeds.replace_link(session, actor, now=NOON + HOUR)
    assert new.secret != old.secret
    assert new.last_used_at is None
    assert feeds.find_reader(session, old.secret) is None
    assert feeds.find_reader(session, new.secret) is not None
    assert session.scalar(select(func.count()).select_from(CalendarFeed)) == 1
    assert actions(session, actor) == ["calendar_feed.created", "calendar_feed.replaced"]


def test_replacing_what_is_switched_off_switches_it_on(session, actor):
    link = feeds.replace_link(session, actor, now=NOON)
    assert feeds.find_reader(session, link.secret) is not None
    assert actions(session, actor) == ["calendar_feed.created"]


def test_switching_off_closes_it_and_can_be_done_twice(session, actor):
    link = feeds.make_link(session, actor, now=NOON)
    feeds.remove_link(session, actor, now=NOON)
    feeds.remove_link(session, actor, now=NOON)
    assert feeds.find_reader(session, link.secret) is None
    assert feeds.find_link(session, actor) is None
    assert actions(session, actor) == ["calendar_feed.created", "calendar_feed.removed"]


def test_one_persons_switch_is_not_anothers(session, actor, charlie):
    link = feeds.make_link(session, actor, now=NOON)
    feeds.remove_link(session, charlie, now=NOON)
    feeds.replace_link(session, charlie, now=NOON)
    assert feeds.find_link(session, actor) == link


def test_who_is_disabled_has_no_feed(session, actor, alice):
    link = feeds.make_link(session, actor, now=NOON)
    session.get_one(User, alice.id).disabled_at = NOON
    session.flush()
    assert feeds.find_reader(session, link.secret) is None


def test_use_is_noted_at_most_once_an_hour(session, actor):
    link = feeds.make_link(session, actor, now=NOON)
    for minutes, noted in ((0, NOON), (59, NOON), (61, NOON + 61 * HOUR / 60)):
        now = NOON + minutes * HOUR / 60
        reader = feeds.find_reader(session, link.secret)
        assert reader is not None
        assert feeds.needs_touch(reader, now=now) is (noted == now)
        feeds.touch(session, link.id, now=now)
        found = feeds.find_link(session, actor)
        assert found is not None
        assert found.last_used_at == noted
        session.expire_all()


def test_a_link_sealed_with_a_lost_key_still_works_and_can_be_replaced(session, actor):
    lost = feeds.make_link(session, actor, now=NOON)
    install_keyring(Keyring(["another key for tests"]))
    link = feeds.find_link(session, actor)
    assert link is not None
    assert link.secret is None
    assert lost.secret is not None
    assert feeds.find_reader(session, lost.secret) is not None
    assert feeds.replace_link(session, actor, now=NOON).secret is not None
