"""A site whose answers a test writes itself, and what it was sent."""

from collections import defaultdict
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx

from core.adapters.deviantart.sites import SANDBOX, DeviantArt, build_site
from core.publishing.providers import Publication, Submission
from core.settings import Settings

Form = dict[str, list[str]]


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> DeviantArt:
    """An adapter whose calls end in ``answer``."""
    transport = httpx.MockTransport(answer)
    return build_site(Settings(), SANDBOX, "http://127.0.0.1:9", "id", "secret", transport=transport)


def saying(status: int, body: Any = None, **headers: str) -> DeviantArt:
    """An adapter to which the site always says this; text bodies are pages."""
    if isinstance(body, str):
        return answering(lambda _: httpx.Response(status, html=body, headers=headers))
    return answering(lambda _: httpx.Response(status, json=body, headers=headers))


def failing(error: Exception) -> DeviantArt:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    return answering(fail)


def error_body(error: str, code: int | None = None, **details: str) -> dict[str, Any]:
    body: dict[str, Any] = {"status": "error", "error": error, "error_description": "Some words for people."}
    if code is not None:
        body["error_code"] = code
    return body | ({"error_details": details} if details else {})


def urlencoded(request: httpx.Request) -> Form:
    fields: Form = defaultdict(list)
    for name, value in parse_qsl(request.content.decode(), keep_blank_values=True):
        fields[name].append(value)
    return dict(fields)


def multipart(request: httpx.Request) -> tuple[Form, dict[str, tuple[str | None, str, bytes]]]:
    """The fields, and the files as (file name, type, content)."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    fields: Form = defaultdict(list)
    files: dict[str, tuple[str | None, str, bytes]] = {}
    for part in BytesParser(policy=HTTP).parsebytes(head + request.read()).iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if part.get_filename() is not None:
            files[name] = (part.get_filename(), part.get_content_type(), content)
        else:
            fields[name].append(content.decode())
    return dict(fields), files


def submission(path: Path, **fields: Any) -> Submission:
    values: dict[str, Any] = {"filename": "sunset.png", "mime_type": "image/png", "title": "Sunset"}
    return Submission(path=path, **values | fields)


def publication(item_id: str = "77", **fields: Any) -> Publication:
    return Publication(item_id=item_id, **{"is_mature": False, **fields})
