"""Where an address in an answer may lead: not into the network around this machine, unless the provider is there."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpx

from core.adapters.addresses import AddressRefused, Resolve, checked_address
from core.studio.providers import ErrorCategory, GenerationError


@dataclass(frozen=True)
class Target:
    """What is called: perhaps by number, with the name in ``headers`` and for TLS in ``extensions``."""

    url: httpx.URL
    is_direct: bool  # without a proxy
    headers: dict[str, str] = field(default_factory=dict)
    extensions: dict[str, Any] = field(default_factory=dict)


def is_near(url: str | httpx.URL) -> bool:
    """Whether an address names this machine or its network by number, or this machine by name."""
    host = httpx.URL(url).host
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        found = ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return found.is_loopback or found.is_private


def same_origin(one: str | httpx.URL, other: str | httpx.URL) -> bool:
    """Whether a key for the one may be shown to the other."""
    try:
        a, b = httpx.URL(one), httpx.URL(other)
    except httpx.InvalidURL:
        return False
    return (a.scheme, a.host, a.port) == (b.scheme, b.host, b.port)


def target_of(url: httpx.URL, home: str, resolve: Resolve) -> Target:
    """How to call an address that ``home``, the provider's own root, gave; raises ``GenerationError``."""
    if url.scheme not in {"http", "https"} or not url.host:
        raise _elsewhere("an address that cannot be called")
    if same_origin(url, home):
        return Target(url, is_direct=is_near(home))
    if url.scheme == "http" and httpx.URL(home).scheme == "https":
        raise _elsewhere("an address without encryption")
    if _has_proxy(url) and not is_near(url):
        return Target(url, is_direct=False)  # the proxy looks the name up, in its own network
    address = _address_of(url, resolve, allow_private=_is_at_home(home, resolve))
    return Target(
        url.copy_with(host=address),
        is_direct=True,
        headers={"Host": url.netloc.decode()},
        extensions={"sni_hostname": url.host} if url.scheme == "https" else {},
    )


def _is_at_home(home: str, resolve: Resolve) -> bool:
    """Whether the provider itself is in a private network: then so may be its pictures."""
    if is_near(home):
        return True
    root = httpx.URL(home)
    if _has_proxy(root):
        return False
    try:
        found = resolve(root.host, root.port or 443)
    except (OSError, UnicodeError):
        return False
    return bool(found) and all(ip_address(one.partition("%")[0]).is_private for one in found)


def _address_of(url: httpx.URL, resolve: Resolve, *, allow_private: bool) -> str:
    try:
        found = checked_address(url, resolve, allow_private=allow_private)
    except (OSError, UnicodeError) as error:
        raise GenerationError(
            "The host that holds the result was not found. It will be tried again.", ErrorCategory.NETWORK
        ) from error
    except AddressRefused as refused:
        raise _elsewhere("this machine or its network") from refused
    if found is None:
        raise _elsewhere("nowhere")
    return found


def _has_proxy(url: httpx.URL) -> bool:
    proxies = getproxies()
    return bool(proxies.get(url.scheme) or proxies.get("all")) and not proxy_bypass(url.host)


def _elsewhere(where: str) -> GenerationError:
    return GenerationError(
        f"The result is said to lie at {where}; it was not fetched. Tell the provider.", ErrorCategory.BAD_RESULT
    )
