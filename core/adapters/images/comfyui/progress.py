"""How far a run is: ComfyUI says so over its websocket only, and only to the client that began the run."""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import structlog
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from core.adapters.images.reach import is_near
from core.adapters.images.reading import json_of

OPEN_SECONDS = 3.0
ENDINGS = frozenset({"execution_success", "execution_error", "execution_interrupted"})
LARGEST_MESSAGE = 16 * 1024**2  # previews come the same way
log = structlog.get_logger(__name__)


def listen(root: str, client_id: str, prompt_id: str, *, seconds: float, headers: Mapping[str, str]) -> float | None:
    """Listen for up to ``seconds`` and give the first word about the run, from 0 to 1; ``None`` when there is none.

    Progress is a comfort: whatever goes wrong here leaves the call as it is.
    """
    address = f"{'ws' + root.removeprefix('http')}/ws?clientId={quote(client_id, safe='')}"
    deadline = time.monotonic() + seconds
    try:
        with connect(
            address,
            additional_headers=dict(headers),
            open_timeout=OPEN_SECONDS,
            close_timeout=1,
            max_size=LARGEST_MESSAGE,
            proxy=None if is_near(root) else True,
        ) as socket:
            while (left := deadline - time.monotonic()) > 0:
                message = socket.recv(timeout=left)
                if isinstance(message, str):
                    found = progress_of(message, prompt_id)
                    if found is not None or is_last_word(message, prompt_id):
                        return found
    except TimeoutError:
        return None
    except (OSError, WebSocketException, ValueError) as error:
        log.debug("Could not listen to ComfyUI's progress", reason=type(error).__name__)
    return None


def progress_of(message: str, prompt_id: str) -> float | None:
    """The share done that a message tells about this run; most messages tell something else."""
    kind, data = _read(message)
    if data.get("prompt_id", prompt_id) != prompt_id:
        return None
    if kind == "progress":
        return _share(data)
    if kind == "progress_state" and isinstance(data.get("nodes"), dict):
        running = [node for node in data["nodes"].values() if isinstance(node, dict) and node.get("state") == "running"]
        return next((share for node in running if (share := _share(node)) is not None), None)
    return None


def is_last_word(message: str, prompt_id: str) -> bool:
    """Whether there is nothing more to wait for: the run is over, or nothing runs at all."""
    kind, data = _read(message)
    if kind == "status":
        status = data.get("status")
        info = status.get("exec_info") if isinstance(status, dict) else None
        return isinstance(info, dict) and info.get("queue_remaining") == 0
    return kind in ENDINGS and data.get("prompt_id") == prompt_id


def _read(message: str) -> tuple[str, dict[str, Any]]:
    """The kind of a message and what it tells; nothing for what is no message."""
    told = json_of(message)
    data = told.get("data") if isinstance(told, dict) else None
    return (str(told.get("type")), data) if isinstance(data, dict) else ("", {})


def _share(data: Mapping[str, Any]) -> float | None:
    value, most = data.get("value"), data.get("max")
    if not isinstance(value, int | float) or not isinstance(most, int | float) or most <= 1:
        return None  # one step of one: a node that counts nothing
    return min(max(value / most, 0.0), 1.0)
