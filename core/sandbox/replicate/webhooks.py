"""Webhooks as Replicate signs them: Standard Webhooks with one secret for the account."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from functools import partial

from core.sandbox.deliveries import Deliveries, Message
from core.sandbox.runs import Behaviour, Run, Runs
from core.sandbox.store import JsonDict

# The same over a restart; public, documented, of no use outside this machine.
SECRET = "whsec_" + base64.b64encode(b"the sandbox signs with this.").decode()


class Webhooks:
    """What is posted about predictions: always the whole object, as it is when the event happens."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._deliveries = Deliveries()

    def announce(
        self, run: Run, url: str, events: tuple[str, ...], settings: Behaviour, shown: Callable[[Run], JsonDict]
    ) -> None:
        """Post every event that is asked for when it happens; those of logs are throttled away in such short runs."""

        def message() -> Message | None:
            return self._message(url, shown(run)) if settings.sends_webhooks else None

        for event in events:
            if event != "logs":
                wait = self._runs.until_started if event == "start" else self._runs.until_over
                self._deliveries.post(
                    run.id, event, after=partial(wait, run), make=message, tries=settings.webhook_tries
                )

    def clear(self) -> None:
        self._deliveries.clear()

    def report(self) -> list[JsonDict]:
        return self._deliveries.report()

    def _message(self, url: str, prediction: JsonDict) -> Message:
        body = json.dumps(prediction).encode()
        message_id, stamp = f"msg_{secrets.token_hex(12)}", str(int(self._runs.clock()))
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{sign(SECRET, message_id, stamp, body)}",
        }
        return Message(url, headers, body)


def sign(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    """The signature of Standard Webhooks."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join((message_id.encode(), stamp.encode(), body))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
