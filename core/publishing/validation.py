"""Whether a post can go out: what is missing, and what its owner should know."""

from core.identity.models import AccountState
from core.publishing.access import Post
from core.publishing.errors import NotReady
from core.publishing.models import Deviation, LatePolicy, UploadMode
from core.publishing.tags import for_site

SITE_TITLE_LENGTH = 50
MAX_GALLERIES = 10


def problems(post: Post, *, lateness_given: bool = False) -> list[str]:
    """What keeps the post from being scheduled, as sentences; empty when it is ready.

    With ``lateness_given`` the post's own allowance for lateness does not count: it is about to be replaced.
    """
    found = [*_file_problems(post), *_field_problems(post.row)]
    if not lateness_given:
        found += _lateness_problems(post.row)
    return found + _account_problems(post)


def require_ready(post: Post, *, lateness_given: bool = False) -> None:
    """Raise :class:`NotReady` with everything that is missing, not only the first."""
    found = problems(post, lateness_given=lateness_given)
    if found:
        raise NotReady(f"“{post.row.title}” cannot be scheduled yet. " + " ".join(found))


def warnings(post: Post) -> tuple[str, ...]:
    """What its owner should know although it does not keep the post from going out."""
    found = [*title_warnings(post.row.title), *(note.reason for note in for_site(post.row.tags).notes)]
    if post.account is not None and post.account.state is AccountState.RECONNECT:
        found.append(f"{post.account.username} must be reconnected; until then its posts wait and keep their times.")
    return tuple(found)


def title_warnings(title: str) -> tuple[str, ...]:
    if len(title) <= SITE_TITLE_LENGTH:
        return ()
    return (f"DeviantArt shows {SITE_TITLE_LENGTH} characters of a title; this one has {len(title)} and is cut.",)


def _file_problems(post: Post) -> list[str]:
    if not post.files:
        return ["It has no file: add one."]
    if post.row.upload_mode is UploadMode.SINGLE and len(post.files) > 1:
        return [
            f"It has {len(post.files)} files but is to go out as one deviation, and DeviantArt takes one file for "
            "each. Choose “a deviation for each file”, or remove files."
        ]
    return []


def _field_problems(row: Deviation) -> list[str]:
    found = []
    if not row.title.strip():
        found.append("It has no title: give it one.")
    if row.is_mature and row.mature_level is None:
        found.append("It is marked as mature: choose how strictly, moderate or strict.")
    if row.add_watermark and row.display_resolution == 0:
        found.append("A watermark needs a display size smaller than the original: choose one.")
    if len(row.gallery_ids) > MAX_GALLERIES:
        found.append(f"It names {len(row.gallery_ids)} galleries: choose at most {MAX_GALLERIES}.")
    return found


def _lateness_problems(row: Deviation) -> list[str]:
    if row.late_policy not in {None, LatePolicy.PUBLISH} and row.max_lateness_minutes is None:
        return ["It is to be held or moved when late: say after how many minutes."]
    return []


def _account_problems(post: Post) -> list[str]:
    if post.account is None:
        return ["No DeviantArt account is chosen: choose one."]
    if post.account.state is AccountState.DISCONNECTED:
        return [f"{post.account.username} is disconnected: connect it again or choose another account."]
    return []
