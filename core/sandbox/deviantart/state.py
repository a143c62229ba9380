"""Everything the imitated site knows, written through to its store."""

import re
import secrets
import uuid
from bisect import insort
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from core.sandbox.deviantart.models import (
    AccessToken,
    AuthCode,
    Behaviour,
    Client,
    Counters,
    Deviation,
    Folder,
    Grant,
    RefreshAttempt,
    RefreshToken,
    Stack,
    StashItem,
    User,
)
from core.sandbox.deviantart.note_models import Mailbox, SiteNote, SiteNoteFolder
from core.sandbox.errors import InvalidControl
from core.sandbox.requestlog import RequestLog
from core.sandbox.store import RecordStore, Shelf, Vault

DEFAULT_CLIENTS = (Client("atelier-sandbox", "sandbox-secret"),)
SEED_USERS = {"sandbox-artist": ("Landscapes", "Portraits"), "sandbox-studio": ()}
USERNAME = re.compile(r"[A-Za-z0-9-]{3,20}")


def new_uuid() -> str:
    """The site writes its ids in upper case."""
    return str(uuid.uuid4()).upper()


def name_uuid(name: str) -> str:
    """The same id for the same name each time, for people who are not stored."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"sandbox:{name.lower()}")).upper()


class Site:
    """The records by kind, with the lookups more than one endpoint needs; called from one thread only."""

    def __init__(self, store: RecordStore, vault: Vault, clients: Iterable[Client], clock: Callable[[], float]) -> None:
        self.store = store
        self.vault = vault
        self.clock = clock
        self.log = RequestLog(store)
        self.clients = Shelf(store, "client", Client)
        self.users = Shelf(store, "user", User)
        self.grants = Shelf(store, "grant", Grant)
        self.codes = Shelf(store, "code", AuthCode)
        self.access_tokens = Shelf(store, "access", AccessToken)
        self.refresh_tokens = Shelf(store, "refresh", RefreshToken)
        self.refreshes = Shelf(store, "refresh_attempt", RefreshAttempt)
        self.folders = Shelf(store, "folder", Folder)
        self.stacks = Shelf(store, "stack", Stack)
        self.items = Shelf(store, "item", StashItem)
        self.deviations = Shelf(store, "deviation", Deviation)
        self.notes = Shelf(store, "note", SiteNote)
        self.note_folders = Shelf(store, "note_folder", SiteNoteFolder)
        self.mailboxes = Shelf(store, "mailbox", Mailbox)
        self._settings = Shelf(store, "behaviour", Behaviour)
        self._counters = Shelf(store, "counters", Counters)
        self.behaviour = self._settings.find("behaviour") or Behaviour()
        self.counters = self._counters.find("counters") or Counters(signing_key=secrets.token_hex(16))
        self._by_user: dict[str, list[Deviation]] = {}
        self._by_number: dict[int, Deviation] = {}
        for deviation in self.deviations:
            self._index(deviation)
        self._register(clients)
        self._seed()

    # Life cycle

    def _register(self, clients: Iterable[Client]) -> None:
        for client in clients:
            known = self.clients.find(client.key)
            learned = known.redirect_uris if known and not client.redirect_uris else []
            self.clients.put(Client(client.client_id, client.client_secret, [*client.redirect_uris, *learned]))

    def _seed(self) -> None:
        if len(self.users):
            return
        with self.store.transaction():
            self._counters.put(self.counters)
            for username, folders in SEED_USERS.items():
                self.add_user(username, folders)

    def reset(self, *, keep_accounts: bool) -> None:
        """Forget what was submitted and published; people and their access too unless told to keep them."""
        with self.store.transaction():
            work: tuple[Shelf[Any], ...] = (self.deviations, self.items, self.stacks, self.refreshes, self.codes)
            access: tuple[Shelf[Any], ...] = (self.access_tokens, self.refresh_tokens, self.grants)
            people: tuple[Shelf[Any], ...] = (self.folders, self.users)
            letters: tuple[Shelf[Any], ...] = (self.notes, self.note_folders, self.mailboxes)
            for shelf in (*work, *letters, self._settings, *(() if keep_accounts else access + people)):
                shelf.clear()
            self.log.clear()
        self.behaviour = Behaviour()
        self._by_user.clear()
        self._by_number.clear()
        self._seed()

    def save_behaviour(self) -> None:
        self._settings.put(self.behaviour)

    def take_number(self, name: str) -> int:
        """The next number of a kind: itemid, number, stackid or refresh_seq."""
        number: int = getattr(self.counters, name)
        setattr(self.counters, name, number + 1)
        self._counters.put(self.counters)
        return number

    # People

    def find_user(self, username: str) -> User | None:
        return self.users.find(username.lower())

    def add_user(self, username: str, folders: Iterable[str] = ()) -> User:
        """The user of this name, made on first use with a Featured folder; raises ``InvalidControl`` for odd names."""
        if not USERNAME.fullmatch(username):
            raise InvalidControl("A username has 3 to 20 letters, digits or hyphens.")
        user = self.find_user(username)
        if user is None:
            user = self.users.put(User(username, new_uuid(), self.clock()))
            self.add_folder(username, "Featured", is_featured=True)
        present = {folder.name for folder in self.folders_of(user.username)}
        for name in folders:
            if name not in present:
                self.add_folder(user.username, name)
        return user

    # Folders

    def folders_of(self, username: str) -> list[Folder]:
        mine = (folder for folder in self.folders if folder.username == username)
        return sorted(mine, key=lambda folder: (not folder.is_featured, folder.position))

    def find_folder(self, username: str, folderid: str) -> Folder | None:
        folder = self.folders.find(folderid.upper())
        return folder if folder and folder.username == username else None

    def featured_folder(self, username: str) -> Folder:
        return self.folders_of(username)[0]

    def add_folder(
        self, username: str, name: str, *, parent: str | None = None, description: str = "", is_featured: bool = False
    ) -> Folder:
        position = len(self.folders_of(username))
        return self.folders.put(Folder(new_uuid(), username, name, position, parent, description, None, is_featured))

    # Published work

    def _index(self, deviation: Deviation) -> None:
        # In order of publication, which for a gallery from before is not that of arrival.
        insort(self._by_user.setdefault(deviation.username, []), deviation, key=lambda work: work.published_at)
        self._by_number[deviation.number] = deviation

    def add_deviation(self, deviation: Deviation) -> Deviation:
        self._index(deviation)
        return self.deviations.put(deviation)

    def deviation_by_number(self, number: int) -> Deviation | None:
        work = self._by_number.get(number)
        return None if work is None or work.is_deleted else work

    def published_by(self, username: str) -> list[Deviation]:
        """What one person has published and not deleted, newest first, half-published work included."""
        return [work for work in reversed(self._by_user.get(username, [])) if not work.is_deleted]

    def is_listed(self, deviation: Deviation) -> bool:
        """Whether galleries show it yet."""
        appears_at = deviation.published_at + self.behaviour.gallery_lag_seconds
        return appears_at <= self.clock() and not deviation.is_deleted

    def in_folder(self, folder: Folder) -> list[Deviation]:
        """The folder's content in its own order, lagging work left out."""
        inside = (work for work in self._by_user.get(folder.username, []) if folder.folderid in work.folders)
        return sorted(filter(self.is_listed, inside), key=lambda work: work.folders[folder.folderid])

    def files_published_twice(self) -> list[str]:
        """Digests that one person has published more than once: the doubled effects of a careless client."""
        seen = Counter((work.username, work.file["sha256"]) for work in self.deviations)
        return sorted({sha256 for (_, sha256), times in seen.items() if times > 1})
