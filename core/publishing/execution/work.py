"""All that a worker knows of a claimed post, loaded once; the lease keeps it true."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from core.db.base import table_of
from core.identity.models import Account
from core.publishing.automations.models import PostingLimits
from core.publishing.models import Deviation, DeviationFile, DeviationStatus, LatePolicy
from core.system.models import Intent, IntentState

SUBMIT = "deviantart.submit"
PUBLISH = "deviantart.publish"


@dataclass(slots=True)
class OpenIntent:
    """An effect that was begun and not settled: whether it happened is not known."""

    id: str
    kind: str
    opened_at: datetime
    state: IntentState
    lookups: int
    request: dict[str, Any]
    looked_up: bool = False  # and not found, since the latest call

    @property
    def is_confirmed(self) -> bool:
        """Whether the site itself said that it happened; only the address is looked for then."""
        return bool(self.request.get("confirmed"))

    @property
    def called_at(self) -> tuple[datetime, ...]:
        """When it was called, first to last."""
        return (self.opened_at, *map(datetime.fromisoformat, self.request.get("called_again", [])))

    def note(self, **changes: bool | list[str]) -> None:
        """Change what is known of it; whoever calls writes ``request``."""
        self.request = self.request | changes
        self.looked_up = bool(self.request.get("looked_up")) and not self.is_confirmed


@dataclass(slots=True)
class FileWork:
    """One file and how far it has come."""

    id: str
    storage_key: str
    filename: str
    mime_type: str
    position: int  # from 1
    stash_item_id: str | None
    submitted_as: str | None
    remote_deviation_id: str | None
    remote_url: str | None
    published_at: datetime | None
    submit_intent: OpenIntent | None = None
    publish_intent: OpenIntent | None = None


@dataclass(slots=True)
class AccountWork:
    """The account a post goes out with. The token is as of loading; ``expires_at`` says how long it is good."""

    id: str
    provider: str
    access_token: str | None
    expires_at: datetime | None
    agreed_submission: bool
    agreed_terms: bool
    call_gap_seconds: float | None  # grown by throttling; ``None`` or the floor otherwise


@dataclass(slots=True)
class Work:
    """A claimed post. ``lock_id`` and ``version`` are the claim; every write carries them.

    ``status_before`` is where the claim found it.
    """

    id: str
    user_id: str
    lock_id: str
    version: int
    status: DeviationStatus
    status_before: DeviationStatus
    row: Any
    account: AccountWork
    retry_count: int  # failed tries in a row of the category below
    error_category: str | None
    files: list[FileWork] = field(default_factory=list)

    @property
    def stash_only(self) -> bool:
        return bool(self.row.stash_only)

    def is_too_late(self, now: datetime) -> bool:
        """True when the post's own allowance says a person should decide."""
        row = self.row
        if row.late_policy is LatePolicy.PUBLISH or row.actual_publish_at is None:
            return False
        if self.is_begun:
            return False  # what was started is finished
        late_minutes = (now - row.actual_publish_at).total_seconds() / 60
        return bool(late_minutes > (row.max_lateness_minutes or 0))

    @property
    def is_begun(self) -> bool:
        """True when something of it is, or may be, public, or was being sent under this very plan.

        A try that brought nothing is no beginning, nor is a Sta.sh item left from an earlier plan.
        """
        if any(file.published_at or file.publish_intent for file in self.files):
            return True
        if self.status_before is DeviationStatus.UPLOADING:
            return any(file.stash_item_id for file in self.files)
        return self.status_before is DeviationStatus.PUBLISHING


_D = table_of(Deviation).c
_F = table_of(DeviationFile).c
_A = table_of(Account).c
_I = table_of(Intent).c
_L = table_of(PostingLimits).c

_WORK = select(
    _D.id, _D.user_id, _D.status, _D.title, _D.description, _D.tags, _D.gallery_ids, _D.is_mature, _D.mature_level,
    _D.mature_classification, _D.allow_comments, _D.allow_free_download, _D.is_ai_generated, _D.no_ai, _D.stash_only,
    _D.add_watermark, _D.display_resolution, _D.feature, _D.publish_options, _D.actual_publish_at, _D.late_policy,
    _D.max_lateness_minutes, _D.scheduled_at, _D.jitter_seconds, _D.ignores_gap, _D.sale_preset_id,
    _D.retry_count, _D.error_category, _D.execution_version, _D.execution_lock_id,
    _A.id.label("account_id"), _A.provider, _A.access_token, _A.expires_at,
    _A.agreed_submission_at, _A.agreed_terms_at, _A.call_gap_seconds, _L.min_gap_minutes,
).join_from(table_of(Deviation), table_of(Account), _A.id == _D.account_id).outerjoin(
    table_of(PostingLimits), _L.account_id == _D.account_id
)  # fmt: skip

_FILES = select(
    _F.id, _F.deviation_id, _F.storage_key, _F.original_filename, _F.mime_type, _F.stash_item_id, _F.submitted_as,
    _F.remote_deviation_id, _F.remote_url, _F.published_at,
).order_by(_F.deviation_id, _F.sort_order, _F.id)  # fmt: skip

_INTENTS = select(_I.id, _I.kind, _I.subject_id, _I.opened_at, _I.state, _I.lookups, _I.request).where(
    _I.state.in_([IntentState.OPEN, IntentState.UNKNOWN])
)


def load_work(connection: Connection, claimed: Mapping[str, DeviationStatus]) -> list[Work]:
    """Claimed posts with their files, account and unsettled intents, in three queries.

    ``claimed`` says in which status the claim found each.
    """
    ids = list(claimed)
    if not ids:
        return []
    by_post: dict[str, list[FileWork]] = defaultdict(list)
    by_id: dict[str, FileWork] = {}
    for row in connection.execute(_FILES.where(_F.deviation_id.in_(ids))):
        files = by_post[row.deviation_id]
        by_id[row.id] = file = FileWork(
            row.id, row.storage_key, row.original_filename, row.mime_type, len(files) + 1, row.stash_item_id,
            row.submitted_as, row.remote_deviation_id, row.remote_url, row.published_at,
        )  # fmt: skip
        files.append(file)
    for found in connection.execute(_INTENTS.where(_I.subject_id.in_(list(by_id)))):
        intent = OpenIntent(found.id, found.kind, found.opened_at, found.state, found.lookups, found.request or {})
        intent.note()
        if found.kind == PUBLISH:
            by_id[found.subject_id].publish_intent = intent
        else:
            by_id[found.subject_id].submit_intent = intent
    posts = connection.execute(_WORK.where(_D.id.in_(ids)))
    return [_work(post, claimed[post.id], by_post[post.id]) for post in posts]


def _work(row: Any, status_before: DeviationStatus, files: list[FileWork]) -> Work:
    account = AccountWork(
        row.account_id, row.provider, row.access_token, row.expires_at,
        row.agreed_submission_at is not None, row.agreed_terms_at is not None, row.call_gap_seconds,
    )  # fmt: skip
    return Work(
        row.id, row.user_id, row.execution_lock_id, row.execution_version, row.status, status_before, row,
        account, row.retry_count, row.error_category, files,
    )  # fmt: skip
