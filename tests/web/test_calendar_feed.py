"""``/calendar/{secret}.ics``: who gets it, what it says when nothing has changed, and what it never says."""

from datetime import timedelta

import icalendar
import pytest

from core.clock import utc_now
from core.identity.models import User
from core.publishing.calendar import feeds
from core.system.actors import Actor
from tests.factories import make_account, make_deviation


@pytest.fixture
def secret(database, alice):
    """The secret of Alice, who has one scheduled post."""
    with database.session() as session:
        account = make_account(session, alice)
        at = utc_now() + timedelta(hours=2)
        values = {"scheduled_at": at, "actual_publish_at": at, "due_at": at}
        make_deviation(session, alice, account, status="scheduled", title="Dunes at noon", **values)
        return feeds.make_link(session, Actor.person(alice.id), now=utc_now()).secret


def link_of(database, user):
    with database.read() as session:
        found = feeds.find_link(session, Actor.person(user.id))
        assert found is not None
        return found


def test_the_secret_is_all_it_takes(client, secret):
    answer = client.get(f"/calendar/{secret}.ics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"
    (event,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(event["SUMMARY"]) == "Dunes at noon"
    head = client.head(f"/calendar/{secret}.ics")
    assert (head.status_code, head.content) == (200, b"")


def test_whatever_is_wrong_is_answered_alike(client, database, alice, secret):
    wrong = ["x", "x" * 3000, secret[:-1], f"{secret}x", "..", "%00", "%F0%9F%8E%A8"]
    with database.session() as session:
        feeds.replace_link(session, Actor.person(alice.id), now=utc_now())
    answers = [client.get(f"/calendar/{one}.ics") for one in (*wrong, secret)]
    with database.session() as session:
        feeds.remove_link(session, Actor.person(alice.id), now=utc_now())
    answers.append(client.get(f"/calendar/{secret}.ics"))
    assert {(one.status_code, one.text, one.headers["cache-control"]) for one in answers} == {
        (404, "Not found", "no-store")
    }


def test_a_disabled_persons_link_looks_like_a_missing_one(client, database, alice, secret):
    with database.session() as session:
        session.get_one(User, alice.id).disabled_at = utc_now()
    assert client.get(f"/calendar/{secret}.ics").status_code == 404


def test_who_has_it_already_is_told_so(client, secret):
    first = client.get(f"/calendar/{secret}.ics")
    for headers in (
        {"If-None-Match": first.headers["etag"]},
        {"If-None-Match": f'"other", W/{first.headers["etag"]}'},
        {"If-Modified-Since": first.headers["last-modified"]},
    ):
        again = client.get(f"/calendar/{secret}.ics", headers=headers)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("headers", [{"If-None-Match": '"other"'}, {"If-Modified-Since": "yesterday"}])
def test_who_has_something_else_gets_all_of_it(client, secret, headers):
    first = client.get(f"/calendar/{secret}.ics")
    assert client.get(f"/calendar/{secret}.ics", headers=headers).content == first.content
    # A tag that does not fit counts, whatever the date says.
    both = headers | {"If-Modified-Since": first.headers["last-modified"]}
    assert client.get(f"/calendar/{secret}.ics", headers=both).status_code == (
        200 if "If-None-Match" in headers else 304
    )


def test_a_change_is_seen_by_tag_and_by_date(client, database, alice, secret):
    first = client.get(f"/calendar/{secret}.ics")
    with database.session() as session:
        make_deviation(session, alice, status="published", title="New", published_at=utc_now())
    for headers in (
        {"If-None-Match": first.headers["etag"]},
        {"If-Modified-Since": first.headers["last-modified"]},
    ):
        answer = client.get(f"/calendar/{secret}.ics", headers=headers)
        assert answer.status_code == 200
        assert b"SUMMARY:New" in answer.content


def test_use_is_noted_but_not_each_time(client, database, alice, secret):
    assert link_of(database, alice).last_used_at is None
    client.get(f"/calendar/{secret}.ics")
    noted = link_of(database, alice).last_used_at
    assert noted is not None
    client.get(f"/calendar/{secret}.ics")
    assert link_of(database, alice).last_used_at == noted


def test_another_persons_posts_are_not_in_it(client, database, charlie, secret):
    with database.session() as session:
        make_deviation(session, charlie, make_account(session, charlie), status="scheduled", title="Not hers")
    assert b"Not hers" not in client.get(f"/calendar/{secret}.ics").content


def test_nothing_can_be_written_through_it(client, secret):
    assert client.post(f"/calendar/{secret}.ics").status_code == 405
