"""Pictures behind the links that the API gives: signed, short-lived, at the site's own picture hosts."""

import httpx

from core.adapters.deviantart.http import Clients
from core.adapters.deviantart.refusals import error_of_transport
from core.publishing.providers import ErrorCategory, ProviderError

# Where DeviantArt keeps pictures, as its answers show; links to anywhere else are not followed.
HOSTS = ("wixmp.com", "deviantart.net", "deviantart.com")


def fetch(clients: Clients, root: str, url: str, *, max_bytes: int) -> bytes:
    """The bytes behind ``url``; see ``TakeoverSite.picture``. The account's token is not sent along."""
    if not _is_own(root, url):
        raise ProviderError("The picture lies at an address that is not DeviantArt's.", ErrorCategory.VALIDATION)
    try:
        with clients.mine.stream("GET", url, headers={"Accept": "image/*"}) as response:
            _require_good(response)
            return _read(response, max_bytes)
    except httpx.RequestError as error:
        raise error_of_transport(error, has_effect=False) from error


def _is_own(root: str, url: str) -> bool:
    """Whether the site's own hosts would be asked: an answer must not lead us to anybody else's, least of all ours."""
    try:
        there, home = httpx.URL(url), httpx.URL(root)
    except httpx.InvalidURL:
        return False
    if (there.scheme, there.netloc) == (home.scheme, home.netloc):
        return True
    is_known = any(there.host == one or there.host.endswith(f".{one}") for one in HOSTS)
    return there.scheme == "https" and there.port is None and is_known


def _require_good(response: httpx.Response) -> None:
    status = response.status_code
    if status == httpx.codes.OK:
        return
    if status == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
        raise ProviderError("DeviantArt's pictures are away just now.", ErrorCategory.TRANSIENT, http_status=status)
    raise ProviderError(
        "DeviantArt does not hand out this picture: it is withheld, or its link has ended.",
        ErrorCategory.GONE,
        http_status=status,
    )


def _read(response: httpx.Response, max_bytes: int) -> bytes:
    content = bytearray()
    for piece in response.iter_bytes():
        content += piece
        if len(content) > max_bytes:
            raise ProviderError(
                f"The picture has more than {max_bytes // 1024**2} MB.", ErrorCategory.VALIDATION, http_status=200
            )
    return bytes(content)
