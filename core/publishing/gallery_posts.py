"""Posts and gallery folders: published ones put into, moved between and taken out of folders at the site; others
told where they are to go."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.clock import Clock
from core.db.chunks import chunked
from core.errors import AtelierError
from core.identity.accounts import get_account
from core.identity.models import Account
from core.publishing import bulk
from core.publishing.access import LEASE_SECONDS, Post, is_published, load_posts, not_found
from core.publishing.asking import Line
from core.publishing.bulk import PostEdit
from core.publishing.gallery_calls import perform, read_contents, refusal
from core.publishing.gallery_changes import STOPPING, Progress, known_folder
from core.publishing.gallery_errors import SiteRefused
from core.publishing.gallery_records import put_in, take_out
from core.publishing.models import Deviation, DeviationFile, DeviationStatus
from core.publishing.providers import GALLERY_BATCH, ProviderError
from core.publishing.reports import BatchReport, ItemOutcome, ItemResult
from core.publishing.searching import DeviationFilter, conditions
from core.system import audit
from core.system.actors import Actor


@dataclass(frozen=True, slots=True)
class Contents:
    """What a folder holds at the site. ``known`` are posts of this house, ``strangers`` counts works made elsewhere;
    ``are_all`` is false when only the beginning of a long folder was read."""

    known: tuple[str, ...]
    strangers: int
    are_all: bool


def add_posts(
    line: Line,
    actor: Actor,
    account_id: str,
    folder_id: str,
    posts: Sequence[str],
    *,
    clock: Clock,
    progress: Progress | None = None,
) -> BatchReport:
    """Show published posts in one more folder, at most 24 works a call; the report tells of each post."""
    return _send(line, actor, account_id, "posts_added", {"folder_id": folder_id}, posts, clock, progress)


def move_posts(
    line: Line,
    actor: Actor,
    account_id: str,
    source_id: str,
    folder_id: str,
    posts: Sequence[str],
    *,
    clock: Clock,
    progress: Progress | None = None,
) -> BatchReport:
    """Take published posts out of one folder and into another."""
    request = {"source_id": source_id, "folder_id": folder_id}
    return _send(line, actor, account_id, "posts_moved", request, posts, clock, progress)


def take_out_posts(
    line: Line,
    actor: Actor,
    account_id: str,
    folder_id: str,
    posts: Sequence[str],
    *,
    clock: Clock,
    progress: Progress | None = None,
) -> BatchReport:
    """Take published posts out of a folder; they stay published."""
    return _send(line, actor, account_id, "posts_taken_out", {"folder_id": folder_id}, posts, clock, progress)


def compare(line: Line, actor: Actor, account_id: str, folder_id: str, *, clock: Clock) -> Contents:
    """Read what the site shows in a folder, and let the posts known here say the same."""
    with line.database.read() as session:
        account = get_account(session, actor, account_id)
        known_folder(session, actor, account_id, folder_id)
    try:
        works, are_all = read_contents(line, account, folder_id, clock=clock)
    except ProviderError as error:
        raise refusal(error) from error
    with line.database.session() as session:
        known = _posts_of(session, actor, account_id, works)
        put_in(session, actor.user_id, list(known), folder_id, now=clock())
        if are_all:
            others = _named(session, actor, account_id, folder_id) - set(known)
            take_out(session, actor.user_id, sorted(others), folder_id, now=clock())
        counted = sum(len(ids) for ids in known.values())
        audit.record(
            session, actor, "gallery.compared", account_id,
            after={"folder_id": folder_id, "works": len(works), "known": counted}, now=clock(),
        )  # fmt: skip
    return Contents(tuple(known), len(works) - counted, are_all)


def assign(
    session: Session,
    actor: Actor,
    folder_id: str,
    chosen: Sequence[str],
    dropped: Sequence[str],
    *,
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> BatchReport:
    """Let the posts ``chosen`` go to a folder when they go out, and those ``dropped`` not; no call is made.

    What cannot be changed is skipped with its reason; ``bulk.undo`` takes it back.
    """
    wanted = dict.fromkeys(chosen, True) | dict.fromkeys(dropped, False)
    posts = load_posts(session, actor, list(wanted), lock=False)
    edits = [
        PostEdit(one, {"gallery_ids": _with(post.row.gallery_ids, folder_id, is_in=wanted[one])}, post.row.updated_at)
        for one, post in posts.items()
    ]
    report = bulk.edit_each(session, actor, edits, now=now, lease_seconds=lease_seconds)
    missing = [ItemResult(one, None, ItemOutcome.SKIPPED, str(not_found())) for one in wanted if one not in posts]
    return replace(report, items=(*report.items, *missing))


def _with(folder_ids: Sequence[str], folder_id: str, *, is_in: bool) -> list[str]:
    rest = [one for one in folder_ids if one != folder_id]
    return [*rest, folder_id] if is_in else rest


@dataclass(frozen=True, slots=True)
class _Work:
    """One of the site's works, and the post it belongs to."""

    post_id: str
    remote_id: str


