"""How the sandbox is started, and for whom it answers."""

import asyncio
import subprocess
import sys

import httpx
import pytest

from core.sandbox.errors import ConnectionDropped, NotLoopback
from core.sandbox.server import create_app, serve


def ask(path: str, *, peer: str = "127.0.0.1", method: str = "GET", body: object = None) -> httpx.Response:
    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(), client=(peer, 40000))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path, json=body)

    return asyncio.run(call())


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.org", ""])
def test_it_refuses_to_listen_where_others_could_reach_it(host: str) -> None:
    with pytest.raises(NotLoopback):
        serve(host, 0)


@pytest.mark.parametrize("path", ["/", "/_sandbox/state", "/api/v1/oauth2/placebo"])
def test_it_does_not_answer_other_machines(path: str) -> None:
    assert ask(path, peer="192.168.1.5").status_code == 403


def test_it_answers_this_machine_in_memory_too() -> None:
    assert ask("/_sandbox/health", peer="::1").json() == {"status": "ok"}


def test_in_memory_a_dropped_connection_is_an_exception() -> None:
    async def call() -> None:
        transport = httpx.ASGITransport(create_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            await client.post("/_sandbox/faults", json={"kind": "drop_before", "endpoint": "/oembed"})
            await client.get("/oembed")

    with pytest.raises(ConnectionDropped):
        asyncio.run(call())


def test_the_command_line_says_why_it_does_not_start() -> None:
    command = [sys.executable, "-m", "core.sandbox", "--host", "0.0.0.0", "--port", "0"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "loopback only" in ended.stderr
    assert "Traceback" not in ended.stderr
