"""Looking a host up once, and calling the very address that was looked at.

A name can be made to point elsewhere between a check and a call (DNS rebinding): what is checked is what is used.
"""

import random
import socket
from collections.abc import Callable
from ipaddress import ip_address

import httpx

from core.system.addresses import why_refused

Resolve = Callable[[str, int], list[str]]


class AddressRefused(Exception):
    """A host leads where nothing may be sent; the text says why, for a person."""


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host name, as this machine finds them; raises ``OSError``."""
    return [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def checked_address(url: httpx.URL, resolve: Resolve, *, allow_private: bool) -> str | None:
    """The address to connect to; ``None`` when the name has none.

    Refused as soon as one of several is: raises :class:`AddressRefused`, and ``OSError`` or ``UnicodeError`` when the
    name cannot be looked up.
    """
    found = resolve(url.host, url.port or (443 if url.scheme == "https" else 80))
    for one in found:
        if reason := why_refused(ip_address(one.partition("%")[0]), allow_private=allow_private):
            raise AddressRefused(reason)
    return random.choice(found) if found else None  # noqa: S311 - spreads the load
