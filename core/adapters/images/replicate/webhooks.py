"""Checking webhooks in the manner of Standard Webhooks, as Replicate signs them."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime

from core.adapters.images.calls import field_of, forged, lowered
from core.adapters.images.replicate.answers import DIALECT
from core.adapters.images.webhook_keys import is_fresh
from core.studio.providers import Notice


def verify(headers: Mapping[str, str], body: bytes, secrets: Iterable[str], *, now: datetime) -> Notice:
    """The notice in a webhook signed with any of ``secrets`` within five minutes; raises ``AUTHENTICATION``."""
    given = lowered(headers)
    message_id, stamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not message_id or not is_fresh(stamp, now):
        raise forged(DIALECT)
    signed = b".".join((message_id.encode(), stamp.encode(), body))
    wanted = [sig[3:].encode() for sig in given.get("webhook-signature", "").split() if sig.startswith("v1,")]
    good = [hmac.new(_key_of(secret), signed, hashlib.sha256).digest() for secret in secrets]
    # Every pair is compared, whichever fits, so that time tells nothing.
    fits = [hmac.compare_digest(base64.b64encode(one), other) for one in good for other in wanted]
    request_id = field_of(body, "id")
    if not any(fits) or request_id is None:
        raise forged(DIALECT)
    return Notice(message_id, request_id)


def _key_of(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return secret.encode()
