"""Getting past the door in tests of routes."""

from starlette.testclient import TestClient

from core.clock import utc_now
from core.db.engine import Database
from core.identity import sessions, tickets
from core.identity.models import User


def issue_ticket(database: Database, user: User) -> str:
    with database.session() as session:
        return tickets.issue(session, tickets.SIGN_IN, user.id, now=utc_now())


def sign_in(client: TestClient, database: Database, user: User) -> str:
    """Give the client a session cookie without asking for a ticket first."""
    with database.session() as session:
        token, _ = sessions.open_session(session, user.id, user_agent="test", idle_days=30, now=utc_now())
    client.cookies.set(sessions.COOKIE, token)
    return token
