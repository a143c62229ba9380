"""What the database itself refuses, whatever a program gets wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from core.identity.models import Account, InstanceSettings, User
from core.media.models import Blob
from core.publishing.automations.models import Automation
from core.publishing.models import Deviation, DeviationFile, DeviationStatus, PublishAttempt
from core.system.models import AuditEvent, Intent, IntentState, Notification
from core.system.notifications import notify
from tests.factories import (
    NOON,
    lease,
    make_account,
    make_attempt,
    make_blob,
    make_deviation,
    make_file,
    make_intent,
    make_user,
)  # fmt: skip

Fields = dict[str, Any]


def refused(session: Session, act: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError), session.begin_nested():
        act()
        session.flush()


@pytest.mark.parametrize(
    "fields",
    [
        {"display_resolution": 9},
        {"display_resolution": -1},
        {"add_watermark": True},
        {"mature_level": "strict"},
        {"jitter_seconds": -1},
        {"retry_count": -1},
        {"title": None},
    ],
)
def test_fields_that_cannot_be_are_refused(session, fields: Fields):
    alice = make_user(session)
    refused(session, lambda: make_deviation(session, alice, **fields))


@pytest.mark.parametrize("status", ["scheduled", "uploading", "publishing"])
def test_a_queued_post_needs_a_time_and_an_account(session, status):
    alice = make_user(session)
    account = make_account(session, alice)
    refused(session, lambda: make_deviation(session, alice, None, status=status))
    refused(session, lambda: make_deviation(session, alice, account, status=status, due_at=None))


def test_a_state_the_table_does_not_know_is_refused_even_in_plain_sql(session):
    post = make_deviation(session, make_user(session))
    refused(session, lambda: session.execute(text("UPDATE deviations SET status = 'lost'")))
    with pytest.raises(StatementError):
        session.execute(update(Deviation).where(Deviation.id == post.id).values(status="lost"))


def test_a_remote_deviation_belongs_to_one_post_and_one_file(session):
    alice = make_user(session)
    post = make_deviation(session, alice, deviation_id="r")
    refused(session, lambda: make_deviation(session, alice, deviation_id="r"))
    make_file(session, post, make_blob(session, alice), remote_deviation_id="f")
    refused(session, lambda: make_file(session, post, make_blob(session, alice), remote_deviation_id="f"))
    make_deviation(session, alice, files=2)  # without one they do not meet


def test_one_post_of_an_account_is_executed_at_a_time(session):
    alice = make_user(session)
    one, two = make_account(session, alice), make_account(session, alice)
    lease(make_deviation(session, alice, one, status="scheduled"))
    lease(make_deviation(session, alice, two, status="scheduled"))
    session.flush()
    second = make_deviation(session, alice, one, status="scheduled")
    refused(session, lambda: lease(second))


def test_one_intent_of_a_kind_is_unsettled_at_a_time(session):
    make_intent(session, "fil_1", "publish", state=IntentState.DONE)
    make_intent(session, "fil_1", "publish", state=IntentState.FAILED)
    make_intent(session, "fil_1", "publish", state=IntentState.UNKNOWN)
    make_intent(session, "fil_1", "submit")
    refused(session, lambda: make_intent(session, "fil_1", "publish"))


def test_content_is_stored_once_for_each_owner(session):
    alice, bob = make_user(session, "alice"), make_user(session, "bob")
    make_blob(session, alice, content=b"same")
    make_blob(session, bob, content=b"same")
    refused(session, lambda: make_blob(session, alice, content=b"same"))


def test_a_blob_that_is_shown_cannot_be_deleted(session):
    alice = make_user(session)
    blob = make_blob(session, alice)
    make_deviation(session, alice, blobs=[blob])
    refused(session, lambda: session.delete(blob))


def test_names_differ_by_more_than_case_and_accounts_are_linked_once(session):
    alice, bob = make_user(session, "alice"), make_user(session, "bob")
    refused(session, lambda: make_user(session, "ALICE"))
    make_account(session, alice, provider_account_id="x")
    refused(session, lambda: make_account(session, bob, provider_account_id="x"))


def test_there_is_one_row_of_instance_settings(session):
    session.add(InstanceSettings(updated_at=NOON))
    session.flush()
    refused(session, lambda: session.add(InstanceSettings(id="another", updated_at=NOON)))


def test_one_cause_is_one_unread_notification(session):
    alice = make_user(session)
    assert notify(session, alice.id, "topic", "Once", now=NOON)
    assert not notify(session, alice.id, "topic", "Twice", now=NOON)
    refused(session, lambda: session.add(
        Notification(user_id=alice.id, topic="topic", title="Thrice", level="info", created_at=NOON)))  # fmt: skip


@pytest.mark.parametrize(
    "fields", [{"jitter_min_seconds": 9, "jitter_max_seconds": 8}, {"jitter_min_seconds": -1},
               {"jitter_max_seconds": 3601}, {"grace_minutes": -1}, {"is_executing": True}]
)  # fmt: skip
def test_an_automation_out_of_bounds_is_refused(session, fields: Fields):
    alice = make_user(session)
    refused(session, lambda: session.add(Automation(user_id=alice.id, name="A", **fields)))


@pytest.mark.parametrize("column", ["draft_selection_method", "when_blocked", "catch_up", "late_policy"])
def test_an_automation_knows_only_the_ways_it_was_given(session, column: str):
    alice = make_user(session)
    session.add(Automation(user_id=alice.id, name="A"))
    session.flush()
    refused(session, lambda: session.execute(text(f"UPDATE automations SET {column} = 'best'")))


@pytest.mark.parametrize("model", [Deviation, Account, Blob])
def test_rows_of_nobody_are_refused(session, model):
    alice = make_user(session)
    row = {
        Deviation: lambda: make_deviation(session, alice, user_id="usr_00000000000000000000000000", files=0),
        Account: lambda: make_account(session, alice, user_id="usr_00000000000000000000000000"),
        Blob: lambda: make_blob(session, alice, user_id="usr_00000000000000000000000000"),
    }[model]
    refused(session, row)


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_person_who_goes_takes_everything_along_but_the_trail(session):
    alice, bob = make_user(session, "alice"), make_user(session, "bob")
    for person in (alice, bob):
        account = make_account(session, person)
        post = make_deviation(session, person, account, status="scheduled", files=2)
        make_attempt(session, post, file_id=session.scalar(select(DeviationFile.id).limit(1)))
        session.add(
            AuditEvent(at=NOON, actor_kind="person", owner_id=person.id, action="deviation.edited",
                       subject_type="deviation", subject_id=post.id)
        )  # fmt: skip
    session.flush()
    # Files refer to blobs without a cascade, so that no shown picture vanishes: posts go first.
    session.execute(text("DELETE FROM deviations WHERE user_id = (SELECT id FROM users WHERE username = 'alice')"))
    session.execute(text("DELETE FROM users WHERE username = 'alice'"))
    session.expire_all()
    for model, left in ((User, 1), (Account, 1), (Deviation, 1), (DeviationFile, 2), (Blob, 2), (PublishAttempt, 1)):
        assert count(session, model) == left, model
    assert count(session, AuditEvent) == 2
    assert session.scalars(select(AuditEvent.owner_id).where(AuditEvent.owner_id.is_not(None))).all() == [bob.id]


def test_an_account_that_goes_leaves_its_drafts_and_is_kept_by_its_queue(session):
    alice = make_user(session)
    account = make_account(session, alice)
    draft = make_deviation(session, alice, account)
    session.execute(text("DELETE FROM accounts"))
    session.expire_all()
    assert draft.account_id is None and draft.status is DeviationStatus.DRAFT
    make_deviation(session, alice, make_account(session, alice), status="scheduled")
    refused(session, lambda: session.execute(text("DELETE FROM accounts")))


def test_an_instant_without_a_zone_never_reaches_the_database(session):
    alice = make_user(session)
    with pytest.raises(StatementError, match="time zone"):
        make_deviation(session, alice, scheduled_at=NOON.replace(tzinfo=None))


def test_intents_stay_when_their_subject_goes(session):
    post = make_deviation(session, make_user(session))
    make_intent(session, post.id, "publish", state=IntentState.DONE)
    session.execute(text("DELETE FROM deviations"))
    assert count(session, Intent) == 1
