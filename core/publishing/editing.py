"""Editing a post: any field, checked together, refused while the sidecar holds it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.identity.models import Account, AccountState
from core.publishing.access import LEASE_SECONDS, Post, get_post, is_published, require_settled, require_untouched
from core.publishing.changes import DeviationChanges
from core.publishing.errors import ChangedMeanwhile, ChangeRefused, DeviationBusy, NotEditable
from core.publishing.models import Deviation, DeviationStatus, LatePolicy
from core.publishing.moves import plain, snapshot
from core.publishing.pool_fields import require_preset
from core.publishing.protection import forced_protection
from core.publishing.states import EDITABLE, QUEUED
from core.publishing.validation import warnings
from core.system import audit
from core.system.actors import Actor

# What DeviantArt never sees: it can be changed of what is out, too.
OWN_FIELDS = frozenset({"rating", "project"})


@dataclass(frozen=True, slots=True)
class EditResult:
    """Which fields differ now, what the person should know, and the new ``updated_at``."""

    changed: tuple[str, ...]
    warnings: tuple[str, ...]
    updated_at: datetime


def edit(
    session: Session,
    actor: Actor,
    deviation_id: str,
    changes: DeviationChanges,
    *,
    expected_updated_at: datetime | None = None,
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> EditResult:
    """Change one post.

    ``expected_updated_at`` is the version the person saw: :class:`ChangedMeanwhile` when it is no
    longer that. Also raises :class:`DeviationNotFound`, :class:`NotEditable`,
    :class:`DeviationBusy`, :class:`OutcomeUnknown` and :class:`ChangeRefused`.
    """
    post = get_post(session, actor, deviation_id)
    if expected_updated_at is not None:
        require_version(post, expected_updated_at, advice="Reload the page to see it, then make your change again.")
    changed = edit_post(session, actor, post, changes.given(), now=now, lease_seconds=lease_seconds)
    return EditResult(tuple(changed), warnings(post), post.row.updated_at)


def edit_post(
    session: Session,
    actor: Actor,
    post: Post,
    values: dict[str, Any],
    *,
    reason: str | None = None,
    trail: list[dict[str, Any]] | None = None,
    now: datetime,
    lease_seconds: float,
) -> list[str]:
    """Set columns of one loaded post; the names of those that differ now. Refuses before it writes anything.

    With a ``trail`` the audit event is added to it, and the caller flushes and records once for all its posts.
    """
    row = post.row
    if row.status is DeviationStatus.PUBLISHED and set(values) <= OWN_FIELDS:
        require_untouched(post, now=now, lease_seconds=lease_seconds)
    else:
        require_editable(post, now=now, lease_seconds=lease_seconds)
    values = completed(values, row)
    wanted = {name: plain(value) for name, value in values.items()}
    before, after = audit.changes(snapshot(row, list(values)), wanted)
    if not after:
        return []
    post.account = _account_after(session, actor, post, values)
    require_sound(post, values)
    if after.get("sale_preset_id") is not None:
        require_preset(session, actor, after["sale_preset_id"])
    if "account_id" in after:
        _forget_stash_items(post)
    for name in after:
        setattr(row, name, values[name])
    touch(row, now=now)
    event = audit.event_row(actor, "deviation.edited", row.id, before=before, after=after, reason=reason, now=now)
    if trail is None:
        session.flush()
        audit.record_all(session, [event])
    else:
        trail.append(event)
    return list(after)


def touch(row: Deviation, *, now: datetime) -> None:
    """Mark the row as changed: a new version for readers, and a raised fence for a worker that was paused."""
    # Two changes in one instant are still two versions.
    row.updated_at = max(now, row.updated_at + timedelta(microseconds=1))
    row.execution_lock_id = None
    row.execution_locked_at = None
    row.execution_version += 1


def require_version(post: Post, seen_at: datetime, *, advice: str) -> None:
    """Raise :class:`ChangedMeanwhile`, with what to do now, unless the post is as it was seen."""
    if post.row.updated_at != seen_at:
        raise ChangedMeanwhile(f"“{post.row.title}” was changed meanwhile. {advice}")


def require_editable(post: Post, *, now: datetime, lease_seconds: float) -> None:
    """Raise unless fields and files of the post may be changed now."""
    require_untouched(post, now=now, lease_seconds=lease_seconds)
    require_settled(post)
    status = post.row.status
    if status is DeviationStatus.PUBLISHED:
        raise NotEditable(f"“{post.row.title}” is published. Change it on DeviantArt, or duplicate it here.")
    if status not in EDITABLE:
        raise DeviationBusy(f"“{post.row.title}” is on its way to DeviantArt. Cancel it first, then change it.")


def completed(values: dict[str, Any], row: Deviation | None = None) -> dict[str, Any]:
    """``values`` with what follows from them: fields that only mean something together change together.

    ``row`` is the post as it is; ``None`` for a new one. A price that is newly chosen protects the post.
    """
    values = dict(values)
    if values.get("is_mature") is False:
        values |= {"mature_level": None, "mature_classification": []}
    if values.get("late_policy") is LatePolicy.PUBLISH:
        values["max_lateness_minutes"] = None
    chosen = values.get("sale_preset_id")
    if chosen is not None and (row is None or chosen != row.sale_preset_id):
        values = forced_protection({"display_resolution": row.display_resolution if row else 0} | values)
    return values


def _account_after(session: Session, actor: Actor, post: Post, values: dict[str, Any]) -> Account | None:
    """The account the post will have; raises :class:`ChangeRefused` when it cannot be that."""
    if "account_id" not in values or values["account_id"] == post.row.account_id:
        return post.account
    if post.has_published_files:
        raise ChangeRefused(f"Some files of “{post.row.title}” are public on another account already. Duplicate it.")
    return find_account(session, actor, values["account_id"])


def find_account(session: Session, actor: Actor, account_id: str | None) -> Account | None:
    """The person's account that posts can be given to; ``None`` for none. Raises :class:`ChangeRefused`."""
    if account_id is None:
        return None
    account = session.scalar(select(Account).where(Account.id == account_id, Account.user_id == actor.user_id))
    if account is None:
        raise ChangeRefused("There is no such account. Choose one of yours under Connect › Accounts.")
    if account.state is AccountState.DISCONNECTED:
        raise ChangeRefused(f"{account.username} is disconnected. Connect it again, or choose another account.")
    return account


