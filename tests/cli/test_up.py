"""``atelier up``: everything with one command."""

import socket
from pathlib import Path

import psutil
import pytest

from core.settings import Settings
from tests.support.processes import environment_of, free_port, running


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    """Settings of an installation on ports of its own."""
    ports = {name: str(free_port()) for name in ("ATELIER_PORT", "ATELIER_SANDBOX_PORT", "ATELIER_SCHEDULER_PORT")}
    return environment_of(settings) | ports


@pytest.mark.crash
def test_one_command_starts_everything_and_one_signal_ends_it(environment: dict[str, str], tmp_path: Path) -> None:
    with running("core.cli", "up", output=tmp_path / "up.log", settings=environment) as up:
        up.wait_until_says("Atelier is ready", timeout_seconds=120)
        for name in ("ATELIER_PORT", "ATELIER_SANDBOX_PORT", "ATELIER_SCHEDULER_PORT"):
            up.wait_until_answers(f"http://127.0.0.1:{environment[name]}/healthz")
        assert f"http://localhost:{environment['ATELIER_PORT']}" in up.output()
        assert "publishes to a sandbox" in up.output()
        children = psutil.Process(up.pid).children(recursive=True)
        assert len(children) >= 3
        assert up.terminate(timeout_seconds=60) == 0
        assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)
        assert "Everything has ended" in up.output()


@pytest.mark.crash
def test_a_crashed_sidecar_comes_back(environment: dict[str, str], tmp_path: Path) -> None:
    with running("core.cli", "up", output=tmp_path / "up.log", settings=environment) as up:
        up.wait_until_answers(f"http://127.0.0.1:{environment['ATELIER_SCHEDULER_PORT']}/healthz", timeout_seconds=120)
        sidecar = next(child for child in psutil.Process(up.pid).children() if "scheduler" in child.cmdline())
        sidecar.kill()
        up.wait_until_says("scheduler was ended by SIGKILL. It starts again in 1 s.")
        up.wait_until_answers(f"http://127.0.0.1:{environment['ATELIER_SCHEDULER_PORT']}/healthz", timeout_seconds=120)


@pytest.mark.crash
def test_killed_outright_it_leaves_nobody_behind(environment: dict[str, str], tmp_path: Path) -> None:
    with running("core.cli", "up", output=tmp_path / "up.log", settings=environment) as up:
        up.wait_until_says("Atelier is ready", timeout_seconds=120)
        up.wait_until_answers(f"http://127.0.0.1:{environment['ATELIER_SCHEDULER_PORT']}/healthz", timeout_seconds=120)
        children = psutil.Process(up.pid).children(recursive=True)
        assert len(children) >= 3
        up.kill()
    _gone, alive = psutil.wait_procs(children, timeout=60)
    assert alive == []


def test_a_taken_port_is_named_before_anything_starts(environment: dict[str, str], tmp_path: Path) -> None:
    port = int(environment["ATELIER_PORT"])
    with (
        socket.create_server(("127.0.0.1", port)),
        running("core.cli", "up", output=tmp_path / "up.log", settings=environment) as up,
    ):
        assert up.wait() == 1
    (line,) = up.output().splitlines()
    assert f"Port {port} is not free" in line
    assert f"ATELIER_PORT={port + 100} atelier up" in line


def test_with_a_client_of_ones_own_there_is_no_sandbox(settings: Settings) -> None:
    from core.cli.up import starts_sandbox

    own = settings.model_copy(update={"deviantart_client_id": "1", "deviantart_client_secret": "x"})
    elsewhere = settings.model_copy(update={"sandbox_url": "http://127.0.0.1:9"})
    assert starts_sandbox(settings)
    assert not starts_sandbox(own)
    assert not starts_sandbox(elsewhere)
