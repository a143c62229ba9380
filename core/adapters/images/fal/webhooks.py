"""Checking webhooks as fal signs them: Ed25519 with the keys it publishes, which may be kept for a day."""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from core.adapters.images.calls import field_of, forged, lowered
from core.adapters.images.fal.answers import DIALECT
from core.adapters.images.webhook_keys import is_fresh
from core.studio.providers import Notice


def keys_in(jwks: Any) -> list[Ed25519PublicKey]:
    """The keys of a JWKS; entries that are none are passed over."""
    entries = jwks.get("keys") if isinstance(jwks, Mapping) else None
    found = (_key(one.get("x")) for one in entries or () if isinstance(one, Mapping))
    return [key for key in found if key is not None]


def verify(headers: Mapping[str, str], body: bytes, keys: Iterable[Ed25519PublicKey], *, now: datetime) -> Notice:
    """The notice in a webhook signed with any of ``keys`` within five minutes; raises ``AUTHENTICATION``."""
    given = lowered(headers)
    request_id, user_id, stamp, signature = (
        given.get(f"x-fal-webhook-{name}", "") for name in ("request-id", "user-id", "timestamp", "signature")
    )
    if not is_fresh(stamp, now):
        raise forged(DIALECT)
    signed = "\n".join((request_id, user_id, stamp, hashlib.sha256(body).hexdigest())).encode()
    try:
        raw = bytes.fromhex(signature)
    except ValueError as error:
        raise forged(DIALECT) from error
    if not any(_fits(key, raw, signed) for key in keys) or field_of(body, "request_id") != request_id:
        raise forged(DIALECT)
    return Notice(request_id, request_id)


def _fits(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _key(x: Any) -> Ed25519PublicKey | None:
    try:
        return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(str(x) + "=" * (-len(str(x)) % 4)))
    except (binascii.Error, ValueError):
        return None
