"""Messages to webhooks, signed as Standard Webhooks has it.

Written from https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (1.0): headers
``webhook-id``, ``webhook-timestamp``, ``webhook-signature``; the signature is ``v1,`` and the base64 of the HMAC-SHA256
of ``id.timestamp.body``, one for each secret that is good. 2xx means taken, 410 means never again.
"""

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Any

import httpx

from core.adapters.addresses import AddressRefused, Resolve, checked_address, resolve
from core.system import topics
from core.system.messengers import AddressGone, Message, MessageDelayed, MessageRefused
from core.system.webhook_secrets import key_of

# From the first byte to the last; a receiver should take the message and work on it later.
TIMEOUT_SECONDS = 10.0
LATER = {429, 502, 503, 504}


class WebhookMessenger:
    """Posts messages; ``public_url`` is where links of the dashboard lead."""

    def __init__(
        self,
        public_url: str,
        *,
        allow_private: bool,
        timeout_seconds: float = TIMEOUT_SECONDS,
        resolve: Resolve = resolve,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._public_url = public_url
        self._allow_private = allow_private
        self._timeout = timeout_seconds
        self._resolve = resolve
        self._transport = transport
        self._tls = httpx.create_ssl_context(trust_env=False)

    def send(self, message: Message, *, now: datetime) -> None:
        """Post one message; raises ``MessageRefused``, ``MessageDelayed`` or ``AddressGone``."""
        url = httpx.URL(message.address)
        address = self._address_of(url)
        body = payload(message, self._public_url)
        headers = {
            # The name, although the connection goes to the address that was looked at: a name could be made to
            # point elsewhere between the look and the call.
            "Host": url.netloc.decode(),
            "Content-Type": "application/json",
            "User-Agent": f"Atelier/{version('atelier')}",
            **signature_headers(message, body, now=now),
        }
        try:
            answer = asyncio.run(self._post(url, address, headers, body))
        except (TimeoutError, httpx.TimeoutException) as error:
            raise MessageDelayed(f"It did not answer within {self._timeout:g} seconds.") from error
        except httpx.ConnectError as error:
            raise MessageDelayed(_why_no_connection(error)) from error
        except httpx.HTTPError as error:
            raise MessageDelayed("The connection broke off before it answered.") from error
        _judge(answer, now)

    async def _post(self, url: httpx.URL, address: str, headers: dict[str, str], body: bytes) -> httpx.Response:
        # httpx limits each read; a receiver that sends one byte now and then would hold us for ever without this.
        async with (
            asyncio.timeout(self._timeout),
            httpx.AsyncClient(
                timeout=self._timeout, verify=self._tls, trust_env=False, transport=self._transport
            ) as client,
            client.stream(
                "POST",
                url.copy_with(host=address),
                headers=headers,
                content=body,
                follow_redirects=False,
                extensions={"sni_hostname": url.host} if url.scheme == "https" else None,
            ) as response,
        ):
            # The status says it all. The body is not read: it might be of something inside this house's network.
            return response

    def _address_of(self, url: httpx.URL) -> str:
        """The address to connect to, looked at once and used as it is."""
        unknown = f"There is no host called {url.host}"
        try:
            found = checked_address(url, self._resolve, allow_private=self._allow_private)
        except (OSError, UnicodeError) as error:
            raise MessageDelayed(f"{unknown}, or the name service did not answer.") from error
        except AddressRefused as refused:
            raise MessageRefused(str(refused)) from refused
        if found is None:
            raise MessageDelayed(f"{unknown}.")
        return found


def payload(message: Message, public_url: str) -> bytes:
    """The body, the same in every try: ``type``, ``timestamp``, ``data``."""
    kind = topics.kind_of(message.topic)
    data: dict[str, Any] = {
        "subject_id": topics.subject_of(message.topic),
        "title": message.title,
        "body": message.body,
        "url": page_url(public_url, message.link),
    }
    stamp = message.created_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    whole = {"type": kind, "timestamp": stamp, "data": data}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def page_url(public_url: str, link: str | None) -> str | None:
    """The whole address of a page of the dashboard."""
    return f"{public_url}/{link.lstrip('/')}" if link else None


def signature_headers(message: Message, body: bytes, *, now: datetime) -> dict[str, str]:
    """The three headers of Standard Webhooks; the time is that of this try."""
    stamp = str(int(now.timestamp()))
    signed = b".".join((message.id.encode(), stamp.encode(), body))
    signatures = [
        "v1," + base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode()
        for secret in message.secrets
    ]
    return {"webhook-id": message.id, "webhook-timestamp": stamp, "webhook-signature": " ".join(signatures)}


def _judge(answer: httpx.Response, now: datetime) -> None:
    status = answer.status_code
    if answer.is_success:
        return
    if status == httpx.codes.GONE:
        raise AddressGone("It answered 410: nobody wants anything there any more.")
    if answer.is_redirect:
        raise MessageDelayed(f"It answered {status}, which leads elsewhere. Give the address it leads to.")
    wait = _retry_after(answer.headers.get("Retry-After"), now) if status in LATER else None
    raise MessageDelayed(f"It answered {status}.", retry_after=wait)


def _retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Seconds or a date (RFC 9110, 10.2.3); ``None`` for anything else."""
    if value is None:
        return None
    try:
        wait = timedelta(seconds=int(value)) if value.strip().isdecimal() else parsedate_to_datetime(value) - now
    except (TypeError, ValueError, OverflowError):
        return None
    return max(wait, timedelta())


def _why_no_connection(error: httpx.ConnectError) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "Its certificate cannot be trusted. Check that it is valid for this address."
    return "Nothing answers at this address."
