"""How far a run is: ComfyUI says so over its websocket only, and only to the client that began the run."""

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import structlog
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from core.adapters.images.reach import is_near

OPEN_SECONDS = 3.0
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
                found = progress_of(message, prompt_id) if isinstance(message, str) else None
                if found is not None:
                    return found
    except TimeoutError:
        return None
    except (OSError, WebSocketException, ValueError) as error:
        log.debug("Could not listen to ComfyUI's progress", reason=type(error).__name__)
    return None


def progress_of(message: str, prompt_id: str) -> float | None:
    """The share done that a message tells about this run; most messages tell something else."""
    try:
        told = json.loads(message)
    except ValueError:
        return None
    data = told.get("data") if isinstance(told, dict) else None
    if not isinstance(data, dict) or data.get("prompt_id", prompt_id) != prompt_id:
        return None
    if told.get("type") == "progress":
        return _share(data)
    if told.get("type") == "progress_state" and isinstance(data.get("nodes"), dict):
        running = [node for node in data["nodes"].values() if isinstance(node, dict) and node.get("state") == "running"]
        return next((share for node in running if (share := _share(node)) is not None), None)
    return None


def _share(data: Mapping[str, Any]) -> float | None:
    value, most = data.get("value"), data.get("max")
    if not isinstance(value, int | float) or not isinstance(most, int | float) or most <= 1:
        return None  # one step of one: a node that counts nothing
    return min(max(value / most, 0.0), 1.0)
