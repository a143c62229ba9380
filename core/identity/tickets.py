"""One-time tickets: what a page gives the browser to exchange for something a script must not hold."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.identity import sessions
from core.identity.models import VerificationToken
from core.identity.sessions import digest

SIGN_IN = sessions.SIGN_IN
LIFETIME = timedelta(seconds=60)


def issue(session: Session, purpose: str, user_id: str, *, now: datetime) -> str:
    """A ticket for ``user_id``, good once within a minute; ``purpose`` is what ``redeem`` must ask for."""
    ticket = secrets.token_urlsafe(32)
    session.add(VerificationToken(identifier=f"{purpose}:{user_id}", token=digest(ticket), expires=now + LIFETIME))
    session.flush()
    return ticket


def redeem(session: Session, purpose: str, ticket: str, *, now: datetime) -> str | None:
    """Whom the ticket was for; ``None`` when it is unknown, used, too old or for something else.

    One statement takes it away and reads it, so that of two who come with the same ticket one gets in.
    """
    statement = (
        delete(VerificationToken)
        .where(VerificationToken.token == digest(ticket), VerificationToken.identifier.startswith(f"{purpose}:"))
        .returning(VerificationToken.identifier, VerificationToken.expires)
    )
    row = session.execute(statement).one_or_none()
    if row is None or row.expires <= now:
        return None
    user_id: str = row.identifier.partition(":")[2]
    return user_id


def remove_expired(session: Session, *, now: datetime) -> None:
    """Forget tickets and other tokens that nobody came back with."""
    session.execute(delete(VerificationToken).where(VerificationToken.expires <= now))
