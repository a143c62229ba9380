"""Posts that were made before any account was connected get one at the moment they are to go out."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.publishing import bulk, deviations, listing
from core.publishing.access import load_posts
from core.publishing.bulk import BulkChanges
from core.publishing.changes import read_changes
from core.publishing.models import DeviationStatus
from core.system.actors import Actor

# What is queued has an account; what is published keeps its own.
_MAY_GET_ONE = {DeviationStatus.DRAFT, DeviationStatus.FAILED}


def homeless(session: Session, actor: Actor, ids: Sequence[str], *, now: datetime) -> list[str]:
    """Those of ``ids`` that are the person's and go out with no account yet."""
    own = list(load_posts(session, actor, ids, lock=False))
    views = listing.views_of(session, own, now=now)
    return [view.id for view in views if view.account_id is None and view.status in _MAY_GET_ONE]


def give_default_account(
    session: Session, actor: Actor, ids: Sequence[str], *, now: datetime, lease_seconds: float
) -> None:
    """Give those without an account the one that new posts get, if there is one."""
    account_id = deviations.default_account_id(session, actor)
    without = homeless(session, actor, ids, now=now) if account_id else []
    if without:
        changes = BulkChanges(read_changes({"account_id": account_id}))
        bulk.edit_many(session, actor, without, changes, now=now, lease_seconds=lease_seconds)
