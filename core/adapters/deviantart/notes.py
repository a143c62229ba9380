"""Private notes.

From older versions of https://www.deviantart.com/developers (scope ``note``); current ones no longer
list them, so each account is asked whether they are still served. The names of a folder's fields
differ between the versions, and both are read.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from core.adapters.deviantart.galleries import instant
from core.adapters.deviantart.http import DeviantArtLine, Form
from core.publishing.notes.models import NoteFolderType
from core.publishing.notes.providers import Delivery, Mark, NotePage, RemoteFolder, RemoteNote

LONGEST_PAGE = 50
_TYPES = {one.value: one for one in NoteFolderType}


def list_folders(line: DeviantArtLine, token: str) -> list[RemoteFolder]:
    """The six that everybody has are known by their titles."""
    found = line.get(token, "/notes/folders").get("results")
    return [folder for folder in map(_folder, _objects(found)) if folder is not None]


def list_notes(line: DeviantArtLine, token: str, folder_id: str, *, offset: int, limit: int) -> NotePage:
    params: Form = {"folderid": folder_id, "offset": str(offset), "limit": str(min(limit, LONGEST_PAGE))}
    body = line.get(token, "/notes", params)
    following = body.get("next_offset")
    goes_on = body.get("has_more") and isinstance(following, int) and following > offset
    return NotePage(
        [_note(one) for one in _objects(body.get("results")) if one.get("noteid")], following if goes_on else None
    )


def read(line: DeviantArtLine, token: str, note_id: str) -> RemoteNote:
    return _note({"noteid": note_id, **line.get(token, f"/notes/{note_id}", endpoint="/notes/{id}")})


def send(
    line: DeviantArtLine, token: str, to: Sequence[str], subject: str, body: str, *, reply_to: str | None
) -> list[Delivery]:
    """Recipients the answer does not name count as reached: the call as a whole was a success."""
    form: dict[str, str | list[str]] = {"to[]": list(to), "subject": subject, "body": body}
    if reply_to:
        form["noteid"] = reply_to
    results = list(_objects(line.post(token, "/notes/send", form).get("results")))
    failed = {_name(one.get("user")).lower() for one in results if one.get("success") is False}
    return [Delivery(name, name.lower() not in failed) for name in to]


def mark(line: DeviantArtLine, token: str, note_ids: Sequence[str], how: Mark) -> None:
    line.post(token, "/notes/mark", {"noteids[]": list(note_ids), "mark_as": how.value})


def move(line: DeviantArtLine, token: str, note_ids: Sequence[str], folder_id: str) -> None:
    line.post(token, "/notes/move", {"noteids[]": list(note_ids), "folderid": folder_id})


def delete(line: DeviantArtLine, token: str, note_ids: Sequence[str]) -> None:
    line.post(token, "/notes/delete", {"noteids[]": list(note_ids)})


def create_folder(line: DeviantArtLine, token: str, title: str) -> None:
    line.post(token, "/notes/folders/create", {"title": title})


def rename_folder(line: DeviantArtLine, token: str, folder_id: str, title: str) -> None:
    path = f"/notes/folders/rename/{folder_id}"
    line.post(token, path, {"title": title}, endpoint="/notes/folders/rename/{id}")


def remove_folder(line: DeviantArtLine, token: str, folder_id: str) -> None:
    line.post(token, f"/notes/folders/remove/{folder_id}", {}, endpoint="/notes/folders/remove/{id}")


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    return (one for one in value or [] if isinstance(one, dict))


def _folder(body: dict[str, Any]) -> RemoteFolder | None:
    folder_id = body.get("folderid") or body.get("folder")
    if not folder_id:
        return None
    title = str(body.get("title") or "Untitled")
    kind = None if body.get("parentid") else _TYPES.get(title.casefold())
    return RemoteFolder(str(folder_id), title, kind, _count(body.get("count")))


def _note(body: dict[str, Any]) -> RemoteNote:
    text = body.get("body")
    return RemoteNote(
        note_id=str(body["noteid"]),
        sender=_name(body.get("user")) or None,
        recipients=[name for name in map(_name, _objects(body.get("recipients"))) if name],
        subject=str(body.get("subject") or ""),
        preview=str(body.get("preview") or ""),
        body=None if text is None else str(text),
        sent_at=_time(body.get("ts")),
        is_unread=bool(body.get("unread")),
        is_starred=bool(body.get("starred")),
    )


def _name(user: Any) -> str:
    return str(user.get("username") or "") if isinstance(user, dict) else ""


def _count(value: Any) -> int | None:
    """Counts come as numbers or as text."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else None


def _time(value: Any) -> datetime | None:
    """``2026-03-01T14:05:00-0800``, or Unix seconds."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return instant(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
