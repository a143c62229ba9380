"""Senders that fall silent, and those that are answered in the middle of sending."""

import asyncio
import json
from typing import Any

import pytest

from core.api import bodies
from core.api.app import mount_api
from core.identity.models import User
from core.runtime import Runtime
from tests.api.conftest import MakeKey


class Wire:
    """One request by hand: what the client sends piece by piece, and what it is answered."""

    def __init__(self, path: str, key: str, pieces: list[bytes], headers: dict[str, str]) -> None:
        given = headers | {"authorization": f"Bearer {key}"}
        self.scope: dict[str, Any] = {
            "type": "http", "method": "POST", "path": f"/api/v1{path}", "root_path": "", "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in given.items()], "http_version": "1.1",
        }  # fmt: skip
        self.pieces = list(pieces)
        self.read = 0
        self.sent: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        if not self.pieces:
            await asyncio.sleep(3600)
        self.read += 1
        return {"type": "http.request", "body": self.pieces.pop(0), "more_body": True}

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def problem(self) -> dict[str, Any]:
        return dict(json.loads(b"".join(message.get("body", b"") for message in self.sent)))


def serve(runtime: Runtime, wire: Wire) -> None:
    asyncio.run(mount_api(runtime)(wire.scope, wire.receive, wire.send))


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SILENCE_SECONDS", 0.05)
    monkeypatch.setattr(bodies, "DRAINING_SECONDS", 0.05)


@pytest.mark.parametrize(
    ("path", "kind", "piece"),
    [
        ("/deviations", "multipart/form-data; boundary=x", b"--x\r\n"),
        ("/sales/next", "application/json", b'{"client": '),
        ("/sales/sal_x/complete", "application/json", b"{"),
    ],
)
def test_a_sender_that_falls_silent_is_given_up(
    runtime: Runtime, alice: User, make_key: MakeKey, path: str, kind: str, piece: bytes
) -> None:
    wire = Wire(path, make_key(alice), [piece], {"content-type": kind, "content-length": "5000"})
    serve(runtime, wire)
    assert (wire.status, wire.problem["type"]) == (408, "urn:atelier:problem:body-too-slow")


def test_whoever_is_refused_while_sending_is_listened_to_for_a_little_longer(runtime: Runtime) -> None:
    wire = Wire("/deviations", "nonsense", [b"x" * 1024 * 1024] * 30, {"content-length": str(30 * 1024 * 1024)})
    serve(runtime, wire)
    assert wire.status == 401
    # The answer stands before the listening, which ends after eight megabytes.
    assert wire.sent[1]["more_body"] is True
    assert wire.sent[-1]["more_body"] is False
    assert wire.read == 8


def test_whoever_asks_before_sending_is_not_waited_for(runtime: Runtime) -> None:
    wire = Wire("/deviations", "nonsense", [b"x"], {"content-length": "1000", "expect": "100-continue"})
    serve(runtime, wire)
    assert (wire.status, wire.read) == (401, 0)
