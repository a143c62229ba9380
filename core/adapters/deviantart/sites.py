"""DeviantArt as the contexts see it, and which of its kind this installation can talk to."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx

from core.adapters.deviantart import deviations, galleries, oauth, stash
from core.adapters.deviantart.http import Clients, DeviantArtLine, open_clients
from core.identity.providers import RemoteIdentity, TokenPair
from core.publishing.providers import GalleryFolder, Publication, Published, Submission
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

    def edit(self, token: str, deviation_id: str, changes: dict[str, Any]) -> None:
        deviations.edit(self._line, token, deviation_id, changes)

    def deviation(self, token: str, deviation_id: str) -> dict[str, Any]:
        return deviations.show(self._line, token, deviation_id)

    def metadata(self, token: str, deviation_ids: Sequence[str]) -> list[dict[str, Any]]:
        return deviations.metadata(self._line, token, deviation_ids)

    def legal_text(self, token: str, name: str) -> str:
        """What the site wants agreed to, as HTML: ``submission`` for its policy, ``tos`` for its terms."""
        return str(self._line.get(token, f"/data/{name}").get("text") or "")

    def authorize_url(self, *, state: str, code_challenge: str, redirect_uri: str) -> str:
        return self._oauth.authorize_url(state=state, code_challenge=code_challenge, redirect_uri=redirect_uri)

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
