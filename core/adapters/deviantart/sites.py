"""DeviantArt as the contexts see it, and which of its kind this installation can talk to."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx

from core.adapters.deviantart import browse, deviations, folders, galleries, notes, oauth, pictures, stash, works
from core.adapters.deviantart.http import Clients, DeviantArtLine, open_clients
from core.identity.providers import RemoteIdentity, TokenPair
from core.publishing.inspiration.providers import Browsed, BrowsePage, Described, Similar, Topic, TopicPage
from core.publishing.notes.providers import Delivery, Mark, NotePage, RemoteFolder, RemoteNote
from core.publishing.providers import GalleryFolder, Publication, Published, Submission, WorkPage
from core.publishing.statistics.providers import WorkCounts
from core.publishing.takeover.providers import GalleryPage, WorkDescription
from core.settings import SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, Settings

DEVIANTART = "deviantart"
SANDBOX = "deviantart-sandbox"
SPARE_THREADS = 16  # for screens and the token keeper, beside the workers


class DeviantArt:
    """Both of DeviantArt's protocols, ``GallerySite`` and ``OAuthSite``, over shared connections."""

    def __init__(self, clients: Clients, *, provider: str, root: str, client_id: str, client_secret: str) -> None:
        self.provider = provider
        self.root = root
        self._clients = clients
        self._line = DeviantArtLine(clients, provider)
        self._oauth = oauth.OAuthEndpoints(clients, provider, root, client_id, client_secret)

    def check_token(self, token: str) -> None:
        self._line.get(token, "/placebo")

    def submit(self, token: str, submission: Submission) -> str:
        return stash.submit(self._line, token, submission)

    def publish(self, token: str, publication: Publication) -> Published:
        return stash.publish(self._line, token, publication)

    def newest(self, token: str, *, limit: int = 48) -> Iterator[Published]:
        return galleries.newest(self._line, token, limit=limit)

    def list_folders(self, token: str) -> list[GalleryFolder]:
        return galleries.list_folders(self._line, token)

    def create_folder(
        self, token: str, name: str, *, description: str | None = None, parent_id: str | None = None
    ) -> str:
        return folders.create(self._line, token, name, description=description, parent_id=parent_id)

    def update_folder(
        self, token: str, folder_id: str, *, name: str | None = None, description: str | None = None
    ) -> None:
        folders.update(self._line, token, folder_id, name=name, description=description)

    def place_folder(self, token: str, folder_id: str, position: int) -> None:
        folders.place(self._line, token, folder_id, position)

    def move_folder(self, token: str, folder_id: str, to_folder_id: str) -> None:
        folders.move(self._line, token, folder_id, to_folder_id)

    def remove_folder(self, token: str, folder_id: str) -> None:
        folders.remove(self._line, token, folder_id)

    def copy_to_folder(self, token: str, folder_id: str, deviation_ids: Sequence[str]) -> None:
        folders.copy_works(self._line, token, folder_id, deviation_ids)

    def move_between_folders(self, token: str, source_id: str, target_id: str, deviation_ids: Sequence[str]) -> None:
        folders.move_works(self._line, token, source_id, target_id, deviation_ids)

    def take_from_folder(self, token: str, folder_id: str, deviation_ids: Sequence[str]) -> None:
        folders.remove_works(self._line, token, folder_id, deviation_ids)

    def folder_contents(self, token: str, folder_id: str, *, offset: int = 0) -> WorkPage:
        return galleries.folder_contents(self._line, token, folder_id, offset=offset)

    def counts(self, token: str, deviation_ids: Sequence[str]) -> list[WorkCounts]:
        return works.counts(self._line, token, deviation_ids)

    def is_gone(self, token: str, deviation_id: str) -> bool:
        return works.is_gone(self._line, token, deviation_id)

    def gallery_page(self, token: str, *, offset: int) -> GalleryPage:
        return works.gallery_page(self._line, token, offset=offset)

    def descriptions(self, token: str, deviation_ids: Sequence[str]) -> list[WorkDescription]:
        return works.descriptions(self._line, token, deviation_ids)

    def picture(self, url: str, *, max_bytes: int) -> bytes:
        return pictures.fetch(self._clients, self.root, url, max_bytes=max_bytes)

    def edit(self, token: str, deviation_id: str, changes: dict[str, Any]) -> None:
        deviations.edit(self._line, token, deviation_id, changes)

    def deviation(self, token: str, deviation_id: str) -> dict[str, Any]:
        return deviations.show(self._line, token, deviation_id)

    def metadata(self, token: str, deviation_ids: Sequence[str]) -> list[dict[str, Any]]:
        return deviations.metadata(self._line, token, deviation_ids)

    def legal_text(self, token: str, name: str) -> str:
        """What the site wants agreed to, as HTML: ``submission`` for its policy, ``tos`` for its terms."""
        return str(self._line.get(token, f"/data/{name}").get("text") or "")

    def browse_home(self, token: str, *, offset: int, limit: int, mature: bool) -> BrowsePage:
        return browse.page(self._line, token, "/browse/home", offset=offset, limit=limit, mature=mature)

    def browse_following(self, token: str, *, offset: int, limit: int, mature: bool) -> BrowsePage:
        return browse.page(self._line, token, "/browse/deviantsyouwatch", offset=offset, limit=limit, mature=mature)

    def browse_tag(self, token: str, tag: str, *, offset: int, limit: int, mature: bool) -> BrowsePage:
        return browse.page(self._line, token, "/browse/tags", offset=offset, limit=limit, mature=mature, tag=tag)

    def browse_topic(self, token: str, topic: str, *, offset: int, limit: int, mature: bool) -> BrowsePage:
        return browse.page(self._line, token, "/browse/topic", offset=offset, limit=limit, mature=mature, topic=topic)

    def browse_daily(self, token: str, day: date, *, mature: bool) -> BrowsePage:
        return browse.daily(self._line, token, day, mature=mature)

    def search_tags(self, token: str, beginning: str) -> list[str]:
        return browse.search_tags(self._line, token, beginning)

    def list_topics(self, token: str, *, offset: int, limit: int) -> TopicPage:
        return browse.topics(self._line, token, offset=offset, limit=limit)

    def top_topics(self, token: str) -> list[Topic]:
        return browse.top_topics(self._line, token)

    def more_like(self, token: str, deviation_id: str, *, mature: bool) -> Similar:
        return browse.more_like(self._line, token, deviation_id, mature=mature)

    def look_at(self, token: str, deviation_id: str) -> Browsed:
        return browse.look_at(self._line, token, deviation_id)

    def describe(self, token: str, deviation_id: str) -> Described:
        return browse.describe(self._line, token, deviation_id)

    def list_note_folders(self, token: str) -> list[RemoteFolder]:
        return notes.list_folders(self._line, token)

    def list_notes(self, token: str, folder_id: str, *, offset: int, limit: int) -> NotePage:
        return notes.list_notes(self._line, token, folder_id, offset=offset, limit=limit)

    def read_note(self, token: str, note_id: str) -> RemoteNote:
        return notes.read(self._line, token, note_id)

    def send_note(
        self, token: str, to: Sequence[str], subject: str, body: str, *, reply_to: str | None = None
    ) -> list[Delivery]:
        return notes.send(self._line, token, to, subject, body, reply_to=reply_to)

    def mark_notes(self, token: str, note_ids: Sequence[str], mark: Mark) -> None:
        notes.mark(self._line, token, note_ids, mark)

    def move_notes(self, token: str, note_ids: Sequence[str], folder_id: str) -> None:
        notes.move(self._line, token, note_ids, folder_id)

    def delete_notes(self, token: str, note_ids: Sequence[str]) -> None:
        notes.delete(self._line, token, note_ids)

    def create_note_folder(self, token: str, title: str) -> None:
        notes.create_folder(self._line, token, title)

    def rename_note_folder(self, token: str, folder_id: str, title: str) -> None:
        notes.rename_folder(self._line, token, folder_id, title)

    def remove_note_folder(self, token: str, folder_id: str) -> None:
        notes.remove_folder(self._line, token, folder_id)

    def authorize_url(self, *, state: str, code_challenge: str, redirect_uri: str, with_extras: bool = True) -> str:
        return self._oauth.authorize_url(
            state=state, code_challenge=code_challenge, redirect_uri=redirect_uri, with_extras=with_extras
        )

    def exchange(self, *, code: str, code_verifier: str, redirect_uri: str, now: datetime) -> TokenPair:
        return self._oauth.exchange(code=code, code_verifier=code_verifier, redirect_uri=redirect_uri, now=now)

    def refresh(self, refresh_token: str, *, now: datetime) -> TokenPair:
        return self._oauth.refresh(refresh_token, now=now)

    def revoke(self, token: str) -> None:
        self._oauth.revoke(token)

    def whoami(self, access_token: str) -> RemoteIdentity:
        return oauth.whoami(self._line, access_token)

    def close(self) -> None:
        self._clients.close()


