"""Each move of the state machine is made by the product itself, and the audit trail says who, when and why."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.adapters.storage.folder import FolderStore
from core.identity.models import Account
from core.media.probe import ProbeLimits
from core.publishing import cancelling, review, scheduling
from core.publishing.asking import Line
from core.publishing.imports import ImportChoices, import_files
from core.publishing.models import Deviation
from core.publishing.models import DeviationStatus as S
from core.publishing.providers import ErrorCategory as E
from core.publishing.scheduling import SchedulePlan
from core.publishing.states import MOVES
from core.publishing.takeover import runs
from core.publishing.takeover.providers import GalleryWork
from core.publishing.takeover.walking import Walker
from core.system.actors import Actor
from core.system.models import ActorKind, AuditEvent
from tests.factories import DAY
from tests.publishing.execution.conftest import Rig
from tests.publishing.gallery_site import GallerySite
from tests.publishing.pictures import picture

PERSON, SIDECAR = ActorKind.PERSON, ActorKind.SIDECAR


def act(rig: Rig, service: Callable[..., Any], post: str, *more: Any, **options: Any) -> None:
    with rig.database.session() as session:
        report = service(session, Actor.person(rig.user.id), [post], *more, now=rig.now, **options)
    assert report.items[0].reason is None, report.items[0].reason


def imported(rig: Rig, folder: Path, status: S) -> str:
    store = FolderStore(folder / "data" / "files")
    choices = ImportChoices(status=status)
    files = [picture(folder, "a.png")]
    report = import_files(rig.database, store, Actor.person(rig.user.id), files, choices, now=rig.now)
    return report.deviation_ids[0]


def planned(rig: Rig) -> str:
    return rig.post(status=S.DRAFT, due_at=None, scheduled_at=None, actual_publish_at=None)


def schedule(rig: Rig, post: str) -> None:
    act(rig, scheduling.schedule, post, SchedulePlan(rig.now + DAY), rng=random.Random(1))


def begun(rig: Rig) -> str:
    """A post that has its picture in Sta.sh and waits for its next slot."""
    post = rig.post()
    rig.run_due()
    return post


def shown_next(rig: Rig, category: E, times: int = 1) -> str:
    """A post whose publish call was refused."""
    post = begun(rig)
    rig.site.fail("publish", category, times=times, http_status=400)
    rig.advance(3)
    rig.run_due()
    return post


def failed(rig: Rig) -> str:
    post = rig.post()
    rig.site.fail("submit", E.VALIDATION)
    rig.run_due()
    return post


def _arrive(rig: Rig, folder: Path) -> str:
    return imported(rig, folder, S.REVIEW)


def _upload(rig: Rig, folder: Path) -> str:
    return imported(rig, folder, S.DRAFT)


def _approve(rig: Rig, folder: Path) -> str:
    post = imported(rig, folder, S.REVIEW)
    act(rig, review.approve, post)
    return post


def _undo_approve(rig: Rig, folder: Path) -> str:
    post = _approve(rig, folder)
    act(rig, review.undo_approve, post)
    return post


def _schedule(rig: Rig, _folder: Path) -> str:
    post = planned(rig)
    schedule(rig, post)
    return post


def _cancel(rig: Rig, folder: Path) -> str:
    post = _schedule(rig, folder)
    act(rig, cancelling.cancel, post)
    return post


def _retry(rig: Rig, _folder: Path) -> str:
    post = failed(rig)
    act(rig, scheduling.retry, post)
    return post


def _take_back(rig: Rig, _folder: Path) -> str:
    post = failed(rig)
    act(rig, cancelling.take_back, post)
    return post


def _claim(rig: Rig, _folder: Path) -> str:
    return begun(rig)


def _retry_later(rig: Rig, _folder: Path) -> str:
    post = rig.post()
    rig.site.fail("submit", E.NETWORK)
    rig.run_due()
    return post


def _publish(rig: Rig, _folder: Path) -> str:
    post = begun(rig)
    rig.advance(3)
    rig.run_due()
    return post


def _keep_in_stash(rig: Rig, _folder: Path) -> str:
    post = rig.post(stash_only=True)
    rig.run_due()
    return post


def _give_up_sending(rig: Rig, _folder: Path) -> str:
    return failed(rig)


def _send_again(rig: Rig, _folder: Path) -> str:
    post = begun(rig)
    rig.site.forget_items()
    rig.run_for(12, step=3)
    return post


def _give_up_showing(rig: Rig, _folder: Path) -> str:
    return shown_next(rig, E.VALIDATION)


def _cancel_begun(rig: Rig, _folder: Path) -> str:
    post = begun(rig)
    act(rig, cancelling.cancel, post)
    return post


def _cancel_almost_shown(rig: Rig, _folder: Path) -> str:
    post = shown_next(rig, E.RATE_LIMITED)
    act(rig, cancelling.cancel, post)
    return post


def _take_over(rig: Rig, folder: Path) -> str:
    gallery = GallerySite(lambda: rig.now, works=[GalleryWork("w0", "https://site.test/art/w0", "From before")])
    with rig.database.session() as session:
        account = session.scalars(select(Account)).one()
        runs.start(session, Actor.person(rig.user.id), account.id, now=rig.now)
    line = Line(rig.database, {account.provider: gallery}, floor_seconds=0.0)
    assert Walker(line, FolderStore(folder / "data" / "files"), lambda: rig.now, ProbeLimits()).walk_due() == 1
    return next(post.id for post in rig.all(Deviation, Deviation.id) if post.imported_at)


# How each move comes about, and who makes it.
WAYS: dict[tuple[S | None, S], tuple[Callable[[Rig, Path], str], ActorKind]] = {
    (None, S.REVIEW): (_arrive, PERSON),
    (None, S.DRAFT): (_upload, PERSON),
    (None, S.PUBLISHED): (_take_over, SIDECAR),
    (S.REVIEW, S.DRAFT): (_approve, PERSON),
    (S.DRAFT, S.REVIEW): (_undo_approve, PERSON),
    (S.DRAFT, S.SCHEDULED): (_schedule, PERSON),
    (S.SCHEDULED, S.DRAFT): (_cancel, PERSON),
    (S.FAILED, S.SCHEDULED): (_retry, PERSON),
    (S.FAILED, S.DRAFT): (_take_back, PERSON),
    (S.SCHEDULED, S.UPLOADING): (_claim, SIDECAR),
    (S.UPLOADING, S.SCHEDULED): (_retry_later, SIDECAR),
    (S.UPLOADING, S.PUBLISHING): (_publish, SIDECAR),
    (S.PUBLISHING, S.PUBLISHED): (_publish, SIDECAR),
    (S.UPLOADING, S.PUBLISHED): (_keep_in_stash, SIDECAR),
    (S.UPLOADING, S.FAILED): (_give_up_sending, SIDECAR),
    (S.PUBLISHING, S.UPLOADING): (_send_again, SIDECAR),
    (S.PUBLISHING, S.FAILED): (_give_up_showing, SIDECAR),
    (S.UPLOADING, S.DRAFT): (_cancel_begun, PERSON),
    (S.PUBLISHING, S.DRAFT): (_cancel_almost_shown, PERSON),
}


def test_there_is_a_way_to_every_move() -> None:
    assert set(WAYS) == set(MOVES)


@pytest.mark.parametrize("move", WAYS, ids=lambda move: f"{move[0] or 'nothing'} to {move[1]}")
def test_the_product_makes_this_move_and_says_who_when_and_why(
    make_rig: Callable[..., Rig], tmp_path: Path, move: tuple[S | None, S]
) -> None:
    rig = make_rig(call_gap_seconds=3)
    way, kind = WAYS[move]
    post = way(rig, tmp_path)
    events = [event for event in rig.all(AuditEvent, AuditEvent.id) if event.subject_id == post]
    (event,) = [event for event in events if _move_of(event) == move]
    name = rig.user.id if kind is PERSON else "sidecar"
    assert (event.actor_kind, event.actor_id, event.owner_id) == (kind, name, rig.user.id)
    assert rig.now >= event.at >= rig.now - DAY
    assert event.reason or event.action not in {"deviation.moved", "deviation.edited"}


def _move_of(event: AuditEvent) -> tuple[str | None, str] | None:
    before, after = event.before or {}, event.after or {}
    if "status" not in after:
        return None
    return (S(before["status"]) if before.get("status") else None, S(after["status"]))
