"""Changing an account's gallery folders at the site: make, rename, move, put in order, remove.

Each change is a call, so no transaction may be open. ``line`` says through what, ``clock`` tells the
time as it goes on, since several calls take a while: they keep the account's pace.
"""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from core.clock import Clock
from core.errors import AtelierError
from core.identity.accounts import get_account
from core.identity.models import Account
from core.publishing.asking import Line
from core.publishing.galleries import cached_galleries
from core.publishing.gallery_calls import perform, read_folders, refusal, settle_lost
from core.publishing.gallery_errors import FolderNotFound, FolderRefused, FoldersChanged
from core.publishing.gallery_records import let_go
from core.publishing.gallery_tree import below, is_featured, moves
from core.publishing.providers import ErrorCategory, GalleryFolder, ProviderError
from core.publishing.reports import BatchReport, ItemOutcome, ItemResult
from core.system.actors import Actor

NAME_LENGTH = 50
DESCRIPTION_LENGTH = 2_000

# Done, in all, name of the latest.
Progress = Callable[[int, int, str], None]
# After such a refusal the next call would be refused as well.
STOPPING = frozenset(ErrorCategory) - {ErrorCategory.VALIDATION, ErrorCategory.GONE, ErrorCategory.POLICY}


def create_folder(
    line: Line,
    actor: Actor,
    account_id: str,
    name: str,
    *,
    description: str = "",
    parent_id: str | None = None,
    clock: Clock,
) -> GalleryFolder:
    """A new folder, under ``parent_id`` or at the top. Raises ``FolderRefused`` and as ``gallery_calls.perform``."""
    account, folders = _read(line, actor, account_id)
    name = _clean_name(name)
    description = _clean_description(description)
    if parent_id is not None:
        _find(folders, parent_id)
    request = {
        "name": name,
        "description": description or None,
        "parent_id": parent_id,
        # So that the new one can be told from others of its name if the answer is lost.
        "known_ids": [folder.folder_id for folder in folders if folder.name == name],
    }
    result = perform(line, actor, account, "created", request, clock=clock)
    return GalleryFolder(result["folder_id"], name, parent_id, 0)


def change_folder(
    line: Line,
    actor: Actor,
    account_id: str,
    folder_id: str,
    *,
    name: str | None = None,
    description: str | None = None,
    clock: Clock,
) -> bool:
    """Rename or describe a folder; what is ``None`` stays. ``False`` when nothing was to be changed."""
    account, folders = _read(line, actor, account_id)
    folder = _find(folders, folder_id)
    name = None if name is None else _clean_name(name)
    if name == folder.name:
        name = None
    if name is not None and is_featured(folder):
        raise FolderRefused("Featured keeps its name. Make a folder of your own instead.")
    description = None if description is None else _clean_description(description)
    if name is None and description is None:
        return False
    request = {"folder_id": folder_id, "name": name, "description": description}
    perform(line, actor, account, "edited", request, clock=clock)
    return True


def move_folder(line: Line, actor: Actor, account_id: str, folder_id: str, parent_id: str, *, clock: Clock) -> bool:
    """Put a folder under another; ``False`` when it is there. The site has no call that brings one back to the top."""
    account, folders = _read(line, actor, account_id)
    folder, _ = _find(folders, folder_id), _find(folders, parent_id)
    if is_featured(folder):
        raise FolderRefused("Featured stays where it is.")
    if parent_id in below(folders, folder_id):
        raise FolderRefused("A folder cannot be put under itself. Choose another.")
    if folder.parent_id == parent_id:
        return False
    perform(line, actor, account, "moved", {"folder_id": folder_id, "parent_id": parent_id}, clock=clock)
    return True


def reorder_folders(
    line: Line,
    actor: Actor,
    account_id: str,
    order: Sequence[str],
    *,
    clock: Clock,
    progress: Progress | None = None,
) -> BatchReport:
    """Put all folders in this order: the site's is read first, and only what has to move is moved, one call each.

    Raises ``FoldersChanged`` when the site has other folders than ``order`` names. What comes after a
    refusal is not tried; the report says so folder by folder.
    """
    account, _ = _read(line, actor, account_id)
    settle_lost(line, actor, account, clock=clock)
    folders = _read_anew(line, account, clock)
    names = {folder.folder_id: folder.name for folder in folders}
    if sorted(names) != sorted(order):
        raise FoldersChanged("DeviantArt has other folders now than were shown. They were read again: order them anew.")
    wanted = _featured_first(folders, order)
    return _place_all(line, actor, account, moves(list(names), wanted), names, clock, progress)