def build_sites(settings: Settings) -> dict[str, DeviantArt]:
    """The sites this installation is set up for, by provider name; empty when there is neither client nor sandbox."""
    sites: dict[str, DeviantArt] = {}
    if settings.deviantart_client_id and settings.deviantart_client_secret:
        secret = settings.deviantart_client_secret.get_secret_value()
        sites[DEVIANTART] = build_site(
            settings, DEVIANTART, settings.deviantart_url, settings.deviantart_client_id, secret
        )
    if settings.sandbox_url:
        sites[SANDBOX] = build_site(settings, SANDBOX, settings.sandbox_url, SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET)
    return sites


def build_site(
    settings: Settings,
    provider: str,
    root: str,
    client_id: str,
    client_secret: str,
    *,
    transport: httpx.BaseTransport | None = None,
) -> DeviantArt:
    """One site; ``transport`` lets tests answer in its place."""
    clients = open_clients(
        root,
        contact=settings.contact,
        threads=settings.workers + SPARE_THREADS,
        timeout_seconds=settings.provider_timeout_seconds,
        # A proxy from the environment cannot reach this machine's own loopback.
        trust_env=not _is_loopback(root),
        transport=transport,
    )
    return DeviantArt(clients, provider=provider, root=root, client_id=client_id, client_secret=client_secret)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
