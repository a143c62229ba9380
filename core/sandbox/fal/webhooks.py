"""Webhooks as fal signs them: Ed25519 over four lines, the keys published as a JWKS."""

import base64
import hashlib
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.sandbox.deliveries import Message
from core.sandbox.store import JsonDict

USER_ID = "sandbox-artist"
# The same over a restart, as the real ones are; of no use outside this machine.
KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"the sandbox's fal signs with this").digest())
FORMER_KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"and once signed with this").digest())


def jwks() -> JsonDict:
    """The public keys: one that is no longer used, and the present one."""
    return {"keys": [_jwk(FORMER_KEY), _jwk(KEY)]}


def message(url: str, request_id: str, body: JsonDict, now: float, *, key: Ed25519PrivateKey = KEY) -> Message:
    """A signed webhook."""
    raw, stamp = json.dumps(body).encode(), str(int(now))
    signed = "\n".join((request_id, USER_ID, stamp, hashlib.sha256(raw).hexdigest())).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Fal-Webhook-Request-Id": request_id,
        "X-Fal-Webhook-User-Id": USER_ID,
        "X-Fal-Webhook-Timestamp": stamp,
        "X-Fal-Webhook-Signature": key.sign(signed).hex(),
    }
    return Message(url, headers, raw)


def _jwk(key: Ed25519PrivateKey) -> JsonDict:
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    x = base64.urlsafe_b64encode(public).rstrip(b"=").decode()
    return {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": hashlib.sha256(public).hexdigest()[:16], "use": "sig"}
