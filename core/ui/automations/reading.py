"""What the screen reads: in one transaction what it shows together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.identity.accounts import list_accounts
from core.identity.models import Account
from core.identity.sessions import SignedIn
from core.publishing import listing
from core.publishing.access import load_posts
from core.publishing.automations import editing, overview, simulation
from core.publishing.automations.forecast import Forecast, PlannedPost
from core.publishing.automations.forms import Blueprint
from core.publishing.automations.lookup import get_automation, read_blueprint
from core.publishing.automations.overview import AutomationOverview
from core.publishing.listing import DeviationView
from core.runtime import get_runtime
from core.ui.automations.drafting import Draft

AHEAD = timedelta(days=30)
Views = Mapping[str, DeviationView]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an automation would do; ``now`` is when it was asked."""

    forecast: Forecast
    accounts: Mapping[str, Account]
    now: datetime


def read_list(user: SignedIn) -> tuple[list[AutomationOverview], Views, datetime]:
    """All automations of the person, and the posts that are next."""
    now = utc_now()
    with get_runtime().database.read() as session:
        cards = overview.overview(session, user.actor, now=now, until=now + AHEAD)
        views = _views(session, user, (post.deviation_id for card in cards for post in card.upcoming), now)
    return cards, views, now


def read_one(user: SignedIn, automation_id: str) -> tuple[Blueprint, AutomationOverview]:
    """One automation as it is stored and as it stands; raises ``AutomationNotFound``."""
    now = utc_now()
    with get_runtime().database.read() as session:
        stored = read_blueprint(session, get_automation(session, user.actor, automation_id))
        return stored, overview.overview_of(session, user.actor, automation_id, now=now, until=now + AHEAD)


def foresee(user: SignedIn, draft: Draft, *, ahead: timedelta, limit: int | None = None) -> Foreseen:
    """What the automation would do as it is described now, saved or not; raises what keeps it from being played."""
    now = utc_now()
    with get_runtime().database.read() as session:
        forecast = simulation.simulate_draft(
            session,
            user.actor,
            editing.tried(session, user.actor, draft.trial, seen=draft.seen, now=now),
            automation_id=None if draft.is_new else draft.automation_id,
            now=now,
            until=now + ahead,
            limit=limit,
        )
        accounts = {one.id: one for one in list_accounts(session, user.actor)}
    return Foreseen(forecast, accounts, now)


def read_posts(user: SignedIn, posts: Iterable[PlannedPost]) -> Views:
    """The drafts behind planned posts."""
    with get_runtime().database.read() as session:
        return _views(session, user, (post.deviation_id for post in posts), utc_now())


def read_matching(user: SignedIn, draft: Draft, *, limit: int) -> tuple[int, list[DeviationView]]:
    """How many drafts the automation could take as it is described now, and the first of them."""
    now = utc_now()
    with get_runtime().database.read() as session:
        number = overview.count_drafts(session, user.actor, draft.form)
        ids = overview.matching_ids(session, user.actor, draft.form, limit=limit)
        return number, list(_views(session, user, ids, now).values())


def _views(session: Session, user: SignedIn, ids: Iterable[str], now: datetime) -> Views:
    own = load_posts(session, user.actor, list(dict.fromkeys(ids)), lock=False)
    return {view.id: view for view in listing.views_of(session, list(own), now=now)}
