"""The report on files that nothing refers to: asked for here, written by the sidecar, kept among the house's settings.

``asked`` is what the sidecar is to do, ``look`` or ``remove``; ``None``: nothing. It looks by itself once a week.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.db.upsert import insert_or_update
from core.errors import ConflictError
from core.identity.roles import require_admin
from core.media.orphans import Orphan, Place, Tally
from core.system import audit
from core.system.actors import Actor
from core.system.models import SystemSetting

KEY = "storage.orphans"
LOOK, REMOVE = "look", "remove"
EVERY = timedelta(days=7)
# A walk that has told nothing for so long was cut off.
SILENT = timedelta(minutes=10)


class OrphansBusy(ConflictError):
    """The store is being looked through."""


class NothingToRemove(ConflictError):
    """There is no report, or nothing in it."""


@dataclass(frozen=True, slots=True)
class OrphanReport:
    """How the store was found; sizes in bytes. ``is_running``: the figures are of a walk under way.

    ``orphans`` can be removed, ``others`` lie where Atelier keeps nothing and are left to a person. ``handed_over``:
    how many were given to the sidecar for removal after this report.
    """

    asked: str | None
    asked_by: str | None
    is_running: bool
    started_at: datetime | None
    finished_at: datetime | None
    walked: int
    walked_bytes: int
    young: int
    orphans: int
    orphan_bytes: int
    others: int
    other_bytes: int
    sample: tuple[Orphan, ...]
    handed_over: int | None
    problem: str | None


def read_report(session: Session, *, now: datetime) -> OrphanReport:
    """The report as it stands; all zero before the first."""
    return _of_json(_stored(session), now)


def ask(session: Session, actor: Actor, what: str, *, now: datetime) -> None:
    """Have the store looked through, or what the last report found removed. For administrators.

    Raises :class:`OrphansBusy` while it is being done, :class:`NothingToRemove`.
    """
    require_admin(session, actor)
    report = read_report(session, now=now)
    if report.is_running or report.asked:
        raise OrphansBusy("The store is being looked through already. Wait until that is done.")
    if what == REMOVE and (report.finished_at is None or not report.orphans):
        raise NothingToRemove("The last report found nothing that can be removed. Look again first.")
    save(session, {"asked": what, "asked_by": actor.user_id}, now=now)
    after = {"files": report.orphans, "bytes": report.orphan_bytes} if what == REMOVE else None
    action = "storage.orphans_removed" if what == REMOVE else "storage.orphans_looked_for"
    audit.record(session, actor, action, "storage", after=after, now=now)


def is_due(report: OrphanReport, *, now: datetime) -> bool:
    """Whether the sidecar is to walk through the store now."""
    if report.is_running:
        return False
    return bool(report.asked) or report.finished_at is None or report.finished_at < now - EVERY


def begin(session: Session, *, now: datetime) -> None:
    """A walk begins."""
    save(session, {"started_at": now.isoformat(), "finished_at": None, "problem": None, **_figures(Tally())}, now=now)


def tell(session: Session, tally: Tally, *, now: datetime) -> None:
    """How far a walk has come."""
    save(session, _figures(tally), now=now)


def finish(session: Session, tally: Tally, *, handed_over: int | None, now: datetime) -> None:
    """A walk is done, and with it what was asked for."""
    done = {"asked": None, "finished_at": now.isoformat(), "handed_over": handed_over, **_figures(tally)}
    save(session, done, now=now)


def break_off(session: Session, problem: str, *, now: datetime) -> None:
    """A walk could not be carried through; nothing is asked for any more."""
    save(session, {"asked": None, "finished_at": now.isoformat(), "problem": problem}, now=now)


def save(session: Session, values: Mapping[str, Any], *, now: datetime) -> None:
    """Write these values of the report, and leave the others."""
    row = {
        "key": KEY,
        "value": {**_stored(session), **values, "told_at": now.isoformat()},
        "description": "Files in the store that nothing refers to, as last found",
        "updated_at": now,
    }
    insert_or_update(session, SystemSetting, ["key"], row)


def _stored(session: Session) -> dict[str, Any]:
    row = session.get(SystemSetting, KEY, populate_existing=True)
    return dict(row.value) if row is not None else {}


def _figures(tally: Tally) -> dict[str, Any]:
    return {
        "walked": tally.walked,
        "walked_bytes": tally.walked_bytes,
        "young": tally.young,
        "orphans": tally.orphans,
        "orphan_bytes": tally.orphan_bytes,
        "others": tally.others,
        "other_bytes": tally.other_bytes,
        "sample": [[one.key, one.size_bytes, one.modified_at.isoformat(), one.place.value] for one in tally.sample],
    }


def _of_json(stored: Mapping[str, Any], now: datetime) -> OrphanReport:
    started, finished, told = (_instant(stored.get(name)) for name in ("started_at", "finished_at", "told_at"))
    numbers = ("walked", "walked_bytes", "young", "orphans", "orphan_bytes", "others", "other_bytes")
    return OrphanReport(
        asked=stored.get("asked"),
        asked_by=stored.get("asked_by"),
        is_running=started is not None and finished is None and told is not None and told > now - SILENT,
        started_at=started,
        finished_at=finished,
        sample=tuple(
            Orphan(key, size, datetime.fromisoformat(at), Place(place))
            for key, size, at, place in stored.get("sample", [])
        ),
        handed_over=stored.get("handed_over"),
        problem=stored.get("problem"),
        **{name: int(stored.get(name, 0)) for name in numbers},
    )


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
