"""Keys for programs: what they look like, whom they let in, and how they end."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.db.crypto import Keyring, install_keyring
from core.identity import api_keys
from core.identity.api_keys import KeyHolder, KeyState
from core.identity.errors import AdministratorsOnly
from core.identity.key_errors import KeyConflict, KeyNotFound, KeyRefused
from core.identity.models import ApiKey, InstanceUserRole, User
from core.identity.scopes import DESCRIPTIONS, Scope
from core.system.actors import Actor
from core.system.models import ActorKind, AuditEvent
from tests.factories import DAY, HOUR, NOON, make_actor

ALL = [scope.value for scope in Scope]


@pytest.fixture
def alice(session: Session) -> Actor:
    return make_actor(session, "alice")


def new_key(session: Session, actor: Actor, name: str = "ComfyUI", scopes: list[str] | None = None) -> str:
    text, _ = api_keys.create(session, actor, name, ALL if scopes is None else scopes, now=NOON)
    return text


def holder(session: Session, text: str | None, after: timedelta = HOUR) -> KeyHolder:
    found = api_keys.authenticate(session, text, now=NOON + after)
    assert found is not None
    return found


def test_a_key_is_shown_once_and_stored_as_a_keyed_hash(session: Session, alice: Actor) -> None:
    text, view = api_keys.create(session, alice, "  ComfyUI \n at home ", ALL, now=NOON)
    assert re.fullmatch(r"atl_[A-Za-z0-9]{16}_[A-Za-z0-9]{43}", text)
    assert (view.name, view.state) == ("ComfyUI at home", KeyState.ACTIVE)
    assert text.startswith(view.prefix)
    row = session.scalars(select(ApiKey)).one()
    secret = text.rpartition("_")[2]
    assert not [value for value in vars(row).values() if secret in str(value)]
    assert len(row.key_hash) <= 64


def test_a_key_says_whose_it_is_and_what_it_may_do(session: Session, alice: Actor) -> None:
    text = new_key(session, alice, scopes=["sales", "deviations:read"])
    found = holder(session, text)
    assert (found.user_id, found.username, found.key_name) == (alice.user_id, "alice", "ComfyUI")
    assert found.scopes == {Scope.SALES, Scope.DEVIATIONS_READ}
    assert found.actor == Actor(ActorKind.KEY, alice.user_id, found.api_key_id)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: None,
        lambda text: "",
        lambda text: text + "x",
        lambda text: text[:-1] + ("a" if text[-1] != "a" else "b"),
        lambda text: text.swapcase(),
        lambda text: "atl_" + "A" * 16 + text[20:],
        lambda text: text.replace("atl_", "isk_"),
        lambda text: text + "\0",
        lambda text: text + "\n",
        lambda text: text.replace(text[5], "é", 1),
    ],
)
def test_anything_but_the_very_key_opens_nothing(session: Session, alice: Actor, spoil) -> None:  # type: ignore[no-untyped-def]  # a lambda
    text = new_key(session, alice)
    assert api_keys.authenticate(session, spoil(text), now=NOON) is None


def test_a_revoked_key_opens_nothing_from_that_moment(session: Session, alice: Actor) -> None:
    text = new_key(session, alice)
    key_id = holder(session, text).api_key_id
    assert api_keys.revoke(session, alice, key_id, now=NOON).state is KeyState.REVOKED
    assert api_keys.authenticate(session, text, now=NOON) is None
    again = api_keys.revoke(session, alice, key_id, now=NOON + HOUR)
    assert again.revoked_at == NOON


def test_a_key_ends_on_its_day(session: Session, alice: Actor) -> None:
    text, _ = api_keys.create(session, alice, "Trial", ALL, expires_at=NOON + DAY, now=NOON)
    assert api_keys.authenticate(session, text, now=NOON + DAY - HOUR) is not None
    assert api_keys.authenticate(session, text, now=NOON + DAY) is None
    (view,) = api_keys.list_keys(session, alice, now=NOON + DAY)
    assert view.state is KeyState.EXPIRED


def test_keys_of_somebody_disabled_open_nothing(session: Session, alice: Actor) -> None:
    text = new_key(session, alice)
    session.execute(update(User).values(disabled_at=NOON))
    assert api_keys.authenticate(session, text, now=NOON) is None


def test_keys_survive_a_change_of_the_master_key_and_move_to_the_new_one(session: Session, alice: Actor) -> None:
    install_keyring(Keyring(["old"]))
    text = new_key(session, alice)
    install_keyring(Keyring(["new", "old"]))
    found = holder(session, text)
    assert found.hash_is_old
    assert api_keys.needs_touch(found, now=NOON)
    api_keys.touch(session, found, text, now=NOON)
    session.expire_all()
    install_keyring(Keyring(["new"]))
    assert not holder(session, text).hash_is_old


def test_a_key_made_with_a_lost_master_key_opens_nothing(session: Session, alice: Actor) -> None:
    text = new_key(session, alice)
    install_keyring(Keyring(["another"]))
    assert api_keys.authenticate(session, text, now=NOON) is None


def test_use_is_written_down_at_most_once_a_minute(session: Session, alice: Actor) -> None:
    text = new_key(session, alice)
    first = holder(session, text)
    assert api_keys.needs_touch(first, now=NOON)
    api_keys.touch(session, first, text, now=NOON)
    session.expire_all()
    second = holder(session, text)
    assert second.last_used_at == NOON
    assert not api_keys.needs_touch(second, now=NOON + timedelta(seconds=59))
    assert api_keys.needs_touch(second, now=NOON + timedelta(seconds=60))


@pytest.mark.parametrize(
    ("name", "scopes", "complaint"),
    [
        (" \0\n ", ALL, "Give the key a name"),
        ("x" * 101, ALL, "at most 100 characters"),
        ("Key", [], "at least one"),
        ("Key", ["sales", "everything"], "“everything” is not something"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(
    session: Session, alice: Actor, name: str, scopes: list[str], complaint: str
) -> None:
    with pytest.raises(KeyRefused, match=complaint):
        api_keys.create(session, alice, name, scopes, now=NOON)


def test_a_key_cannot_have_ended_already(session: Session, alice: Actor) -> None:
    with pytest.raises(KeyRefused, match="ended already"):
        api_keys.create(session, alice, "Key", ALL, expires_at=NOON, now=NOON)


def test_there_are_only_so_many_keys_that_work(session: Session, alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_keys, "MOST_KEYS", 2)
    kept = holder(session, new_key(session, alice)).api_key_id
    new_key(session, alice)
    with pytest.raises(KeyConflict, match="Revoke one"):
        new_key(session, alice)
    api_keys.revoke(session, alice, kept, now=NOON)
    new_key(session, alice)


def test_only_a_key_that_opens_nothing_can_be_deleted(session: Session, alice: Actor) -> None:
    key_id = holder(session, new_key(session, alice)).api_key_id
    with pytest.raises(KeyConflict, match="Revoke it first"):
        api_keys.delete(session, alice, key_id, now=NOON)
    api_keys.revoke(session, alice, key_id, now=NOON)
    api_keys.delete(session, alice, key_id, now=NOON)
    assert api_keys.list_keys(session, alice, now=NOON) == []


def test_lists_show_what_works_first_and_nothing_of_others(session: Session, alice: Actor) -> None:
    charlie = make_actor(session, "charlie")
    new_key(session, charlie, "Charlie's")
    old = holder(session, new_key(session, alice, "Old")).api_key_id
    new_key(session, alice, "New")
    api_keys.revoke(session, alice, old, now=NOON)
    assert [view.name for view in api_keys.list_keys(session, alice, now=NOON)] == ["New", "Old"]


def test_somebody_elses_key_looks_missing(session: Session, alice: Actor) -> None:
    charlie = make_actor(session, "charlie")
    theirs = holder(session, new_key(session, charlie)).api_key_id
    for key_id in (theirs, "key_01k00000000000000000000000", "nonsense"):
        with pytest.raises(KeyNotFound):
            api_keys.revoke(session, alice, key_id, now=NOON)
        with pytest.raises(KeyNotFound):
            api_keys.rename(session, alice, key_id, "Mine", now=NOON)
        with pytest.raises(KeyNotFound):
            api_keys.delete(session, alice, key_id, now=NOON)


def test_everything_that_happens_to_a_key_is_in_the_trail_and_the_key_is_not(session: Session, alice: Actor) -> None:
    text = new_key(session, alice)
    key_id = holder(session, text).api_key_id
    api_keys.rename(session, alice, key_id, "Laptop", now=NOON)
    api_keys.rename(session, alice, key_id, "Laptop", now=NOON)
    api_keys.revoke(session, alice, key_id, now=NOON)
    api_keys.delete(session, alice, key_id, now=NOON)
    events = session.scalars(select(AuditEvent).where(AuditEvent.subject_id == key_id).order_by(AuditEvent.id)).all()
    assert [event.action for event in events] == [
        "api_key.created", "api_key.renamed", "api_key.revoked", "api_key.deleted",
    ]  # fmt: skip
    assert not [event for event in events if text[30:] in f"{event.before}{event.after}"]


def test_every_scope_is_described() -> None:
    assert set(DESCRIPTIONS) == set(Scope)


def test_administrators_see_what_keys_are_called_and_nobody_else_does(session: Session, alice: Actor) -> None:
    key_id = holder(session, new_key(session, alice)).api_key_id
    root = make_actor(session, "root", role=InstanceUserRole.ADMIN)
    assert api_keys.list_names(session, root) == {key_id: "ComfyUI of alice"}
    with pytest.raises(AdministratorsOnly):
        api_keys.list_names(session, alice)
