"""Work through Atelier's sale queue: take the next sale, set its price with a program of yours, say how it went.

    ATL_URL=http://localhost:8501 ATL_KEY=atl_… python sale_client.py --name studio-laptop -- ./set-price

Your program finds what to do in its environment: SALE_URL, SALE_TITLE, SALE_AMOUNT, SALE_CURRENCY. It ends with 0 once
the price is set; anything else counts as a failed try, with its last words as the reason. A picture it writes to
SALE_SCREENSHOT becomes the proof.

Killed at any moment and started again under the same name, it goes on with the sale it held: one whose price was set
already is only reported. One file, standard library only.
"""

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

AGAIN = {408, 429, 500, 502, 503, 504}
LONGEST_WAIT = 60.0
Sale = dict[str, Any]


class Lost(Exception):
    """Somebody else has this sale now, or it is gone: go on with the next."""


class Refused(Exception):
    """Atelier said no, and would again."""


@dataclass
class Queue:
    """The sale queue of one person, as one client sees it."""

    url: str
    key: str
    client: str

    def next(self) -> Sale | None:
        """The next sale, or the one this client holds already; ``None`` when nothing waits."""
        return self._post("/sales/next", {"client": self.client})

    def heartbeat(self, sale: Sale) -> None:
        self._post(f"/sales/{sale['sale_id']}/heartbeat", self._claim(sale))

    def complete(self, sale: Sale, screenshot: bytes | None = None) -> None:
        self._post(f"/sales/{sale['sale_id']}/complete", self._claim(sale), screenshot)

    def fail(self, sale: Sale, message: str, screenshot: bytes | None = None) -> None:
        self._post(f"/sales/{sale['sale_id']}/fail", self._claim(sale) | {"message": message}, screenshot)

    def _claim(self, sale: Sale) -> dict[str, Any]:
        return {"client": self.client, "claim_version": sale["claim_version"]}

    def _post(self, path: str, fields: dict[str, Any], screenshot: bytes | None = None) -> Sale | None:
        """Repeats what may be repeated, for as long as it takes: Atelier may be restarting."""
        body, kind = _json(fields) if screenshot is None else _form(fields, screenshot)
        attempt = 0
        while True:
            try:
                status, answer, wait = self._once(path, body, kind)
            except (OSError, http.client.HTTPException):
                status, answer, wait = 503, {}, None
            if status == 204:
                return None
            if status < 300:
                return answer
            if status in {404, 409}:
                raise Lost(answer.get("detail", "This sale is somebody else's now."))
            if status not in AGAIN:
                raise Refused(answer.get("detail", f"Atelier answered {status}."))
            time.sleep(min(wait if wait is not None else 2.0**attempt, LONGEST_WAIT))
            attempt = min(attempt + 1, 6)

    def _once(self, path: str, body: bytes, kind: str) -> tuple[int, dict[str, Any], float | None]:
        address = urlsplit(self.url)
        connect = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        connection = connect(address.hostname or "", address.port, timeout=60)
        try:
            headers = {"Authorization": f"Bearer {self.key}", "Content-Type": kind}
            connection.request("POST", f"{address.path.rstrip('/')}/api/v1{path}", body, headers)
            response = connection.getresponse()
            text, wait = response.read(), response.headers.get("Retry-After")
            return response.status, json.loads(text) if text else {}, float(wait) if wait else None
        finally:
            connection.close()


