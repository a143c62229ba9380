"""A site for OAuth that lives in memory, strict about the one thing that matters: a refresh token works once."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import update

from core.db.engine import Database
from core.identity.models import Account
from core.identity.providers import OAuthRefused, OAuthUnreachable, RemoteIdentity, TokenPair
from core.system.models import Notification

PROVIDER = "deviantart-sandbox"
MINUTE = timedelta(minutes=1)


class Killed(BaseException):
    """Stands for ``kill -9``: nothing that a living process would still do happens."""


@dataclass
class FakeSite:
    """Accepts ``valid`` refresh tokens, each once. ``before`` and ``after`` run around the moment one is spent."""

    valid: set[str] = field(default_factory=set)
    identities: dict[str, RemoteIdentity] = field(default_factory=dict)  # by code
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None
    refreshes: int = 0
    refused: int = 0
    revoked: list[str] = field(default_factory=list)
    exchanged: list[dict[str, str]] = field(default_factory=list)
    refresh_days: int = 90

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._owners: dict[str, RemoteIdentity] = {}

    def authorize_url(self, *, state: str, code_challenge: str, redirect_uri: str, with_extras: bool = True) -> str:
        return f"https://site.test/authorize?state={state}&code_challenge={code_challenge}&redirect_uri={redirect_uri}"

    def exchange(self, *, code: str, code_verifier: str, redirect_uri: str, now: datetime) -> TokenPair:
        self.exchanged.append({"code": code, "code_verifier": code_verifier, "redirect_uri": redirect_uri})
        if code not in self.identities:
            raise OAuthRefused("This code is not known.")
        pair = self._pair(now)
        self._owners[pair.access_token] = self.identities[code]
        return pair

    def refresh(self, refresh_token: str, *, now: datetime) -> TokenPair:
        self.before()
        with self._lock:
            if refresh_token not in self.valid:
                self.refused += 1
                raise OAuthRefused("The site no longer accepts this access.")
            self.valid.remove(refresh_token)
            self.refreshes += 1
            pair = self._pair(now)
        self.after()
        return pair

    def revoke(self, token: str) -> None:
        self.before()
        self.revoked.append(token)

    def whoami(self, access_token: str) -> RemoteIdentity:
        return self._owners[access_token]

    def _pair(self, now: datetime) -> TokenPair:
        number = next(self._numbers)
        refresh = f"refreshed-{number}"
        self.valid.add(refresh)
        ends = now + timedelta(days=self.refresh_days)
        return TokenPair(f"fresh-{number}", refresh, now + timedelta(hours=1), ends, "Bearer", "basic user")


def raising(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def silent(*, spent: bool) -> OAuthUnreachable:
    return OAuthUnreachable("The site did not answer.", token_spent_possible=spent)


def read_account(database: Database, account_id: str) -> Account:
    with database.read() as session:
        return session.get_one(Account, account_id)


def change_account(database: Database, account_id: str, **values: object) -> None:
    with database.session() as session:
        session.execute(update(Account).where(Account.id == account_id).values(**values))


def unread(database: Database) -> list[str]:
    """Topics of the unread notifications."""
    with database.read() as session:
        return [note.topic for note in session.query(Notification).filter(Notification.read_at.is_(None))]
