"""Invitations: a link that lets one person add themselves, good once within a week.

It ends sooner with the power of the administrator who made it: nobody keeps a way back in.
"""

import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.db.ids import new_id
from core.identity.errors import AdministratorsOnly, InvitationRefused
from core.identity.instance import invites_enabled
from core.identity.models import InstanceUserRole, User, VerificationToken
from core.identity.roles import is_admin, require_admin
from core.identity.sessions import digest
from core.identity.users import NewUser, add_user
from core.system import audit
from core.system.actors import Actor

PURPOSE = "invitation"
LIFETIME = timedelta(days=7)
GONE = "This invitation was used, taken back or is too old. Ask for a new one."


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation nobody has used yet."""

    id: str
    role: InstanceUserRole
    note: str
    expires_at: datetime


def invite(session: Session, actor: Actor, role: InstanceUserRole, *, note: str = "", now: datetime) -> str:
    """The secret part of a new link, to be seen only here; ``note`` says for whom it is.

    Raises ``AdministratorsOnly``, also when an administrator has switched invitations off.
    """
    require_admin(session, actor)
    if not invites_enabled(session):
        raise AdministratorsOnly("Invitations are switched off. Switch them on in Settings first.")
    token, invitation_id = secrets.token_urlsafe(24), new_id("inv")
    payload = json.dumps({"role": role.value, "note": note.strip()[:80], "by": actor.user_id})
    row = VerificationToken(
        identifier=f"{PURPOSE}:{invitation_id}", token=digest(token), expires=now + LIFETIME, payload=payload
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "invitation.made", invitation_id, after={"role": role.value}, now=now)
    return token


def list_invitations(session: Session, actor: Actor, *, now: datetime) -> list[Invitation]:
    """The ones that can still be used, the next to end first; raises ``AdministratorsOnly``."""
    require_admin(session, actor)
    query = select(VerificationToken).where(
        VerificationToken.identifier.startswith(f"{PURPOSE}:"), VerificationToken.expires > now
    )
    rows = session.scalars(query.order_by(VerificationToken.expires)).all()
    return [_invitation(row) for row in rows if _is_wanted(session, row)]


def find(session: Session, token: str, *, now: datetime) -> Invitation | None:
    """The invitation behind a link; ``None`` when it is of no use any more."""
    row = _row(session, token, now=now)
    return None if row is None else _invitation(row)


def take_back(session: Session, actor: Actor, invitation_id: str, *, now: datetime) -> None:
    """Make an invitation useless; one that was used already is fine."""
    require_admin(session, actor)
    statement = delete(VerificationToken).where(VerificationToken.identifier == f"{PURPOSE}:{invitation_id}")
    if session.execute(statement.returning(VerificationToken.identifier)).first() is not None:
        audit.record(session, actor, "invitation.taken_back", invitation_id, now=now)


def accept(session: Session, token: str, new: NewUser, *, now: datetime) -> User:
    """Add the person who was invited, in the role they were invited for; raises ``InvitationRefused``."""
    row = _row(session, token, now=now)
    if row is None:
        raise InvitationRefused(GONE)
    invitation = _invitation(row)
    # Taken away before anything else: of two who come with the same link one gets in.
    taken = delete(VerificationToken).where(VerificationToken.token == row.token)
    if session.execute(taken.returning(VerificationToken.identifier)).first() is None:
        raise InvitationRefused(GONE)
    user = add_user(session, None, replace(new, role=invitation.role), now=now)
    audit.record(session, Actor.person(user.id), "invitation.accepted", invitation.id, now=now)
    return user


def _row(session: Session, token: str, *, now: datetime) -> VerificationToken | None:
    query = select(VerificationToken).where(
        VerificationToken.token == digest(token),
        VerificationToken.identifier.startswith(f"{PURPOSE}:"),
        VerificationToken.expires > now,
    )
    row = session.scalars(query).one_or_none()
    return row if row is not None and _is_wanted(session, row) else None


def _is_wanted(session: Session, row: VerificationToken) -> bool:
    """Whether invitations are switched on, and whoever made this one may still do so; the command line may."""
    by = json.loads(row.payload or "{}").get("by")
    return invites_enabled(session) and (not by or is_admin(session, by))


def _invitation(row: VerificationToken) -> Invitation:
    details = json.loads(row.payload or "{}")
    return Invitation(
        row.identifier.partition(":")[2], InstanceUserRole(details["role"]), details["note"], row.expires
    )  # fmt: skip
