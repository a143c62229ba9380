"""Private notes, as older versions of the documentation describe them; whether they are served is a setting."""

from datetime import UTC, datetime

from core.sandbox.deviantart import mail
from core.sandbox.deviantart.endpoint import Call, Endpoint, Handler
from core.sandbox.deviantart.errors import invalid_fields, invalid_request
from core.sandbox.deviantart.fields import Field, Parser, choice, integer, page_fields, text, uuid_text
from core.sandbox.deviantart.invented import artist_object
from core.sandbox.deviantart.models import JsonDict
from core.sandbox.deviantart.note_models import SYSTEM_FOLDERS, VIEWS, SiteNote
from core.sandbox.deviantart.state import Site
from core.sandbox.deviantart.views import page_end, user_object

PREVIEW = 100
MARKS = {
    "read": ("is_unread", False),
    "unread": ("is_unread", True),
    "starred": ("is_starred", True),
    "notstarred": ("is_starred", False),
}
SUCCESS: JsonDict = {"success": True}


def list_folders(call: Call) -> JsonDict:
    """The six that everybody has, then the person's own."""
    mail.open_mailbox(call.site, call.user.username)
    username = call.user.username
    system = [_folder(call, mail.system_id(username, name), name.capitalize(), None, name) for name in SYSTEM_FOLDERS]
    own = [
        _folder(call, one.folderid, one.title, one.parentid, one.folderid)
        for one in mail.own_folders(call.site, username)
    ]
    return {"results": system + own}


def list_notes(call: Call) -> JsonDict:
    """A folder's notes, the inbox's without one."""
    mail.open_mailbox(call.site, call.user.username)
    folder = _named(call, "folderid") if "folderid" in call.values else "inbox"
    notes = mail.notes_in(call.site, call.user.username, folder)
    offset, limit = call.values.get("offset", 0), call.values.get("limit", 10)
    results = [_note(call, note) for note in notes[offset : offset + limit]]
    return {"results": results, **page_end(len(notes), offset, limit)}


def show_note(call: Call) -> JsonDict:
    return _note(call, _own_note(call, call.path["noteid"]))


def send(call: Call) -> JsonDict:
    """Send to each who takes notes; the answer says for each whether it arrived."""
    mail.open_mailbox(call.site, call.user.username)
    to = call.values["to"]
    reply_to = _own_note(call, str(call.values["noteid"])).noteid if "noteid" in call.values else None
    subject, body = call.values.get("subject", ""), call.values["body"]
    reached = mail.deliver(call.site, call.user.username, to, subject, body, reply_to)
    return {"results": [{"success": name in reached, "user": _person(call, name)} for name in to]}


def move(call: Call) -> JsonDict:
    folder = _named(call, "folderid")
    if folder in VIEWS or folder in {"sent", "drafts"}:
        raise invalid_fields({"folderid": "Notes cannot be moved there."})
    for note in _own_notes(call):
        note.folder = folder
        call.site.notes.put(note)
    return SUCCESS


def delete(call: Call) -> JsonDict:
    for note in _own_notes(call):
        call.site.notes.delete(note.key)
    return SUCCESS


def mark(call: Call) -> JsonDict:
    """Read, unread, starred, not starred, or spam, which moves them."""
    how = call.values["mark_as"]
    for note in _own_notes(call):
        if how == "spam":
            note.folder = "spam"
        else:
            name, value = MARKS[how]
            setattr(note, name, value)
        call.site.notes.put(note)
    return SUCCESS


def create_folder(call: Call) -> JsonDict:
    parentid = call.values.get("parentid")
    if parentid is not None:
        _own_folder(call, parentid)
    title = call.values["title"]
    if any(one.title == title for one in mail.own_folders(call.site, call.user.username)):
        raise invalid_fields({"title": "A folder with this title exists already."})
    made = mail.add_folder(call.site, call.user.username, title, parentid)
    return {"folderid": made.folderid, "title": made.title}


def rename_folder(call: Call) -> JsonDict:
    folder = call.site.note_folders.find(_own_folder(call, call.path["folderid"]))
    assert folder is not None
    folder.title = call.values["title"]
    call.site.note_folders.put(folder)
    return SUCCESS


