"""Where a channel may lead: what a mail address and the address of a webhook must look like, and what is too near.

A webhook lets whoever types its address make this machine call it. What answers only on this machine, in its network or
to the cloud it runs in must not be within reach of just anybody (OWASP, Server-Side Request Forgery).
"""

import re
from email.errors import MessageError
from email.headerregistry import Address
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from core.system.channel_errors import InvalidChannel

LONGEST = 500
_IP = IPv4Address | IPv6Address
# Where clouds tell a machine its own secrets; the usual one, 169.254.169.254, is link-local.
_METADATA = {
    ip_address(one)
    for one in ("fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "192.0.0.192", "168.63.129.16")  # the last: Azure
}
_SHARED = ip_network("100.64.0.0/10")  # behind a provider's address translation (RFC 6598)
_SITE_LOCAL = ip_network("fec0::/10")  # given up by RFC 3879, and still routed in some houses
_NAT64 = ip_network("64:ff9b::/96")
_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?")


def clean_mail_address(text: str) -> str:
    """The address in the form it is sent to; raises ``InvalidChannel``."""
    wrong = InvalidChannel("This does not look like an e-mail address. Write it as name@example.com.")
    text = text.strip()
    local, _, domain = text.rpartition("@")
    if len(text) > 254 or not local or not domain or not text.isprintable() or any(one in text for one in ' ,;<>()"'):
        raise wrong
    try:
        found = Address(addr_spec=f"{local}@{domain.encode('idna').decode()}")
    except (MessageError, ValueError) as error:
        raise wrong from error
    if not found.username or "." not in found.domain or not found.addr_spec.isascii():
        raise wrong
    return f"{found.username}@{found.domain.lower()}"


def clean_webhook_url(text: str, *, allow_private: bool) -> str:
    """The address as it is called; raises ``InvalidChannel``. Names are looked up later, when something is sent."""
    text = text.strip()
    if len(text) > LONGEST:
        raise InvalidChannel(f"This address is longer than {LONGEST} characters. Use a shorter one.")
    url = _split(text)
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise InvalidChannel("Write the whole address, beginning with https:// or http://.")
    if url.username is not None or url.password is not None:
        raise InvalidChannel("Leave name and password out of the address. The signature proves who is calling.")
    literal = _literal(url.hostname)
    if literal is None and not _HOST.fullmatch(_ascii(url.hostname)):
        raise InvalidChannel(f"“{url.hostname}” is not a host name. Check the address.")
    if literal is not None and (reason := why_refused(literal, allow_private=allow_private)):
        raise InvalidChannel(reason)
    host = f"[{url.hostname}]" if ":" in url.hostname else _ascii(url.hostname)
    place = f"{host}:{url.port}" if url.port else host
    return url._replace(netloc=place, fragment="").geturl()


def why_refused(address: _IP, *, allow_private: bool) -> str | None:
    """Why nothing is sent to this address, as a sentence; ``None`` when it may be."""
    address = _inner(address)
    if address in _METADATA or address.is_link_local or address.is_multicast or address.is_unspecified:
        return "Nothing is sent to this address: it belongs to the machine itself or to its network. Use another."
    if allow_private:
        return None
    if address.is_private or address.is_reserved or address in _SHARED or address in _SITE_LOCAL:
        return (
            "This address lies in the private network of this Atelier. An administrator can allow such addresses "
            "with ATELIER_WEBHOOKS_TO_PRIVATE_NETWORKS."
        )
    return None


def shown(kind: str, address: str) -> str:
    """What a channel is called in sentences: the path of a webhook often is a secret of its own."""
    return address if kind == "mail" else urlsplit(address).netloc


def _split(text: str) -> SplitResult:
    if not text.isprintable() or " " in text or "\\" in text:
        raise InvalidChannel("This address has spaces or other characters that do not belong into one. Check it.")
    try:
        url = urlsplit(text)
        _ = url.port
    except ValueError as error:
        raise InvalidChannel("This is not a whole address. Check its host and port.") from error
    return url


def _literal(host: str) -> _IP | None:
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host  # refused by its look


def _inner(address: _IP) -> _IP:
    """The IPv4 address inside of an IPv6 one that only wraps it."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