def require_sound(post: Post, values: dict[str, Any]) -> None:
    """Raise :class:`ChangeRefused` when the fields would not go together."""
    row = post.row

    def will_be(name: str) -> Any:
        return values[name] if name in values else getattr(row, name)

    if not will_be("is_mature") and (will_be("mature_level") or will_be("mature_classification")):
        raise ChangeRefused("A mature level or classification needs the post to be marked as mature.")
    if will_be("add_watermark") and not will_be("display_resolution"):
        raise ChangeRefused("A watermark needs a display size smaller than the original. Choose one, or no watermark.")
    if will_be("late_policy") not in {None, LatePolicy.PUBLISH} and will_be("max_lateness_minutes") is None:
        raise ChangeRefused("To be held when late, a post needs an allowance in minutes.")
    if will_be("late_policy") is LatePolicy.PUBLISH and will_be("max_lateness_minutes") is not None:
        raise ChangeRefused("An allowance for lateness only means something for posts that are held when late.")
    if row.status not in QUEUED:
        return
    if will_be("is_mature") and will_be("mature_level") is None:
        raise ChangeRefused("The post is scheduled: choose how strictly mature it is, moderate or strict.")
    if post.account is None:
        raise ChangeRefused("The post is scheduled and needs an account. Choose one, or cancel it first.")


def _forget_stash_items(post: Post) -> None:
    """Sta.sh items belong to one account; what they leave behind there is private, and no call would remove it."""
    post.row.stash_item_id = None
    for file in post.files:
        if not is_published(file):
            file.stash_item_id = None
