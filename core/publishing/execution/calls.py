"""Making one call for a file, and naming what went wrong."""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog

from core.clock import Clock
from core.db.engine import Database
from core.errors import UnavailableError
from core.identity import tokens
from core.identity.account_errors import AccountNeedsReconnect, RefreshUnderWay, SiteNotConfigured
from core.identity.providers import OAuthRefused, OAuthUnreachable
from core.media.storage import ObjectMissing, ObjectStore
from core.publishing.execution import forms
from core.publishing.execution.ledger import Result
from core.publishing.execution.lookup import count_namesakes_in_doubt, find_candidates, ids_of_other_files, nearest
from core.publishing.execution.plan import Step, StepKind
from core.publishing.execution.work import FileWork, Work
from core.publishing.providers import ErrorCategory, ProviderError, Published
from core.publishing.site import Site

log = structlog.get_logger(__name__)

# A token that ends sooner than this is refreshed before the call.
FRESH_ENOUGH = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Calls:
    """The outside of publishing: the sites, the store, and tokens to call with."""

    database: Database
    store: ObjectStore
    sites: Mapping[str, Site]
    worker: str
    clock: Clock

    def make(self, work: Work, step: Step) -> Result:
        """Make the call of ``step``. Never raises: what went wrong is in the result."""
        started_at, begun = self.clock(), time.monotonic()
        item_id = published = error = None
        try:
            if step.kind is StepKind.SUBMIT:
                item_id = self._submit(work, step.file)
            elif step.kind is StepKind.PUBLISH:
                published = self._publish(work, step.file)
            else:
                published = self._look_up(work, step.file)
        except Exception as caught:
            error = _named(caught, step)
            if error.category is ErrorCategory.UNKNOWN:
                log.exception("A publishing step failed unexpectedly.", deviation_id=work.id, step=step.kind.value)
            else:
                log.warning("A publishing step failed.", deviation_id=work.id, step=step.kind.value,
                            category=error.category.value, http_status=error.http_status)  # fmt: skip
            if error.category is ErrorCategory.AUTH:
                error = self._after_auth_error(work, error)
        duration_ms = round((time.monotonic() - begun) * 1000)
        return Result(step, started_at, duration_ms, item_id, published, error)

    def _submit(self, work: Work, file: FileWork) -> str:
        token = self._token(work)
        with self._file_on_disk(file) as path:
            return self._site(work).submit(token, forms.submission(work, file, path))

    def _publish(self, work: Work, file: FileWork) -> Published:
        return self._site(work).publish(self._token(work), forms.publication(work, file))

    def _look_up(self, work: Work, file: FileWork) -> Published | None:
        intent = file.publish_intent
        if intent is None:
            return None
        gallery = self._site(work).newest(self._token(work))
        candidates = find_candidates(gallery, intent, now=self.clock())
        with self.database.read() as session:
            namesakes = count_namesakes_in_doubt(session, work, file)
            known_ids = ids_of_other_files(session, file, candidates)
        unclaimed = [one for one in candidates if one.deviation_id not in known_ids]
        if namesakes and not (intent.is_confirmed and len(unclaimed) > namesakes):
            # Whose it is cannot be told; publishing the item again can tell, since that works once.
            return None
        return nearest(unclaimed, intent)

    def _site(self, work: Work) -> Site:
        site = self.sites.get(work.account.provider)
        if site is None:
            raise ProviderError(
                f"“{work.account.provider}” is not configured here. Configure it, or choose another account.",
                ErrorCategory.OUTAGE,
            )
        return site

    def _token(self, work: Work) -> str:
        account, now = work.account, self.clock()
        if account.access_token and account.expires_at and account.expires_at > now + FRESH_ENOUGH:
            return account.access_token
        account.access_token = tokens.usable_token(self.database, account.id, self.sites, now=now, holder=self.worker)
        return account.access_token

    def _after_auth_error(self, work: Work, error: ProviderError) -> ProviderError:
        """The token was refused: get a new one, once. If that is refused too the account waits for its person."""
        refused, work.account.access_token = work.account.access_token, None
        if refused is None:
            return error
        try:
            tokens.force_refresh(
                self.database, work.account.id, self.sites, used_token=refused, now=self.clock(), holder=self.worker
            )
        except Exception as caught:
            return _named(caught, None)
        return error

    @contextmanager
    def _file_on_disk(self, file: FileWork) -> Iterator[Path]:
        """The file as a path: the store's own where it has one, a copy otherwise."""
        local = self.store.local_path(file.storage_key)
        if local is not None:
            yield local
            return
        with tempfile.TemporaryDirectory(prefix="atelier-") as folder:
            path = Path(folder) / "upload"
            self.store.download(file.storage_key, path)
            yield path


def _named(caught: Exception, step: Step | None) -> ProviderError:
    """Any error of a call as a :class:`ProviderError` with its category."""
    match caught:
        case ProviderError():
            return caught
        case ObjectMissing():
            return ProviderError(
                "The file is no longer in the store. Restore it from a backup, or remove it from the post.",
                ErrorCategory.VALIDATION,
            )
        case OAuthRefused() | AccountNeedsReconnect():
            return ProviderError(str(caught), ErrorCategory.AUTH, http_status=401)
        case SiteNotConfigured():
            return ProviderError(str(caught), ErrorCategory.OUTAGE)
        case OAuthUnreachable(throttled=True):
            return ProviderError(str(caught), ErrorCategory.RATE_LIMITED, retry_after=caught.retry_after)
        case OAuthUnreachable():
            return ProviderError(str(caught), ErrorCategory.NETWORK, retry_after=caught.retry_after)
        case RefreshUnderWay():
            return ProviderError(str(caught), ErrorCategory.NETWORK, retry_after=1)
        case UnavailableError():
            return ProviderError(str(caught), ErrorCategory.STORAGE)
        case OSError() if step is not None and step.kind is StepKind.SUBMIT:
            return ProviderError(
                "The file could not be brought here to be sent. Check that this machine's disk has room.",
                ErrorCategory.STORAGE,
            )
    # Nobody knows how far the call had come.
    return ProviderError(
        "Something unexpected happened on our side. The log has the details; it is tried again.",
        ErrorCategory.UNKNOWN,
        effect_possible=step is not None and step.kind is StepKind.PUBLISH,
    )
