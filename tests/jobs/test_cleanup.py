"""What is thrown away, and what is kept."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.db.engine import Database
from core.identity.models import LoginSession, VerificationToken
from core.jobs.cleanup import clean_up, remove_objects
from core.jobs.ports import Ports
from core.media.errors import StorageUnavailableError
from core.media.storage import ObjectStore
from core.publishing.models import Deviation, PublishAttempt
from core.settings import Settings
from core.system.models import Intent, IntentState, StorageRemoval
from tests.factories import DAY, HOUR, NOON, make_attempt, make_deviation, make_intent, make_user


@pytest.fixture
def ports(database: Database, store: ObjectStore, settings: Settings) -> Ports:
    return Ports(settings, database, store, {}, lambda: NOON, "worker")


def count(database: Database, model: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_what_has_served_goes_and_what_may_still_serve_stays(ports: Ports) -> None:
    with ports.database.session() as session:
        user = make_user(session)
        for name, expires in [("old", NOON - HOUR), ("good", NOON + HOUR)]:
            session.add(
                LoginSession(
                    session_token=name, user_id=user.id, expires=expires, created_at=NOON - DAY, last_seen_at=NOON - DAY
                )
            )
            session.add(VerificationToken(identifier=name, token=name, expires=expires))
        post = make_deviation(session, user)
        make_attempt(session, post, started_at=NOON - 100 * DAY)
        make_attempt(session, post, started_at=NOON - DAY)
        old = {"opened_at": NOON - 100 * DAY, "closed_at": NOON - 100 * DAY}
        make_intent(session, "fil_1", "deviantart.publish", state=IntentState.DONE, **old)
        make_intent(session, "fil_2", "deviantart.publish", state=IntentState.UNKNOWN, opened_at=NOON - 100 * DAY)
    assert clean_up(ports) == "Forgot 4 expired rows, emptied 0 deviations from the trash."
    kept = [count(ports.database, model) for model in (LoginSession, VerificationToken, PublishAttempt, Intent)]
    assert kept == [1, 1, 1, 1]
    with ports.database.read() as session:
        assert session.scalar(select(Intent.state)) is IntentState.UNKNOWN


def test_the_trash_is_emptied_after_its_time(ports: Ports) -> None:
    with ports.database.session() as session:
        user = make_user(session)
        make_deviation(session, user, deleted_at=NOON - 91 * DAY)
        make_deviation(session, user, deleted_at=NOON - 89 * DAY)
        make_deviation(session, user)
    clean_up(ports)
    assert count(ports.database, Deviation) == 2


def test_nothing_to_do_says_nothing(ports: Ports) -> None:
    assert clean_up(ports) is None
    assert remove_objects(ports) is None


def test_objects_that_rows_let_go_of_are_removed(ports: Ports) -> None:
    ports.store.put("usr_1/blobs/a.png", b"a picture", content_type="image/png")
    with ports.database.session() as session:
        session.add(StorageRemoval(key="usr_1/blobs/a.png", created_at=NOON, not_before=NOON))
        session.add(StorageRemoval(key="usr_1/blobs/later.png", created_at=NOON, not_before=NOON + HOUR))
    assert remove_objects(ports) == "Removed 1 objects."
    assert not ports.store.exists("usr_1/blobs/a.png")
    assert count(ports.database, StorageRemoval) == 1


def test_a_store_that_is_down_postpones_and_forgets_nothing(
    ports: Ports, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(_self: object, _key: str) -> None:
        raise StorageUnavailableError("The store does not answer.")

    monkeypatch.setattr(type(ports.store), "delete", refuse)
    with ports.database.session() as session:
        session.add(StorageRemoval(key="usr_1/blobs/a.png", created_at=NOON, not_before=NOON))
    assert remove_objects(ports) is None
    with ports.database.read() as session:
        removal = session.scalars(select(StorageRemoval)).one()
    assert (removal.attempts, removal.error_message) == (1, "The store does not answer.")
    assert removal.not_before == NOON + timedelta(minutes=10)
    monkeypatch.undo()
    assert remove_objects(replace(ports, clock=_later)) == "Removed 1 objects."


def _later() -> datetime:
    return NOON + HOUR
