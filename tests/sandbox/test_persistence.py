"""What survives when the sandbox is stopped, or killed, and started again."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from core.sandbox.errors import StateInUse
from core.sandbox.server import create_app, running
from tests.sandbox.support import Artist, ControlClient, png, token_call, wait_until


def test_everything_is_there_again_after_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.db"
    with running(state) as url, closing(ControlClient(url)) as control:
        tokens = control.post("/grant", username="alice")
        control.post("/gallery_lag", seconds=1)
        control.post("/gallery_lag", seconds=0)
        with closing(Artist(url, tokens)) as alice:
            published = alice.published(png(seed=4))
            waiting = alice.submitted(png(seed=5))
            folderid = alice.post("/gallery/folders/create", folder="Winter").json()["folderid"]
        before = control.call("GET", "/state").json()

    with running(state) as url, closing(ControlClient(url)) as control:
        assert control.call("GET", "/state").json() == before
        with closing(Artist(url, tokens)) as alice:
            assert alice.publish(alice_item(before)).json()["error_code"] == 9
            second = alice.publish(waiting, **{"galleryids[]": [folderid]}).json()
            assert second["deviationid"] != published["deviationid"]
            assert alice.gallery_titles() == ["Sunset", "Sunset"]
            link = alice.get(f"/deviation/{published['deviationid']}").json()["content"]["src"]
            assert httpx.get(link, trust_env=False).content == png(seed=4)
        refreshed = token_call(url, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
        assert refreshed.status_code == 200


def alice_item(state: dict[str, list[dict[str, int]]]) -> int:
    return state["deviations"][0]["itemid"]


def test_a_spent_refresh_token_stays_spent(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.db"
    with running(state) as url, closing(ControlClient(url)) as control:
        token = control.post("/grant", username="alice")["refresh_token"]
        assert token_call(url, grant_type="refresh_token", refresh_token=token).status_code == 200
    with running(state) as url:
        assert token_call(url, grant_type="refresh_token", refresh_token=token).status_code == 400


def test_faults_do_not_survive(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.db"
    with running(state) as url, closing(ControlClient(url)) as control:
        control.fault("error_before")
        control.post("/latency", seconds=9)
    with running(state) as url, closing(ControlClient(url)) as control:
        assert control.state("faults") == []
        assert control.state("behaviour")["latency_seconds"] == 0


def test_a_reset_is_written_through(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.db"
    with running(state) as url, closing(ControlClient(url)) as control:
        with closing(Artist(url, control.post("/grant", username="alice"))) as alice:
            alice.published()
        control.post("/reset")
    with running(state) as url, closing(ControlClient(url)) as control:
        assert control.state("counts")["deviations"] == 0
        assert [user["username"] for user in control.state("users")] == ["sandbox-artist", "sandbox-studio"]


def test_stopping_does_not_wait_for_requests_that_hang(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.db"
    with running(state) as url, closing(ControlClient(url)) as control:
        tokens = control.post("/grant", username="alice")
        control.fault("slow", "/stash/publish", seconds=3600, after_effect=True)
        with closing(Artist(url, tokens)) as alice:
            itemid = alice.submitted()
        with closing(Artist(url, tokens, timeout=0.5)) as hasty, pytest.raises(httpx.ReadTimeout):
            hasty.publish(itemid)
        wait_until(lambda: control.state("counts")["deviations"] == 1)
    with running(state) as url, closing(ControlClient(url)) as control:
        assert control.state("counts")["deviations"] == 1


def test_two_sandboxes_do_not_share_a_state_file(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.db"
    with running(state), pytest.raises(StateInUse):
        create_app(state)


def start(state: Path, log: Path) -> tuple[subprocess.Popen[bytes], str]:
    """A sandbox in a process of its own, with the address it ended up at."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "core.sandbox", "--port", str(port), "--state", str(state)]
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    url = f"http://127.0.0.1:{port}"
    wait_until(lambda: process.poll() is not None or answers(url))
    assert process.poll() is None, log.read_text()
    return process, url


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/_sandbox/health", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    state, log = tmp_path / "sandbox.db", tmp_path / "log"
    process, url = start(state, log)
    try:
        with closing(ControlClient(url)) as control:
            tokens = control.post("/grant", username="alice")
        with closing(Artist(url, tokens)) as alice:
            published = [alice.published(png(seed=n))["deviationid"] for n in range(5)]
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    process, url = start(state, log)
    try:
        with closing(ControlClient(url)) as control:
            assert [work["deviationid"] for work in control.state("deviations")] == published
            assert control.state("counts")["publish_attempts"] == 5
    finally:
        process.terminate()
        assert process.wait() in (0, -signal.SIGTERM)
