"""Send a folder of pictures to Atelier. One file, standard library only: copy it and change it.

    ATL_URL=http://localhost:8501 ATL_KEY=atl_… python atelier_client.py pictures --tag landscape --project Lakes

Run it as often as you like: what has arrived is not sent a second time, and a run that was cut off goes on.
"""

import argparse
import hashlib
import http.client
import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".mp4", ".webm", ".mov"}
LONGEST_WAIT = 60.0
# Worth trying again: too often, still being served, and trouble at the other end.
AGAIN = {408, 409, 429, 500, 502, 503, 504}

Field = str | int | bool | list[str] | None


class Refused(Exception):
    """Atelier said no, and would again. ``problem`` is its answer, in the shape of RFC 9457."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("detail") or f"Atelier answered {status}.")
        self.status = status
        self.problem = problem


class Atelier:
    """One installation, reached with one key."""

    def __init__(self, url: str, key: str, *, timeout: float = 120.0, patience: float = 300.0) -> None:
        """``timeout`` is for one answer, ``patience`` for trying again, both in seconds."""
        self._address = urlsplit(url if "//" in url else f"http://{url}")
        self._key = key
        self._timeout = timeout
        self._patience = patience

    def me(self) -> dict[str, Any]:
        """Whose key this is, its scopes, and the limits of this installation."""
        return self._request("GET", "/me")

    def deviations(self, **query: str) -> Iterator[dict[str, Any]]:
        """Every deviation, newest first; ``status="review"`` asks for some."""
        while True:
            page = self._request("GET", f"/deviations?{urlencode(query)}")
            yield from page["items"]
            if page["next_cursor"] is None:
                return
            query["cursor"] = page["next_cursor"]

    def send(self, path: Path, **fields: Field) -> dict[str, Any]:
        """Send one file as it is, so that what it says about its making arrives too.

        The Idempotency-Key is made of the file and the fields: the same call again has no second effect, even from
        another run of this program.
        """
        parts = [(name, value) for name, given in sorted(fields.items()) for value in _texts(given)]
        digest = _digest(path)
        key = hashlib.sha256(json.dumps([digest, path.name, parts]).encode()).hexdigest()
        return self._request("POST", "/deviations", _Form(path, parts), {"Idempotency-Key": key})

    def _request(
        self, method: str, path: str, form: "_Form | None" = None, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        give_up_at, pause = time.monotonic() + self._patience, 1.0
        while True:
            try:
                status, answer, wait = self._once(method, path, form, headers or {})
            except (OSError, http.client.HTTPException) as error:
                status, answer, wait = 0, {"detail": f"Atelier could not be reached: {error}"}, None
            if 200 <= status < 300:
                return answer
            if time.monotonic() > give_up_at or (status and status not in AGAIN):
                raise Refused(status, answer)
            time.sleep(min(wait if wait is not None else pause, LONGEST_WAIT))
            pause *= 2

    def _once(
        self, method: str, path: str, form: "_Form | None", headers: dict[str, str]
    ) -> tuple[int, dict[str, Any], float | None]:
        secure = self._address.scheme == "https"
        connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = connect(self._address.hostname or "", self._address.port, timeout=self._timeout)
        try:
            body = form.chunks() if form else None
            headers = {"Authorization": f"Bearer {self._key}", **headers, **(form.headers if form else {})}
            with suppress(BrokenPipeError, ConnectionResetError):  # answered before all was sent: the answer says why
                connection.request(method, f"{self._address.path.rstrip('/')}/api/v1{path}", body, headers)
            response = connection.getresponse()
            wait = response.headers.get("Retry-After")
            return response.status, _parsed(response.read()), float(wait) if wait else None
        finally:
            connection.close()


class _Form:
    """A form with one file, read from disk while it is sent."""

    def __init__(self, path: Path, parts: list[tuple[str, str]]) -> None:
        self._path = path
        boundary = uuid.uuid4().hex
        head = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in parts
        )
        name = path.name.replace("\\", "_").replace('"', "_").replace("\r", " ").replace("\n", " ")
        head += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        self._head, self._tail = head.encode(), f"\r\n--{boundary}--\r\n".encode()
        self.headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(self._head) + path.stat().st_size + len(self._tail)),
        }

    def chunks(self) -> Iterator[bytes]:
        yield self._head
        with self._path.open("rb") as file:
            while chunk := file.read(256 * 1024):
                yield chunk
        yield self._tail


def send_folder(atelier: Atelier, folder: Path, **fields: Field) -> int:
    """Send every picture below ``folder``; how many were refused. One bad file does not stop the others."""
    refused = 0
    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES):
        try:
            answer = atelier.send(path, **fields)
        except Refused as error:
            refused += 1
            print(f"refused    {path}: {error}", file=sys.stderr)
            if error.status in {401, 403}:
                raise  # no other file will fare better
        else:
            print(f"{'known' if answer['duplicate'] else 'sent':10} {path} → {answer['id']} “{answer['title']}”")
    return refused


def _texts(given: Field) -> list[str]:
    if given is None:
        return []
    if isinstance(given, list):
        return given
    return [str(given).lower() if isinstance(given, bool) else str(given)]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def main() -> int:
    parser = argparse.ArgumentParser(description="Send a folder of pictures to Atelier.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", default=os.environ.get("ATL_URL", "http://localhost:8501"))
    parser.add_argument("--key", default=os.environ.get("ATL_KEY"), help="better given as ATL_KEY")
    parser.add_argument("--tag", action="append", default=[], dest="tags")
    parser.add_argument("--project")
    parser.add_argument("--rating", type=int)
    parser.add_argument("--mature", choices=["moderate", "strict"], dest="mature_level")
    given = vars(parser.parse_args())
    url, key, folder = given.pop("url"), given.pop("key"), given.pop("folder")
    if not key:
        parser.error("give a key as ATL_KEY; they are made under Connect › API keys")
    try:
        return 1 if send_folder(Atelier(url, key), folder, **given) else 0
    except Refused as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
