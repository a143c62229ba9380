"""``atelier api`` as a process of its own: programs that die, a server that is killed, and the example clients."""

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import httpx
import numpy as np
import pytest
from sqlalchemy import func, select, update

from core.clock import utc_now
from core.db.engine import Database
from core.identity.models import User
from core.media.storage import ObjectStore
from core.publishing.models import Deviation
from core.sales import handling
from core.sales.models import SaleQueue, SaleQueueStatus
from core.settings import Settings
from core.system import idempotency
from core.system.actors import Actor
from core.system.models import IdempotencyRecord
from tests.api.conftest import MakeKey, files_below, picture
from tests.sales.support import make_sale
from tests.support.isolation import clean_environment
from tests.support.processes import ROOT, RunningProcess, environment_of, free_port
from tests.support.warm import running_warm

EXAMPLES = ROOT / "docs" / "examples"


class Server:
    """The running API, and how to reach it."""

    def __init__(self, process: RunningProcess, port: int, key: str) -> None:
        self.process = process
        self.port = port
        self.key = key
        self.root = f"http://127.0.0.1:{port}"
        self.environment = clean_environment() | {"ATL_URL": self.root, "ATL_KEY": key, "PYTHONUNBUFFERED": "1"}

    def begin_upload(self) -> socket.socket:
        """A program in the middle of sending a picture."""
        head = (
            f"POST /api/v1/deviations HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.key}\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 2000000\r\n\r\n"
            '--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
        )
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.sendall(head.encode() + picture() + b"\0" * 1_200_000)
        return connection


def start(settings: Settings, port: int, output: Path):  # type: ignore[no-untyped-def]  # a context manager
    environment = environment_of(settings) | {"ATELIER_API_PORT": str(port)}
    return running_warm("core.cli", "api", output=output, settings=environment)


@pytest.fixture
def server(settings: Settings, alice: User, make_key: MakeKey, tmp_path: Path) -> Iterator[Server]:
    port = free_port()
    with start(settings, port, tmp_path / "api.log") as process:
        made = Server(process, port, make_key(alice))
        process.wait_until_answers(f"{made.root}/healthz")
        yield made


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Deviation)) or 0


def until(condition) -> None:  # type: ignore[no-untyped-def]  # a function that says yes or no
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "this never came true"
        time.sleep(0.05)


