"""Where fal's parts are: the queue is the address of the connection, the others follow from it."""

from dataclasses import dataclass

from core.adapters.images.calls import base_of, text_of
from core.studio.providers import Connection

ROOT = "https://queue.fal.run"
REST = "https://rest.fal.ai"
PLATFORM = "https://api.fal.ai/v1"


@dataclass(frozen=True)
class Hosts:
    """Roots without a slash at the end: the queue, storage and keys, the account's history."""

    queue: str
    rest: str
    platform: str


def hosts_of(connection: Connection, root: str) -> Hosts:
    """fal's own hosts, or below another queue's address ``/-/rest`` and ``/-/platform``.

    ``settings["rest_url"]`` and ``settings["platform_url"]`` of a connection say otherwise.
    """
    queue = base_of(connection, root)
    is_own = queue == ROOT
    rest = text_of(connection.settings.get("rest_url")) or (REST if is_own else f"{queue}/-/rest")
    platform = text_of(connection.settings.get("platform_url")) or (PLATFORM if is_own else f"{queue}/-/platform")
    return Hosts(queue, rest.rstrip("/"), platform.rstrip("/"))


def request_root(queue: str, model_id: str, request_id: str) -> str:
    """The address of a request: owner and application, without the path of the endpoint."""
    return f"{queue}/{'/'.join(model_id.split('/')[:2])}/requests/{request_id}"