class Journal:
    """Which claim has its price set already, on disk: between setting it and saying so, this program may be killed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def has(self, sale: Sale) -> bool:
        try:
            noted = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return bool(noted == _mark(sale))

    def note(self, sale: Sale) -> None:
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(_mark(sale), file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)


class Heartbeat:
    """Keeps a sale while the block runs; ``lost`` is set when it could not be kept."""

    def __init__(self, queue: Queue, sale: Sale, every_seconds: float) -> None:
        self.lost = threading.Event()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, args=(queue, sale, every_seconds), daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()

    def _beat(self, queue: Queue, sale: Sale, every_seconds: float) -> None:
        while not self._done.wait(every_seconds):
            try:
                queue.heartbeat(sale)
            except (Lost, Refused):
                self.lost.set()
                return


def work_on(queue: Queue, sale: Sale, command: list[str], journal: Journal, heartbeat_seconds: float) -> str:
    """Set the price of one sale and say so; a word for what came of it."""
    with tempfile.TemporaryDirectory() as folder, Heartbeat(queue, sale, heartbeat_seconds) as heart:
        shot = Path(folder) / "screenshot"
        if not journal.has(sale):
            done = _run(command, sale, shot, heart)
            if done.returncode != 0:
                words = done.stderr.strip() or done.stdout.strip() or f"It ended with {done.returncode}."
                queue.fail(sale, words[-2000:], _picture(shot))
                return "failed"
            journal.note(sale)
        queue.complete(sale, _picture(shot))
        return "completed"


def drain(
    queue: Queue, command: list[str], journal: Journal, *, heartbeat_seconds: float = 60.0, wait_seconds: float | None
) -> int:
    """Work until nothing waits, or for ever, asking again every ``wait_seconds``; how many were completed."""
    completed = 0
    while True:
        sale = queue.next()
        if sale is None:
            if wait_seconds is None:
                return completed
            time.sleep(wait_seconds)
            continue
        try:
            outcome = work_on(queue, sale, command, journal, heartbeat_seconds)
        except Lost as error:
            outcome = f"lost: {error}"
        completed += outcome == "completed"
        print(f"{sale['title']}: {sale['amount']} {sale['currency']} {outcome}", flush=True)


def _run(command: list[str], sale: Sale, shot: Path, heart: Heartbeat) -> "subprocess.CompletedProcess[str]":
    told = {"URL": sale["url"], "TITLE": sale["title"], "AMOUNT": sale["amount"], "CURRENCY": sale["currency"],
            "SCREENSHOT": str(shot)}  # fmt: skip
    environment = os.environ | {f"SALE_{name}": value for name, value in told.items()}
    environment.pop("ATL_KEY", None)
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace"
    )
    while True:
        try:
            out, errors = process.communicate(timeout=1)
        except subprocess.TimeoutExpired:
            if heart.lost.is_set():
                process.kill()  # somebody else sets this price now
                process.communicate()
                raise Lost("It was given to somebody else meanwhile.") from None
        else:
            return subprocess.CompletedProcess(command, process.returncode, out, errors)


def _mark(sale: Sale) -> list[Any]:
    return [sale["sale_id"], sale["claim_version"]]


def _picture(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _json(fields: dict[str, Any]) -> tuple[bytes, str]:
    return json.dumps(fields).encode(), "application/json"


def _form(fields: dict[str, Any], screenshot: bytes) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += f'--{boundary}\r\nContent-Disposition: form-data; name="screenshot"; filename="screenshot"\r\n\r\n'
    return head.encode() + screenshot + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Work through Atelier's sale queue with a program of yours.")
    parser.add_argument("--url", default=os.environ.get("ATL_URL", "http://localhost:8501"))
    parser.add_argument("--key", default=os.environ.get("ATL_KEY"), help="better given as ATL_KEY")
    parser.add_argument("--name", required=True, help="this client's own name, always the same")
    parser.add_argument("--journal", type=Path, help="by default a file in this folder, one for each name")
    parser.add_argument("--heartbeat", type=float, default=60.0, metavar="SECONDS")
    parser.add_argument("--wait", type=float, metavar="SECONDS", help="ask again instead of ending when nothing waits")
    parser.add_argument("command", nargs="+", help="what sets one price")
    given = parser.parse_args()
    if not given.key:
        parser.error("give a key as ATL_KEY; they are made under Connect › API keys")
    queue = Queue(given.url, given.key, given.name)
    journal = Journal(given.journal or Path(f"sale-client-{quote(given.name, safe='')[:200]}.json"))
    try:
        drain(queue, given.command, journal, heartbeat_seconds=given.heartbeat, wait_seconds=given.wait)
    except Refused as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
