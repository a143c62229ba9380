"""The records of private notes. Instants are Unix seconds."""

from dataclasses import dataclass, field

SYSTEM_FOLDERS = ("inbox", "unread", "starred", "spam", "sent", "drafts")
# Views over all folders: nothing lies in them.
VIEWS = frozenset({"unread", "starred"})


@dataclass
class SiteNote:
    """One copy of a note: the sender and each recipient have their own. ``folder`` is a system name or an id."""

    noteid: int
    owner: str
    folder: str
    sender: str
    recipients: list[str]
    subject: str
    body: str
    sent_at: float
    is_unread: bool = False
    is_starred: bool = False
    reply_to: int | None = None

    @property
    def key(self) -> str:
        return str(self.noteid)


@dataclass
class SiteNoteFolder:
    """A folder that a person made."""

    folderid: str
    owner: str
    title: str
    parentid: str | None = None

    @property
    def key(self) -> str:
        return self.folderid


@dataclass
class Mailbox:
    """Says that a person's first notes have been delivered."""

    username: str
    invited_by: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.username
