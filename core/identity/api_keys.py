"""Keys for programs: made and shown once, found by their public part, revoked at once.

A key reads ``atl_<key id>_<secret>``: 16 and 43 letters and digits. The first part finds the row; of the
whole only an HMAC-SHA-256 is kept, made with the master key. 256 random bits need no slow hash.
"""

import enum
import re
import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from core.db.crypto import current_keyring
from core.identity.key_errors import KeyConflict, KeyNotFound, KeyRefused
from core.identity.models import ApiKey, InstanceUser, User
from core.identity.roles import require_admin
from core.identity.scopes import Scope
from core.system import audit
from core.system.actors import Actor

PREFIX = "atl"
MOST_KEYS = 50  # active ones of one person
NAME_LENGTH = 100
# Each request would otherwise be a write.
TOUCH_AFTER = timedelta(minutes=1)

_ID_LENGTH, _SECRET_LENGTH = 16, 43
_ALPHABET = string.ascii_letters + string.digits
_SHAPE = re.compile(rf"{PREFIX}_([A-Za-z0-9]{{{_ID_LENGTH}}})_[A-Za-z0-9]{{{_SECRET_LENGTH}}}", re.ASCII)
_PLACE = "api_keys.key_hash"


class KeyState(enum.StrEnum):
    """Whether a key opens anything."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key as lists show it. ``prefix`` is how it begins; the rest was seen once."""

    id: str
    name: str
    prefix: str
    scopes: tuple[Scope, ...]
    state: KeyState
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who is at the other end of a key, and what they may do."""

    api_key_id: str
    key_name: str
    prefix: str
    user_id: str
    username: str
    scopes: frozenset[Scope]
    expires_at: datetime | None
    last_used_at: datetime | None
    hash_is_old: bool

    @property
    def actor(self) -> Actor:
        """The key, as services want to be told."""
        return Actor.key(self.user_id, self.api_key_id)


def create(
    session: Session,
    actor: Actor,
    name: str,
    scopes: Sequence[str],
    *,
    expires_at: datetime | None = None,
    now: datetime,
) -> tuple[str, KeyView]:
    """A new key: its full text, to be seen only here, and how lists show it.

    Raises ``KeyRefused`` for a name, scopes or an end that cannot be used, ``KeyConflict`` for one key too many.
    """
    name, granted = _clean_name(name), _clean_scopes(scopes)
    if expires_at is not None and expires_at <= now:
        raise KeyRefused("A key cannot have ended already. Choose a day after today, or none.")
    _require_room(session, actor, now)
    key_id = _random(_ID_LENGTH)
    text = f"{PREFIX}_{key_id}_{_random(_SECRET_LENGTH)}"
    row = ApiKey(
        user_id=actor.user_id,
        name=name,
        key_id=key_id,
        key_hash=current_keyring().digest(text, place=_PLACE),
        key_prefix=f"{PREFIX}_{key_id[:6]}",
        permissions=[scope.value for scope in granted],
        expires_at=expires_at,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    after = {"name": name, "scopes": row.permissions, "expires_at": expires_at and expires_at.isoformat()}
    audit.record(session, actor, "api_key.created", row.id, after=after, now=now)
    return text, _view(row, now)


def list_keys(session: Session, actor: Actor, *, now: datetime) -> list[KeyView]:
    """The person's keys: those that work first, then newest first."""
    query = select(ApiKey).where(ApiKey.user_id == actor.user_id).order_by(ApiKey.created_at.desc(), ApiKey.id.desc())
    views = [_view(row, now) for row in session.scalars(query)]
    return sorted(views, key=lambda view: view.state is not KeyState.ACTIVE)


def list_names(session: Session, actor: Actor) -> dict[str, str]:
    """What every key here is called, and whose it is, by its id: for the audit trail. Raises ``AdministratorsOnly``."""
    require_admin(session, actor)
    query = select(ApiKey.id, ApiKey.name, User.username).join(User, User.id == ApiKey.user_id)
    return {row.id: f"{row.name} of {row.username}" for row in session.execute(query)}


def rename(session: Session, actor: Actor, api_key_id: str, name: str, *, now: datetime) -> KeyView:
    """Call a key something else. Raises ``KeyNotFound`` or ``KeyRefused``."""
    row, name = _get(session, actor, api_key_id), _clean_name(name)
    if row.name != name:
        audit.record(
            session, actor, "api_key.renamed", row.id, before={"name": row.name}, after={"name": name}, now=now
        )
        row.name, row.updated_at = name, now
        session.flush()
    return _view(row, now)


def revoke(session: Session, actor: Actor, api_key_id: str, *, now: datetime) -> KeyView:
    """End a key; the next request with it is refused. A revoked one stays revoked. Raises ``KeyNotFound``."""
    row = _get(session, actor, api_key_id)
    if row.active:
        row.active, row.revoked_at, row.updated_at = False, now, now
        session.flush()
        audit.record(session, actor, "api_key.revoked", row.id, after={"name": row.name}, now=now)
    return _view(row, now)


