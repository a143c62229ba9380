"""Alice's account at a site in memory, and looking around with it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from core.adapters.deviantart.sites import SANDBOX
from core.db.engine import Database
from core.identity.models import Account
from core.publishing.asking import Line
from core.publishing.inspiration import browsing
from core.publishing.inspiration.browsing import Answer
from core.publishing.inspiration.keys import Mode, Wish
from core.publishing.inspiration.providers import BrowsePage
from core.system.actors import Actor
from tests.factories import DAY, NOON, make_account, make_user
from tests.inspiration.support import BrowsingSite


@dataclass
class House:
    """``read`` looks at a list some time after noon."""

    database: Database
    account: Account
    site: BrowsingSite = field(default_factory=BrowsingSite)

    @property
    def actor(self) -> Actor:
        return Actor.person(self.account.user_id)

    def line(self, *, floor_seconds: float = 0.0, patience_seconds: float = 1.0) -> Line:
        return Line(self.database, {SANDBOX: self.site}, floor_seconds, patience_seconds)  # type: ignore[dict-item]  # browsing is all it is asked for

    def read(
        self, after: timedelta = timedelta(0), mode: Mode = Mode.HOME, *, refresh: bool = False, **wish: Any
    ) -> Answer[BrowsePage]:
        return browsing.browse(
            self.line(), self.actor, self.account.id, Wish(mode, **wish), now=NOON + after, refresh=refresh
        )


@pytest.fixture
def house(database: Database) -> House:
    with database.session() as session:
        account = make_account(
            session, make_user(session), expires_at=NOON + 9 * DAY, scope="basic user browse browse.mlt publish"
        )
    return House(database, account)
