"""Refuses requests that another site made a browser send."""

from urllib.parse import urlsplit

from starlette.requests import Request


def is_same_origin(request: Request, public_url: str) -> bool:
    """Whether one of our own pages sent this request.

    Browsers say so themselves in ``Sec-Fetch-Site``, but only on https and localhost; ``Origin`` is the fallback.
    A request with neither comes from no browser page of ours and is refused.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    if origin is None:
        return False
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    return origin in {own, _origin_of(public_url)}


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