def delete(session: Session, actor: Actor, api_key_id: str, *, now: datetime) -> None:
    """Forget a key that opens nothing any more. Raises ``KeyNotFound``, ``KeyConflict`` for one that works."""
    row = _get(session, actor, api_key_id)
    if _state(row, now) is KeyState.ACTIVE:
        raise KeyConflict(f"“{row.name}” still works. Revoke it first.")
    audit.record(
        session, actor, "api_key.deleted", row.id, before={"name": row.name, "prefix": row.key_prefix}, now=now
    )
    session.delete(row)
    session.flush()


def authenticate(session: Session, text: str | None, *, now: datetime) -> KeyHolder | None:
    """Who has this key; ``None`` when it is unknown, revoked, too old, or its person is disabled."""
    shape = _SHAPE.fullmatch(text or "")
    if text is None or shape is None:
        return None
    query = (
        select(ApiKey, User.username)
        .join(User, User.id == ApiKey.user_id)
        .join(InstanceUser, InstanceUser.user_id == User.id)
        .where(ApiKey.key_id == shape[1], User.disabled_at.is_(None))
    )
    found = session.execute(query).one_or_none()
    row = found[0] if found else None
    # Compared even when there is nothing to compare with, so that time tells nobody which keys exist.
    is_right = current_keyring().matches(text, row.key_hash if row else "none:none", place=_PLACE)
    if row is None or found is None or not is_right or _state(row, now) is not KeyState.ACTIVE:
        return None
    return _holder(row, found.username)


def needs_touch(holder: KeyHolder, *, now: datetime) -> bool:
    """Whether it is time to write down that this key is still used."""
    return holder.hash_is_old or holder.last_used_at is None or now - holder.last_used_at >= TOUCH_AFTER


def touch(session: Session, holder: KeyHolder, text: str, *, now: datetime) -> None:
    """Note that the key is in use. Its hash is made anew if the master key was changed since."""
    values: dict[str, object] = {"last_used_at": now, "updated_at": ApiKey.updated_at}
    if holder.hash_is_old:
        values["key_hash"] = current_keyring().digest(text, place=_PLACE)
    session.execute(update(ApiKey).where(ApiKey.id == holder.api_key_id).values(values))


def _get(session: Session, actor: Actor, api_key_id: str) -> ApiKey:
    query = select(ApiKey).where(ApiKey.id == api_key_id, ApiKey.user_id == actor.user_id).with_for_update()
    row = session.scalars(query).one_or_none()
    if row is None:
        raise KeyNotFound("There is no such key. It may have been deleted; reload the page.")
    return row


def _require_room(session: Session, actor: Actor, now: datetime) -> None:
    mine = select(func.count()).select_from(ApiKey).where(ApiKey.user_id == actor.user_id, ApiKey.active)
    mine = mine.where(or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now))
    if (session.scalar(mine) or 0) >= MOST_KEYS:
        raise KeyConflict(f"You have {MOST_KEYS} keys that work. Revoke one that is not needed any more.")


def _clean_name(name: str) -> str:
    name = " ".join(name.replace("\0", " ").split())
    if not name:
        raise KeyRefused("Give the key a name, such as the program that will use it.")
    if len(name) > NAME_LENGTH:
        raise KeyRefused(f"A name has at most {NAME_LENGTH} characters; this has {len(name)}.")
    return name


def _clean_scopes(scopes: Sequence[str]) -> list[Scope]:
    known = {scope.value for scope in Scope}
    unknown = next((scope for scope in scopes if scope not in known), None)
    if unknown is not None:
        raise KeyRefused(f"“{unknown}” is not something a key can be allowed. Choose from: {', '.join(sorted(known))}.")
    if not scopes:
        raise KeyRefused("Choose at least one thing the key may do.")
    return [scope for scope in Scope if scope.value in scopes]


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _state(row: ApiKey, now: datetime) -> KeyState:
    if not row.active:
        return KeyState.REVOKED
    return KeyState.EXPIRED if row.expires_at is not None and row.expires_at <= now else KeyState.ACTIVE


def _known(permissions: Sequence[str]) -> list[Scope]:
    # A later version may have granted what this one does not know.
    return [scope for scope in Scope if scope.value in permissions]


def _view(row: ApiKey, now: datetime) -> KeyView:
    return KeyView(
        row.id, row.name, row.key_prefix, tuple(_known(row.permissions)), _state(row, now), row.created_at,
        row.expires_at, row.last_used_at, row.revoked_at,
    )  # fmt: skip


def _holder(row: ApiKey, username: str) -> KeyHolder:
    return KeyHolder(
        row.id, row.name, row.key_prefix, row.user_id, username, frozenset(_known(row.permissions)), row.expires_at,
        row.last_used_at, not current_keyring().is_current(row.key_hash),
    )  # fmt: skip