def _send(
    line: Line,
    actor: Actor,
    account_id: str,
    action: str,
    request: dict[str, str],
    posts: Sequence[str],
    clock: Clock,
    progress: Progress | None,
) -> BatchReport:
    """Make the calls of one action for all ``posts``, and say what became of each."""
    with line.database.read() as session:
        account = get_account(session, actor, account_id)
        for folder_id in dict.fromkeys(request.values()):
            known_folder(session, actor, account_id, folder_id)
        loaded = load_posts(session, actor, posts, lock=False)
    refused = {one: reason for one in posts if (reason := _why_not(loaded.get(one), account))}
    works = [_Work(one, remote) for one in loaded if one not in refused for remote in _remote_ids(loaded[one])]
    sending = _Sending(line, actor, account, action, request, clock, progress, len(works))
    for start in range(0, len(works), GALLERY_BATCH):
        sending.send(works[start : start + GALLERY_BATCH])
    reasons = refused | sending.reasons
    return BatchReport(tuple(_item(one, loaded.get(one), reasons.get(one)) for one in dict.fromkeys(posts)))


class _Sending:
    """Calls of one action, one batch of works after the other."""

    def __init__(
        self,
        line: Line,
        actor: Actor,
        account: Account,
        action: str,
        request: dict[str, str],
        clock: Clock,
        progress: Progress | None,
        total: int,
    ) -> None:
        self.reasons: dict[str, str] = {}
        self._perform = partial(perform, line, actor, account, action, clock=clock)
        self._request = request
        self._progress = progress
        self._total = total
        self._done = 0
        self._stopped: str | None = None

    def send(self, works: Sequence[_Work]) -> None:
        """Send a batch. Where the site refuses one for what is in it, each half is tried, down to the work that is
        to blame; after other refusals nothing more is sent."""
        if self._stopped is not None:
            self._note(works, self._stopped)
            return
        posts = list(dict.fromkeys(work.post_id for work in works))
        request = {**self._request, "works": [work.remote_id for work in works], "posts": posts}
        try:
            self._perform(request)
        except SiteRefused as error:
            if error.category not in STOPPING and len(works) > 1:
                half = len(works) // 2
                self.send(works[:half])
                self.send(works[half:])
                return
            self._stop_after(error, works)
        except AtelierError as error:
            self._stopped = f"Not tried, because a call before it failed: {error}"
            self._note(works, str(error))
        else:
            self._note(works, None)

    def _stop_after(self, error: SiteRefused, works: Sequence[_Work]) -> None:
        if error.category in STOPPING:
            self._stopped = f"Not tried, because a call before it failed: {error}"
        self._note(works, str(error))

    def _note(self, works: Sequence[_Work], reason: str | None) -> None:
        if reason is not None:
            self.reasons |= {work.post_id: reason for work in works}
        self._done += len(works)
        if self._progress is not None:
            self._progress(self._done, self._total, "")


def _why_not(post: Post | None, account: Account) -> str | None:
    if post is None:
        return str(not_found())
    if post.row.status is not DeviationStatus.PUBLISHED:
        return f"“{post.row.title}” is not published yet. Choose its folders among its fields."
    if post.row.account_id != account.id:
        return f"“{post.row.title}” is not in the gallery of {account.username}."
    if not _remote_ids(post):
        return f"Where “{post.row.title}” is at DeviantArt is not known here. Change its folders on the site."
    return None


def _remote_ids(post: Post) -> list[str]:
    """The works at the site that show the post."""
    of_files = [file.remote_deviation_id for file in post.files if is_published(file) and file.remote_deviation_id]
    return of_files or ([post.row.deviation_id] if post.row.deviation_id else [])


def _item(post_id: str, post: Post | None, reason: str | None) -> ItemResult:
    title = post.row.title if post else None
    return ItemResult(post_id, title, ItemOutcome.SKIPPED if reason else ItemOutcome.CHANGED, reason)


def _posts_of(session: Session, actor: Actor, account_id: str, works: Sequence[str]) -> dict[str, list[str]]:
    """The posts of these works at the site, each with those of the works that are its own."""
    found: dict[str, list[str]] = {}
    for some in chunked(works):
        query = (
            select(Deviation.id, Deviation.deviation_id, DeviationFile.remote_deviation_id)
            .outerjoin(DeviationFile, DeviationFile.deviation_id == Deviation.id)
            .where(
                Deviation.user_id == actor.user_id,
                Deviation.account_id == account_id,
                or_(Deviation.deviation_id.in_(some), DeviationFile.remote_deviation_id.in_(some)),
            )
        )
        for row in session.execute(query.order_by(Deviation.id)):
            own = row.remote_deviation_id if row.remote_deviation_id in some else row.deviation_id
            mine = found.setdefault(row.id, [])
            if own not in mine:
                mine.append(own)
    return found


def _named(session: Session, actor: Actor, account_id: str, folder_id: str) -> set[str]:
    """Published posts of the account that name the folder."""
    wanted = DeviationFilter(statuses=(DeviationStatus.PUBLISHED,), account_id=account_id, gallery_id=folder_id)
    return set(session.scalars(select(Deviation.id).where(*conditions(session, actor, wanted))))