def remove_folder(line: Line, actor: Actor, account_id: str, folder_id: str, *, clock: Clock) -> int:
    """Take a folder away; its works stay published. How many posts that were to go there no longer name it."""
    account, folders = _read(line, actor, account_id)
    if is_featured(_find(folders, folder_id)):
        raise FolderRefused("Featured cannot be removed.")
    perform(line, actor, account, "removed", {"folder_id": folder_id}, clock=clock)
    with line.database.session() as session:
        return let_go(session, actor, account_id, folder_id, now=clock())


def look_up(line: Line, actor: Actor, account_id: str, *, clock: Clock) -> bool | None:
    """What became of a change whose answer was lost: whether it was made; ``None`` when there was none."""
    with line.database.read() as session:
        account = get_account(session, actor, account_id)
    return settle_lost(line, actor, account, clock=clock)


def refresh(line: Line, actor: Actor, account_id: str, *, clock: Clock) -> Sequence[GalleryFolder]:
    """Read the folders from the site, after looking up what became of a change whose answer was lost."""
    with line.database.read() as session:
        account = get_account(session, actor, account_id)
    if settle_lost(line, actor, account, clock=clock) is None:  # else it has read them as well
        return _read_anew(line, account, clock)
    with line.database.read() as session:
        return cached_galleries(session, actor, account_id).folders


def known_folder(session: Session, actor: Actor, account_id: str, folder_id: str) -> GalleryFolder:
    """A folder as last read; raises ``FolderNotFound``."""
    return _find(cached_galleries(session, actor, account_id).folders, folder_id)


def _place_all(
    line: Line,
    actor: Actor,
    account: Account,
    steps: Sequence[tuple[str, int]],
    names: dict[str, str],
    clock: Clock,
    progress: Progress | None,
) -> BatchReport:
    items: list[ItemResult] = []
    stopped: str | None = None
    for folder_id, position in steps:
        if stopped is None:
            request = {"folder_id": folder_id, "position": position}
            try:
                perform(line, actor, account, "placed", request, clock=clock)
            except AtelierError as error:
                # Places count from the folders before: with one missing the rest would go astray.
                stopped = f"Not moved, because one before it was not: {error}"
                items.append(ItemResult(folder_id, names[folder_id], ItemOutcome.SKIPPED, str(error)))
            else:
                items.append(ItemResult(folder_id, names[folder_id], ItemOutcome.CHANGED))
        else:
            items.append(ItemResult(folder_id, names[folder_id], ItemOutcome.SKIPPED, stopped))
        if progress is not None:
            progress(len(items), len(steps), names[folder_id])
    return BatchReport(tuple(items))


def _read(line: Line, actor: Actor, account_id: str) -> tuple[Account, Sequence[GalleryFolder]]:
    with line.database.read() as session:
        return get_account(session, actor, account_id), cached_galleries(session, actor, account_id).folders


def _read_anew(line: Line, account: Account, clock: Clock) -> list[GalleryFolder]:
    try:
        return read_folders(line, account, clock=clock)
    except ProviderError as error:
        raise refusal(error) from error


def _find(folders: Sequence[GalleryFolder], folder_id: str) -> GalleryFolder:
    found = next((folder for folder in folders if folder.folder_id == folder_id), None)
    if found is None:
        raise FolderNotFound("There is no such folder any more. Read the folders again.")
    return found


def _featured_first(folders: Sequence[GalleryFolder], order: Sequence[str]) -> list[str]:
    first = {folder.folder_id for folder in folders if is_featured(folder)}
    return sorted(order, key=lambda one: one not in first)


def _clean_name(text: str) -> str:
    text = " ".join(text.replace("\0", "").split())
    if not text:
        raise FolderRefused("Give the folder a name.")
    if len(text) > NAME_LENGTH:
        raise FolderRefused(f"A folder's name has at most {NAME_LENGTH} characters; this one has {len(text)}.")
    return text


def _clean_description(text: str) -> str:
    text = text.replace("\0", "").strip()
    if len(text) > DESCRIPTION_LENGTH:
        raise FolderRefused(f"A description has at most {DESCRIPTION_LENGTH:,} characters; this one has {len(text):,}.")
    return text