def remove_folder(call: Call) -> JsonDict:
    """Take a folder away; its notes go back to the inbox."""
    folderid = _own_folder(call, call.path["folderid"])
    for note in mail.notes_in(call.site, call.user.username, folderid):
        note.folder = "inbox"
        call.site.notes.put(note)
    call.site.note_folders.delete(folderid)
    return SUCCESS


def _folder(call: Call, folderid: str, title: str, parentid: str | None, name: str) -> JsonDict:
    count = len(mail.notes_in(call.site, call.user.username, name))
    return {"folder": folderid, "parentid": parentid, "title": title, "count": str(count)}


def _note(call: Call, note: SiteNote) -> JsonDict:
    return {
        "noteid": str(note.noteid),
        "ts": datetime.fromtimestamp(note.sent_at, UTC).strftime("%Y-%m-%dT%H:%M:%S%z"),
        "unread": note.is_unread,
        "starred": note.is_starred,
        "sent": note.sender == call.user.username,
        "subject": note.subject,
        "preview": note.body[:PREVIEW],
        "body": note.body,
        "user": _person(call, note.sender),
        "recipients": [_person(call, name) for name in note.recipients],
    }


def _person(call: Call, name: str) -> JsonDict:
    user = call.site.find_user(name)
    return user_object(user, call.base_url) if user else artist_object(name, call.base_url)


def _named(call: Call, field: str) -> str:
    name = mail.folder_name(call.site, call.user.username, call.values[field])
    if name is None:
        raise invalid_fields({field: "There is no such folder."})
    return name


def _own_folder(call: Call, folderid: str) -> str:
    name = mail.folder_name(call.site, call.user.username, folderid)
    if name is None or name in SYSTEM_FOLDERS:
        raise invalid_fields({"folderid": "There is no such folder, or it cannot be changed."})
    return name


def _own_note(call: Call, noteid: str) -> SiteNote:
    note = call.site.notes.find(noteid)
    if note is None or note.owner != call.user.username:
        raise invalid_request("Note not found.")
    return note


def _own_notes(call: Call) -> list[SiteNote]:
    return [_own_note(call, str(one)) for one in call.values["noteids"]]


def _served(site: Site) -> bool:
    return site.behaviour.notes_served


def _endpoint(methods: str, path: str, handler: Handler, *fields: Field) -> Endpoint:
    return Endpoint(methods, path, handler, ("note",), fields, is_served=_served)


NOTE_ID: Parser = integer(1, 2**63 - 1)
_NOTES = Field("noteids[]", NOTE_ID, is_required=True, many=True, limit=50)
_TITLE = Field("title", text(50, min_length=1), is_required=True)
_FOLDER = Field("folderid", uuid_text, is_required=True)
_MARK = Field("mark_as", choice(*MARKS, "spam"), is_required=True)
_TO = Field("to[]", text(50, min_length=1), is_required=True, many=True, limit=10)

ENDPOINTS = (
    _endpoint("GET", "/notes", list_notes, Field("folderid", uuid_text), *page_fields(50)),
    _endpoint("GET", "/notes/folders", list_folders),
    _endpoint("POST", "/notes/folders/create", create_folder, _TITLE, Field("parentid", uuid_text)),
    _endpoint("POST", "/notes/folders/rename/{folderid}", rename_folder, _TITLE),
    _endpoint("POST", "/notes/folders/remove/{folderid}", remove_folder),
    _endpoint(
        "POST",
        "/notes/send",
        send,
        _TO,
        Field("subject", text(200)),
        Field("body", text(50_000, min_length=1), is_required=True),
        Field("noteid", NOTE_ID),
    ),
    _endpoint("POST", "/notes/move", move, _NOTES, _FOLDER),
    _endpoint("POST", "/notes/delete", delete, _NOTES),
    _endpoint("POST", "/notes/mark", mark, _NOTES, _MARK),
    _endpoint("GET", "/notes/{noteid}", show_note),
)
