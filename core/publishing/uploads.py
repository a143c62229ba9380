"""The files of a deviation: adding, removing, putting in order.

DeviantArt takes one file for each deviation. A post with several files therefore goes out as
several deviations, in order: its ``upload_mode`` follows the number of files.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.media.models import Blob
from core.publishing.access import LEASE_SECONDS, Post, get_post, is_published
from core.publishing.editing import require_editable, touch
from core.publishing.errors import ChangeRefused, FileRefused, NotEditable
from core.publishing.models import Deviation, DeviationFile, UploadMode
from core.publishing.states import QUEUED
from core.system import audit
from core.system.actors import Actor

MAX_FILES = 100
NAME_LENGTH = 255


def attach(
    session: Session,
    actor: Actor,
    deviation_id: str,
    files: Sequence[tuple[Blob, str]],
    *,
    max_files: int = MAX_FILES,
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> list[DeviationFile]:
    """Add stored files, each with the name it came under, behind those that are there.

    Raises :class:`FileRefused` when there would be more than ``max_files``.
    """
    post = get_post(session, actor, deviation_id)
    require_editable(post, now=now, lease_seconds=lease_seconds)
    return add_files(session, actor, post, files, max_files=max_files, now=now)


def add_files(
    session: Session,
    actor: Actor,
    post: Post,
    files: Sequence[tuple[Blob, str]],
    *,
    max_files: int = MAX_FILES,
    now: datetime,
) -> list[DeviationFile]:
    """Add stored files to a loaded post that is known to be editable."""
    total = len(post.files) + len(files)
    if total > max_files:
        raise FileRefused(f"A deviation has at most {max_files} files; this would make {total}. Start another one.")
    stranger = next((name for blob, name in files if blob.user_id != actor.user_id), None)
    if stranger is not None:
        raise FileRefused(f"“{stranger}” is not one of your files. Upload it yourself.")
    place = max((file.sort_order for file in post.files), default=-1) + 1
    added = [_file_row(post.row, blob, name, place + step, now) for step, (blob, name) in enumerate(files)]
    session.add_all(added)
    session.flush()
    post.files.extend(added)
    after = {"added": [file.original_filename for file in added]}
    _changed(session, actor, post, "deviation.files_added", {}, after, now)
    return added


def remove_file(
    session: Session,
    actor: Actor,
    deviation_id: str,
    file_id: str,
    *,
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> None:
    """Take one file off a post. The stored picture stays as long as any post shows it.

    Raises :class:`ChangeRefused` for a file of another post and for the last file of a scheduled
    one, :class:`NotEditable` for a file that is public already.
    """
    post = get_post(session, actor, deviation_id)
    require_editable(post, now=now, lease_seconds=lease_seconds)
    file = next((one for one in post.files if one.id == file_id), None)
    if file is None:
        raise ChangeRefused("This file is not part of the post any more. Reload the page.")
    if is_published(file):
        raise NotEditable(f"“{file.original_filename}” is on DeviantArt already and stays with its post.")
    if len(post.files) == 1 and post.row.status in QUEUED:
        raise ChangeRefused("A scheduled post needs a file. Cancel it first, or add another file before.")
    session.delete(file)
    post.files.remove(file)
    _changed(session, actor, post, "deviation.file_removed", {"file": file.original_filename}, {}, now)


def reorder(
    session: Session,
    actor: Actor,
    deviation_id: str,
    file_ids: Sequence[str],
    *,
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> None:
    """Put the files in the order of ``file_ids``, which names each exactly once; else :class:`ChangeRefused`."""
    post = get_post(session, actor, deviation_id)
    require_editable(post, now=now, lease_seconds=lease_seconds)
    files = {file.id: file for file in post.files}
    if len(file_ids) != len(files) or set(file_ids) != set(files):
        raise ChangeRefused("The files of this post changed meanwhile. Reload the page and order them again.")
    before = [file.original_filename for file in post.files]
    for place, file_id in enumerate(file_ids):
        files[file_id].sort_order = place
    post.files.sort(key=lambda file: file.sort_order)
    after = [file.original_filename for file in post.files]
    if before != after:
        _changed(session, actor, post, "deviation.files_ordered", {"files": before}, {"files": after}, now)


def _changed(
    session: Session,
    actor: Actor,
    post: Post,
    action: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
    now: datetime,
) -> None:
    post.row.upload_mode = UploadMode.MULTIPLE if len(post.files) > 1 else UploadMode.SINGLE
    touch(post.row, now=now)
    session.flush()
    audit.record(session, actor, action, post.row.id, before=dict(before) or None, after=dict(after) or None,
                 now=now)  # fmt: skip


def _file_row(row: Deviation, blob: Blob, name: str, place: int, now: datetime) -> DeviationFile:
    return DeviationFile(
        deviation_id=row.id,
        blob_id=blob.id,
        original_filename=shown_name(name),
        storage_key=blob.storage_key,
        storage_url=f"/blobs/{blob.id}/original",
        mime_type=blob.mime_type,
        file_size=blob.file_size,
        width=blob.width,
        height=blob.height,
        duration=blob.duration,
        sort_order=place,
        created_at=now,
    )


def shown_name(name: str) -> str:
    """A file's own name without folders and control characters; an over-long one keeps its ending."""
    name = "".join(character for character in name if character.isprintable())
    name = name.replace("\\", "/").rpartition("/")[2].strip() or "file"
    if len(name) <= NAME_LENGTH:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        return name[:NAME_LENGTH]
    return stem[: NAME_LENGTH - len(ending) - 1] + dot + ending
