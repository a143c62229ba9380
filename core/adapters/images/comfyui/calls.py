"""ComfyUI's HTTP routes, and how it says no.

Written from ComfyUI's ``server.py`` and https://docs.comfy.org/development/comfyui-server/comms_routes.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx

from core.adapters.images.http import Line
from core.adapters.images.inputs import read_input
from core.adapters.images.reading import json_of
from core.adapters.images.refusals import Dialect
from core.studio.providers import Connection, ErrorCategory, GenerationError, InputFile

NAME = "ComfyUI"
FOLDER = "atelier"  # of the input folder: what we send stands apart from what a person put there
MOST_INPUT_BYTES = 100 * 1024**2
ANSWER_BYTES = 64 * 1024**2  # a queue holds whole graphs, an installation with many nodes describes them at length
SCANNED_HISTORY = 32  # entries hold whole graphs; what was lost just now is among the newest

Json = Mapping[str, Any]


class Calls:
    """One method for each route that is needed, for one connection."""

    def __init__(self, line: Line, root: str, connection: Connection) -> None:
        self._line = line
        self.root = root
        # ComfyUI knows no keys; a proxy in front of it may.
        self._headers = {"Authorization": f"Bearer {connection.api_key}"} if connection.api_key else {}

    def system_stats(self) -> Json:
        return self._get("/system_stats", "system_stats")

    def object_info(self) -> Json:
        return self._get("/object_info", "object_info")

    def queue(self) -> tuple[list[Sequence[Any]], list[Sequence[Any]]]:
        """Rows ``[number, prompt id, graph, extra data, outputs]``: what runs, and what waits in its order."""
        body = self._get("/queue", "queue")
        waiting = sorted(_rows(body.get("queue_pending")), key=lambda row: row[0])
        return _rows(body.get("queue_running")), waiting

    def history_of(self, prompt_id: str) -> Json | None:
        """A prompt that is over; ``None`` while it is not, and when it was forgotten."""
        entry = self._get(f"/history/{prompt_id}", "history").get(prompt_id)
        return entry if isinstance(entry, Mapping) else None

    def recent_history(self) -> Json:
        return self._get("/history", "history", {"max_items": str(SCANNED_HISTORY)})

    def upload(self, given: InputFile) -> str:
        """Send a picture; the name it can be loaded by, which is not always the one it was sent with."""
        name = f"{given.sha256[:32]}.{given.mime_type.rpartition('/')[2]}"
        answer = self._line.call(
            "POST",
            f"{self.root}/upload/image",
            endpoint="upload/image",
            headers=self._headers,
            data={"type": "input", "subfolder": FOLDER},
            files={"image": (name, read_input(given, max_bytes=MOST_INPUT_BYTES), given.mime_type)},
        )
        body = answer.body if isinstance(answer.body, Mapping) else {}
        if not body.get("name"):
            raise self._line.dialect.error(ErrorCategory.TRANSIENT, http_status=200)
        return f"{body.get('subfolder') or ''}/{body['name']}".lstrip("/")

    def queue_prompt(self, graph: Json, key: str) -> Json:
        """Begin a run. ``key`` is asked for as its id, and stays with it as the client's in any case."""
        answer = self._line.call(
            "POST",
            f"{self.root}/prompt",
            endpoint="prompt",
            headers=self._headers,
            has_effect=True,
            json={"prompt": graph, "prompt_id": key, "client_id": key},
        )
        if not isinstance(answer.body, Mapping) or not answer.body.get("prompt_id"):
            raise GenerationError(
                "ComfyUI gave an answer that cannot be read. What became of the call is looked up first.",
                ErrorCategory.TRANSIENT,
                http_status=200,
                effect_possible=True,
            )
        return answer.body

    def cancel_job(self, prompt_id: str) -> bool:
        """The newer way to stop one prompt and no other; ``False`` where it is not known."""
        answer = self._post(f"/api/jobs/{prompt_id}/cancel", "api/jobs/cancel", {}, accepts=(404, 405))
        return answer.status < 300 and _says(answer.body, "cancelled")

    def delete_pending(self, prompt_id: str) -> None:
        self._post("/queue", "queue", {"delete": [prompt_id]})

    def interrupt(self, prompt_id: str) -> None:
        self._post("/interrupt", "interrupt", {"prompt_id": prompt_id})

    def address_of(self, file: Json) -> str:
        """Where a file of a run's outputs can be fetched."""
        query = {name: str(file.get(name) or "") for name in ("filename", "subfolder", "type")}
        return str(httpx.URL(f"{self.root}/view", params=query))

    def _get(self, path: str, endpoint: str, params: Mapping[str, str] | None = None) -> Json:
        answer = self._line.call(
            "GET", f"{self.root}{path}", endpoint=endpoint, headers=self._headers, max_bytes=ANSWER_BYTES, params=params
        )
        if not isinstance(answer.body, Mapping):
            raise self._line.dialect.error(ErrorCategory.UNKNOWN, http_status=answer.status)
        return answer.body

    def _post(self, path: str, endpoint: str, body: Json, *, accepts: Sequence[int] = ()) -> Any:
        return self._line.call(
            "POST",
            f"{self.root}{path}",
            endpoint=endpoint,
            headers=self._headers,
            wants="bytes",
            accepts=accepts,
            json=body,
        )


def _rows(found: Any) -> list[Sequence[Any]]:
    return [row for row in found or () if isinstance(row, list) and len(row) > 3]


def _says(content: bytes, name: str) -> bool:
    """Whether an answer that need not be JSON says ``true`` under this name."""
    body = json_of(content)
    return isinstance(body, Mapping) and body.get(name) is True


def _node_errors(body: Any) -> Iterator[tuple[str, Json]]:
    """Each error with the class of its node."""
    nodes = body.get("node_errors") if isinstance(body, Mapping) else None
    for node in nodes.values() if isinstance(nodes, Mapping) else ():
        for error in node.get("errors") or () if isinstance(node, Mapping) else ():
            if isinstance(error, Mapping):
                yield str(node.get("class_type")), error


def _code(response: httpx.Response | None, body: Any) -> str | None:
    """The first node's error is what is wrong; the graph's own says only that something is."""
    for _, error in _node_errors(body):
        return str(error.get("type"))
    said = body.get("error") if isinstance(body, Mapping) else None
    return str(said["type"]) if isinstance(said, Mapping) and said.get("type") else None


def _detail(body: Any) -> str | None:
    said = [f"{kind}: {error.get('message')} ({error.get('details')})" for kind, error in _node_errors(body)]
    error = body.get("error") if isinstance(body, Mapping) else None
    if not said and isinstance(error, Mapping):
        said = [f"{error.get('message')} {error.get('details') or ''}"]
    return "; ".join(said) or (error if isinstance(error, str) else None)


# ``{"error": {type, message, …}, "node_errors": {node: {errors, class_type}}}``
DIALECT = Dialect(NAME, code_of=_code, detail_of=_detail)
