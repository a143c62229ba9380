"""A client that knows the site's manners, and a clock that can be put forward."""

import base64
import hashlib
import io
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from PIL import Image

MANNERS = {"User-Agent": "Atelier/0.1 (studio@example.org)", "Accept-Encoding": "gzip", "dA-minor-version": "20240701"}
CLIENT = ("atelier-sandbox", "sandbox-secret")
RETURN_TO = "http://127.0.0.1:8501/connect/deviantart"
CONTROL_TIMEOUT = 30.0


class Clock:
    """The wall clock plus whatever a test has added."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def advance(self, **duration: float) -> None:
        self.ahead += timedelta(**duration)


def png(*, width: int = 64, height: int = 48, seed: int = 0) -> bytes:
    """A small picture; another seed gives other bytes."""
    output = io.BytesIO()
    colour = (seed * 37 % 256, seed // 7 % 256, seed % 256)
    Image.new("RGB", (width, height), colour).save(output, "PNG")
    return output.getvalue()


class ControlClient:
    """The control API."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._http = httpx.Client(base_url=f"{base_url}/_sandbox", timeout=CONTROL_TIMEOUT, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        return self._http.request(method, path, json=body)

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        response = self.call("POST", path, body)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def fault(self, kind: str, endpoint: str = "*", **rule: Any) -> dict[str, Any]:
        return self.post("/faults", kind=kind, endpoint=endpoint, **rule)

    def state(self, only: str) -> Any:
        return self._http.get("/state", params={"only": only}).json()[only]


class Artist:
    """One person's application at the site, with a token."""

    def __init__(self, base_url: str, tokens: dict[str, Any], *, timeout: float = 30.0) -> None:
        self.base_url = base_url
        self.tokens = tokens
        self.http = httpx.Client(
            base_url=f"{base_url}/api/v1/oauth2",
            headers={**MANNERS, "Authorization": f"Bearer {tokens['access_token']}"},
            timeout=timeout,
            trust_env=False,
        )

    def close(self) -> None:
        self.http.close()

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.http.get(path, params=params)

    def post(self, path: str, **form: Any) -> httpx.Response:
        return self.http.post(path, data=form)

    def submit(self, content: bytes | None = None, filename: str = "sunset.png", **form: Any) -> httpx.Response:
        form = {"title": "Sunset", **form}
        return self.http.post("/stash/submit", data=form, files={"file": (filename, content or png())})

    def submitted(self, content: bytes | None = None, **form: Any) -> int:
        response = self.submit(content, **form)
        assert response.status_code == 200, response.text
        itemid: int = response.json()["itemid"]
        return itemid

    def publish(self, itemid: int, **form: Any) -> httpx.Response:
        return self.post("/stash/publish", **{"itemid": itemid, "is_mature": "false", **form})

    def published(self, content: bytes | None = None, *, title: str = "Sunset", **form: Any) -> dict[str, Any]:
        response = self.publish(self.submitted(content, title=title), **form)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def gallery_titles(self, path: str = "/gallery/all", **params: Any) -> list[str]:
        return [work["title"] for work in self.get(path, **params).json()["results"]]


@dataclass(frozen=True)
class Pkce:
    """A verifier and its S256 challenge."""

    verifier: str
    challenge: str


def make_pkce() -> Pkce:
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    return Pkce(verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode())


def authorise_params(pkce: Pkce, **changed: str) -> dict[str, str]:
    return {
        "response_type": "code",
        "client_id": CLIENT[0],
        "redirect_uri": RETURN_TO,
        "scope": "basic user browse stash publish gallery",
        "state": "xyz",
        "code_challenge": pkce.challenge,
        "code_challenge_method": "S256",
        **changed,
    }


def query_of(response: httpx.Response) -> dict[str, str]:
    """What a redirect brings home."""
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["location"]).query).items()}


def obtain_code(base_url: str, pkce: Pkce, username: str = "sandbox-artist", **changed: str) -> str:
    form = {**authorise_params(pkce, **changed), "username": username, "decision": "authorise"}
    response = httpx.post(f"{base_url}/oauth2/authorize", data=form, trust_env=False)
    assert response.status_code == 302, response.text
    return query_of(response)["code"]


def token_call(base_url: str, **form: str) -> httpx.Response:
    """The token endpoint with the client's credentials in the body unless they are given."""
    body = {"client_id": CLIENT[0], "client_secret": CLIENT[1], **form}
    return httpx.post(f"{base_url}/oauth2/token", data=body, headers=MANNERS, trust_env=False)


def wait_until(condition: Callable[[], bool]) -> None:
    """Let the other thread get there; gives up with an error long after it should have."""
    pause = threading.Event()
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "It never happened."
        pause.wait(0.02)
