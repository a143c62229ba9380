"""Everybody's private notes: what lies where, and delivering them."""

from collections.abc import Sequence

from core.sandbox.deviantart.catalogue import ARTISTS
from core.sandbox.deviantart.note_models import SYSTEM_FOLDERS, VIEWS, Mailbox, SiteNote, SiteNoteFolder
from core.sandbox.deviantart.state import Site, name_uuid, new_uuid

# An invented artist who takes no notes, so that a send can fail for one of several.
CLOSED = "velvetgrain"
HOUR = 3600.0
FIRST_NOTES = (
    ("amberquill", "Your lighthouse series", "I keep coming back to it. May I ask which paper you print on?", 3, True),
    (
        "tidewright",
        "Collaboration?",
        "We are putting together a zine about harbours. Four pages are free.\nTom",
        26,
        True,
    ),
    (
        "lumenfox",
        "Commission question",
        "Do you take commissions at the moment? I am looking for a 30 × 40 cm.",
        50,
        False,
    ),
    ("paperkestrel", "Thank you!", "Thank you for the kind words under my heron. They made my week.", 200, False),
)


def system_id(username: str, name: str) -> str:
    """The id of one of a person's six folders."""
    return name_uuid(f"notes/{username}/{name}")


def open_mailbox(site: Site, username: str) -> None:
    """Deliver a person's first notes, once."""
    if site.mailboxes.find(username) is not None:
        return
    site.mailboxes.put(Mailbox(username))
    for sender, subject, body, hours, is_unread in reversed(FIRST_NOTES):
        note = add_note(site, username, "inbox", sender, [username], subject, body, is_unread=is_unread)
        note.sent_at -= hours * HOUR
        site.notes.put(note)
    add_note(site, username, "spam", "freefollowers99", [username], "10 000 watchers", "Buy now!", is_unread=True)


def add_note(
    site: Site,
    owner: str,
    folder: str,
    sender: str,
    recipients: Sequence[str],
    subject: str,
    body: str,
    *,
    is_unread: bool = False,
    reply_to: int | None = None,
) -> SiteNote:
    """Put one copy into a folder."""
    note = SiteNote(
        site.take_number("itemid"), owner, folder, sender, list(recipients), subject, body, site.clock(), is_unread,
        reply_to=reply_to,
    )  # fmt: skip
    return site.notes.put(note)


def folder_name(site: Site, username: str, folderid: str) -> str | None:
    """What ``SiteNote.folder`` holds for a folder's id; ``None`` when the person has no such folder."""
    for name in SYSTEM_FOLDERS:
        if system_id(username, name) == folderid.upper():
            return name
    own = site.note_folders.find(folderid.upper())
    return own.folderid if own is not None and own.owner == username else None


def notes_in(site: Site, username: str, folder: str) -> list[SiteNote]:
    """A folder's notes, newest first; the views gather from everywhere but spam."""
    mine = [note for note in site.notes if note.owner == username]
    if folder in VIEWS:
        wanted = [
            note for note in mine
            if note.folder != "spam" and (note.is_unread if folder == "unread" else note.is_starred)
        ]  # fmt: skip
    else:
        wanted = [note for note in mine if note.folder == folder]
    return sorted(wanted, key=lambda note: (-note.sent_at, -note.noteid))


def own_folders(site: Site, username: str) -> list[SiteNoteFolder]:
    return [folder for folder in site.note_folders if folder.owner == username]


def add_folder(site: Site, username: str, title: str, parentid: str | None) -> SiteNoteFolder:
    return site.note_folders.put(SiteNoteFolder(new_uuid(), username, title, parentid))


def takes_notes(site: Site, username: str) -> bool:
    """Whether a note to this person arrives."""
    name = username.lower()
    return name != CLOSED and (site.find_user(name) is not None or name in ARTISTS)


def deliver(site: Site, sender: str, to: Sequence[str], subject: str, body: str, reply_to: int | None) -> list[str]:
    """Send a note; those it reached. The sender's copy names only them."""
    reached = [name for name in to if takes_notes(site, name)]
    for name in reached:
        user = site.find_user(name)
        if user is not None:
            open_mailbox(site, user.username)
            add_note(site, user.username, "inbox", sender, to, subject, body, is_unread=True)
    if reached:
        add_note(site, sender, "sent", sender, reached, subject, body, reply_to=reply_to)
    return reached