def run_example(server: Server, name: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    return subprocess.run(
        command, env=server.environment, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


def load_example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name.removesuffix(".py"), EXAMPLES / name)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_it_says_how_it_is_and_ends_when_asked(server: Server) -> None:
    with httpx.Client(base_url=server.root, trust_env=False) as client:
        assert client.get("/readyz").json()["status"] == "ready"
        assert client.get("/api/v1/me").status_code == 401
        assert 'atelier_api_requests_total{method="GET",status="401"}' in client.get("/metrics").text
        assert client.get("/api/v1/docs").headers["x-content-type-options"] == "nosniff"
    assert server.process.terminate() == -signal.SIGTERM


def test_a_program_that_hangs_up_half_way_leaves_nothing(
    server: Server, settings: Settings, database: Database, store: ObjectStore
) -> None:
    incoming = settings.data_dir / "incoming"
    connection = server.begin_upload()
    until(lambda: files_below(incoming))
    connection.close()
    until(lambda: not files_below(incoming))
    assert count(database) == 0
    assert list(store.list()) == []
    assert "hung up" in server.process.output()


def test_a_server_that_is_killed_half_way_leaves_nothing_once_it_runs_again(
    server: Server, settings: Settings, database: Database, tmp_path: Path
) -> None:
    incoming = settings.data_dir / "incoming"
    connection = server.begin_upload()
    until(lambda: files_below(incoming))
    server.process.kill()
    connection.close()
    assert files_below(incoming)
    with start(settings, server.port, tmp_path / "again.log") as again:
        again.wait_until_answers(f"{server.root}/healthz")
        assert files_below(incoming) == []
    assert count(database) == 0


def test_a_folder_is_sent_once_however_often_it_is_sent(server: Server, database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "pictures" / "more"
    folder.mkdir(parents=True)
    (folder.parent / "red fox.png").write_bytes(picture("red"))
    (folder / "blue.png").write_bytes(picture("blue"))
    (folder / "blue again.png").write_bytes(picture("blue"))
    (folder / "broken.png").write_bytes(b"nothing")
    (folder / "notes.txt").write_text("not sent")
    arguments = (str(folder.parent), "--tag", "animals", "--tag", "fox", "--project", "Zoo", "--rating", "3")
    first = run_example(server, "atelier_client.py", *arguments, folder=tmp_path)
    assert first.returncode == 1
    assert "broken.png" in first.stderr
    assert sorted(line.split()[0] for line in first.stdout.splitlines()) == ["known", "sent", "sent"]
    again = run_example(server, "atelier_client.py", *arguments, folder=tmp_path)
    assert again.stdout == first.stdout
    assert count(database) == 2
    with database.read() as session:
        fox = session.scalars(select(Deviation).where(Deviation.title == "Red fox")).one()
    assert (fox.tags, fox.project, fox.rating) == (["animals", "fox"], "Zoo", 3)


def test_the_client_waits_for_a_server_that_comes_back_and_lists_what_is_there(
    server: Server, settings: Settings, tmp_path: Path
) -> None:
    module = load_example("atelier_client.py")
    path = tmp_path / "lake.png"
    path.write_bytes(picture())
    client = module.Atelier(server.root, server.key)
    module.LONGEST_WAIT = 0.5
    server.process.kill()
    with start(settings, server.port, tmp_path / "again.log"):
        sent = client.send(path, title="Lake", is_mature=False, tags=["a", "b"])
        assert client.me()["username"] == "alice"
        assert [one["id"] for one in client.deviations(status="review", limit="1")] == [sent["id"]]


def test_a_server_that_is_killed_while_pictures_arrive_takes_each_once(
    server: Server, settings: Settings, database: Database, tmp_path: Path
) -> None:
    module = load_example("atelier_client.py")
    module.LONGEST_WAIT = 0.3
    client = module.Atelier(server.root, server.key)
    paths = [tmp_path / f"{number}.png" for number in range(16)]
    for number, path in enumerate(paths):
        path.write_bytes(picture(f"#{number:02x}8080", size=(1200, 900)))
    with ThreadPoolExecutor(4) as pool:
        # Wanted duplicates: only the answers that were kept stand between a repeated request and a second deviation.
        answers = [pool.submit(client.send, path, allow_duplicate=True) for path in paths]
        until(lambda: count(database) >= 3)
        server.process.kill()
        _let_time_pass(database, settings)
        with start(settings, server.port, tmp_path / "again.log"):
            ids = {answer.result(120)["id"] for answer in answers}
    assert len(ids) == count(database) == len(paths)
    assert files_below(settings.data_dir / "incoming") == []


def test_a_refusal_is_said_and_not_repeated(server: Server, tmp_path: Path) -> None:
    (tmp_path / "lake.png").write_bytes(picture())
    server.environment["ATL_KEY"] = "atl_wrong"
    done = run_example(server, "atelier_client.py", str(tmp_path), folder=tmp_path)
    assert done.returncode == 2
    assert "valid key" in done.stderr


def test_comfyui_sends_its_prompt_and_workflow_along(
    server: Server, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATL_URL", server.root)
    monkeypatch.setenv("ATL_KEY", server.key)
    node = load_example("comfyui_save_to_atelier.py")
    prompt = {
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "dream.safetensors"}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a calm lake", "clip": ["1", 1]}},
        "3": {"class_type": "KSampler", "inputs": {"seed": 42, "steps": 20, "cfg": 7.0, "sampler_name": "euler",
                                                   "scheduler": "normal", "positive": ["2", 0], "model": ["1", 0],
                                                   "latent_image": ["4", 0]}},
    }  # fmt: skip
    batch = np.stack([np.full((48, 64, 3), shade) for shade in (0.2, 0.8)])
    said = node.SaveToAtelier().save(
        batch, "Calm lake", "lake, water", "Lakes", prompt=prompt, extra_pnginfo={"workflow": {"nodes": []}}
    )
    assert len(said["ui"]["text"]) == 2
    assert node.SaveToAtelier().save(batch, "Calm lake", "lake, water", "Lakes", prompt=prompt,
                                     extra_pnginfo={"workflow": {"nodes": []}}) == said  # fmt: skip
    assert count(database) == 2
    with httpx.Client(headers={"Authorization": f"Bearer {server.key}"}, trust_env=False) as client:
        listed = client.get(f"{server.root}/api/v1/deviations").json()["items"]
        detail = client.get(f"{server.root}/api/v1/deviations/{listed[0]['id']}").json()
    made = detail["files"][0]["embedded"]
    assert (made["prompt"], made["seed"]) == ("a calm lake", 42)
    assert json.loads(made["raw"]["workflow"]) == {"nodes": []}
    assert (detail["tags"], detail["project"]) == (["lake", "water"], "Lakes")


SETS_PRICE = """
import os, pathlib
with open("prices.txt", "a") as file:
    file.write(os.environ["SALE_TITLE"] + " " + os.environ["SALE_AMOUNT"] + "\\n")
assert "ATL_KEY" not in os.environ
pathlib.Path(os.environ["SALE_SCREENSHOT"]).write_bytes(bytes.fromhex("{shot}"))
"""


@pytest.fixture
def sale_ids(database: Database, alice: User) -> list[str]:
    with database.session() as session:
        return [make_sale(session, alice, title=title).id for title in ("Lake", "Fox")]


def test_the_sale_client_drains_the_queue(
    server: Server, database: Database, sale_ids: list[str], tmp_path: Path
) -> None:
    program = tmp_path / "set_price.py"
    program.write_text(SETS_PRICE.replace("{shot}", picture().hex()))
    done = run_example(
        server, "sale_client.py", "--name", "laptop", "--", sys.executable, str(program), folder=tmp_path
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "prices.txt").read_text().splitlines() == ["Lake 12.00", "Fox 12.00"]
    with database.read() as session:
        sales = session.scalars(select(SaleQueue)).all()
    assert {(sale.status, sale.completed_by) for sale in sales} == {(SaleQueueStatus.COMPLETED, "laptop")}
    assert all(sale.screenshot_key for sale in sales)


def test_a_program_that_fails_has_its_last_words_reported(
    server: Server, database: Database, sale_ids: list[str], tmp_path: Path
) -> None:
    fails = "import sys; sys.exit('The page has no price field.')"
    run_example(server, "sale_client.py", "--name", "laptop", "--", sys.executable, "-c", fails, folder=tmp_path)
    with database.read() as session:
        sales = session.scalars(select(SaleQueue)).all()
    assert {(sale.status, sale.error_message) for sale in sales} == {
        (SaleQueueStatus.PENDING, "The page has no price field.")
    }


def test_a_sale_client_that_is_killed_goes_on_with_what_it_held(
    server: Server, database: Database, sale_ids: list[str], tmp_path: Path
) -> None:
    started = tmp_path / "started"
    hangs = f"import pathlib, time; pathlib.Path({str(started)!r}).touch(); time.sleep(600)"
    command = [sys.executable, str(EXAMPLES / "sale_client.py"), "--name", "laptop", "--heartbeat", "0.2", "--"]
    with subprocess.Popen(
        [*command, sys.executable, "-c", hangs], env=server.environment, cwd=tmp_path, start_new_session=True
    ) as killed:
        until(started.exists)
        with database.read() as session:
            claimed_at = session.get_one(SaleQueue, sale_ids[0]).locked_at
        until(lambda: _locked_at(database, sale_ids[0]) != claimed_at)  # a heartbeat
        os.killpg(killed.pid, signal.SIGKILL)
    again = run_example(server, "sale_client.py", "--name", "laptop", "--", "true", folder=tmp_path)
    assert again.returncode == 0
    with database.read() as session:
        sales = session.scalars(select(SaleQueue)).all()
    assert {(sale.status, sale.attempts) for sale in sales} == {(SaleQueueStatus.COMPLETED, 1)}


def test_a_price_that_was_set_before_the_client_was_killed_is_not_set_again(
    server: Server, database: Database, sale_ids: list[str], tmp_path: Path
) -> None:
    with httpx.Client(headers={"Authorization": f"Bearer {server.key}"}, trust_env=False) as client:
        claim = client.post(f"{server.root}/api/v1/sales/next", json={"client": "laptop"}).json()
    (tmp_path / "sale-client-laptop.json").write_text(json.dumps([claim["sale_id"], claim["claim_version"]]))
    notes = "import os; open('done.txt', 'a').write(os.environ['SALE_TITLE'] + ' ')"
    for name in ("desk", "laptop"):  # another one that works beside it has a journal of its own
        run_example(server, "sale_client.py", "--name", name, "--", sys.executable, "-c", notes, folder=tmp_path)
    assert (tmp_path / "done.txt").read_text() == "Fox "
    with database.read() as session:
        assert set(session.scalars(select(SaleQueue.status))) == {SaleQueueStatus.COMPLETED}


def test_a_client_whose_sale_is_taken_from_it_stops_setting_the_price(
    server: Server, database: Database, alice: User, sale_ids: list[str], tmp_path: Path
) -> None:
    said = tmp_path / "said.txt"
    slow_once = (
        f"import pathlib, time; said = pathlib.Path({str(said)!r}); is_first = not said.exists()\n"
        "said.touch()\nif is_first:\n    time.sleep(20); said.write_text('a price set too late')"
    )
    rest = ("--name", "laptop", "--heartbeat", "0.1", "--", sys.executable, "-c", slow_once)
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(run_example, server, "sale_client.py", *rest, folder=tmp_path)
        until(said.exists)
        with database.session() as session:
            handling.release(session, Actor.person(alice.id), sale_ids[0], now=utc_now())
    assert (done.result().returncode, said.read_text()) == (0, "")
    with database.read() as session:
        assert set(session.scalars(select(SaleQueue.status))) == {SaleQueueStatus.COMPLETED}


def _let_time_pass(database: Database, settings: Settings) -> None:
    """As if what is reserved and what lies about had been so for long."""
    for path in files_below(settings.data_dir / "incoming"):
        os.utime(path, (0, 0))
    with database.session() as session:
        long_ago = utc_now() - 2 * idempotency.ABANDONED_AFTER
        session.execute(update(IdempotencyRecord).values(created_at=long_ago))


def _locked_at(database: Database, sale_id: str) -> object:
    with database.read() as session:
        return session.get_one(SaleQueue, sale_id).locked_at
