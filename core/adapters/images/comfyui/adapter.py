"""ComfyUI as a provider of pictures: a model is a workflow with the places where values go."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from core.adapters.images.at_once import no_webhooks
from core.adapters.images.calls import base_of, whole
from core.adapters.images.catalogue.comfyui import models_for
from core.adapters.images.comfyui.calls import DIALECT, NAME, Calls
from core.adapters.images.comfyui.progress import listen
from core.adapters.images.comfyui.results import status_of
from core.adapters.images.http import Line
from core.adapters.images.inputs import refused
from core.studio.providers import (
    CallState,
    CallStatus,
    CatalogueModel,
    CheckedConnection,
    Connection,
    GenerationRequest,
    Handle,
    Notice,
    Output,
    ProviderKind,
    ProviderTraits,
    Submitted,
)
from core.studio.workflows import BATCH, WorkflowRefused, filled_graph

PREFIX = "filename_prefix"
LISTEN_SECONDS = 1.0  # of each poll of a run that is under way; 0 in a connection's settings: not at all
LISTEN_SETTING = "progress_seconds"
SEEDS = 2**53  # those we choose ourselves: ComfyUI's screen counts in floats and would round larger ones


class ComfyUi:
    """``POST /prompt`` and what belongs to it. A run's id is our own key, so a lost answer is found again."""

    kind = ProviderKind.COMFYUI
    traits = ProviderTraits(finds_lost_calls=True, can_cancel=True, needs_key=False)

    def __init__(self, line: Line, root: str) -> None:
        self._line = line
        self._root = root

    def check(self, connection: Connection) -> CheckedConnection:
        stats = self._calls(connection).system_stats()
        system, devices = stats.get("system"), stats.get("devices")
        version = system.get("comfyui_version") if isinstance(system, Mapping) else None
        names = [str(one.get("name")) for one in devices or () if isinstance(one, Mapping)]
        on = f" on {names[0]}" if names else ""
        return CheckedConnection(None, f"ComfyUI{f' {version}' if version else ''} answers{on}.")

    def models(self, connection: Connection) -> Sequence[CatalogueModel]:
        return models_for(self._calls(connection).object_info())

    def submit(self, connection: Connection, request: GenerationRequest) -> Submitted:
        definition, calls = request.model.definition, self._calls(connection)
        values = self._values(request)
        for given in request.inputs:
            values[given.parameter] = calls.upload(given)
        try:
            graph = filled_graph(definition, values)
        except WorkflowRefused as error:
            raise refused(str(error)) from error
        _name_files(graph, request)
        answer = calls.queue_prompt(graph, request.key)
        return Submitted(_handle(str(answer["prompt_id"]), request))

    def find(self, connection: Connection, request: GenerationRequest, *, since: datetime) -> Handle | None:
        calls = self._calls(connection)
        # First what is open, then what is over: in between a run only moves that way.
        running, waiting = calls.queue()
        for row in (*running, *waiting):
            if _is_ours(row, request.key):
                return _handle(str(row[1]), request)
        if calls.history_of(request.key) is not None:
            return _handle(request.key, request)
        for prompt_id, entry in calls.recent_history().items():  # a server that gives ids of its own
            if isinstance(entry, Mapping) and _is_ours(entry.get("prompt"), request.key):
                return _handle(prompt_id, request)
        return None

    def poll(self, connection: Connection, handle: Handle) -> CallStatus:
        calls = self._calls(connection)
        running, waiting = calls.queue()
        if any(row[1] == handle.request_id for row in running):
            return CallStatus(CallState.RUNNING, self._progress(connection, handle))
        for place, row in enumerate(waiting, start=1):
            if row[1] == handle.request_id:
                return CallStatus(CallState.QUEUED, queue_position=place)
        entry = calls.history_of(handle.request_id)
        return CallStatus(CallState.LOST) if entry is None else status_of(entry, handle, calls)

    def cancel(self, connection: Connection, handle: Handle) -> bool:
        calls = self._calls(connection)
        if calls.cancel_job(handle.request_id):
            return True
        _, waiting = calls.queue()
        if any(row[1] == handle.request_id for row in waiting):
            calls.delete_pending(handle.request_id)
        # Asked again, since it may have begun in between. Older servers stop whatever runs, so only while ours does.
        running, waiting = calls.queue()
        if any(row[1] == handle.request_id for row in running):
            calls.interrupt(handle.request_id)
            return True
        still_waits = any(row[1] == handle.request_id for row in waiting)
        return not still_waits and calls.history_of(handle.request_id) is None

    def fetch(self, connection: Connection, output: Output, into: Path, *, max_bytes: int) -> None:
        self._line.download(
            output.url or "", into, home=self._root_of(connection), max_bytes=max_bytes, headers=_headers(connection)
        )

    def verify(self, connection: Connection, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Notice:
        raise no_webhooks(NAME)

    def close(self) -> None:
        self._line.close()

    def _root_of(self, connection: Connection) -> str:
        return base_of(connection, self._root)

    def _calls(self, connection: Connection) -> Calls:
        return Calls(self._line, self._root_of(connection), connection)

    def _values(self, request: GenerationRequest) -> dict[str, Any]:
        definition = request.model.definition
        if not isinstance(definition.get("workflow"), Mapping):
            raise refused("This model has no workflow. Import it again under Providers & models.")
        bindings = definition.get("bindings") or {}
        values = {name: value for name, value in request.parameters.items() if name in bindings and value is not None}
        if "seed" in bindings:
            values["seed"] = int(_seed(request) or 0)
        if BATCH in bindings:
            values[BATCH] = request.images
        elif request.images != 1:
            raise refused("This workflow makes one picture with each run. Order one picture per call.")
        return values

    def _progress(self, connection: Connection, handle: Handle) -> float | None:
        seconds = float(connection.settings.get(LISTEN_SETTING, LISTEN_SECONDS))
        client_id = str(handle.details.get("client_id") or handle.request_id)
        if seconds <= 0:
            return None
        return listen(
            self._root_of(connection), client_id, handle.request_id, seconds=seconds, headers=_headers(connection)
        )


def _name_files(graph: dict[str, Any], request: GenerationRequest) -> None:
    """Let the files of each call have a name of their own.

    A node that saves is then never cached: the same order again gives its pictures anew, without painting them anew.
    """
    for node in request.model.definition.get("outputs") or ():
        inputs = graph.get(str(node), {}).get("inputs", {})
        if isinstance(inputs.get(PREFIX), str):
            inputs[PREFIX] = f"{inputs[PREFIX]}_{request.key[-12:]}"


def _headers(connection: Connection) -> dict[str, str]:
    return {"Authorization": f"Bearer {connection.api_key}"} if connection.api_key else {}


def _handle(prompt_id: str, request: GenerationRequest) -> Handle:
    """Everything that reading the result will need: the history can be asked for by id alone."""
    outputs = [str(node) for node in request.model.definition.get("outputs") or ()]
    details: dict[str, Any] = {"outputs": outputs, "client_id": request.key}
    seed = _seed(request)
    return Handle(prompt_id, {**details, "seed": seed} if seed is not None else details)


def _seed(request: GenerationRequest) -> str | None:
    """The seed of this call; left to chance, it follows from the key, so that it is known after a crash as well."""
    if "seed" not in (request.model.definition.get("bindings") or {}):
        return None
    given = request.parameters.get("seed")
    if given is None or given == "":
        return str(uuid.UUID(request.key).int % SEEDS)
    return str(whole(given, DIALECT))


def _is_ours(row: Any, key: str) -> bool:
    """Whether a row of the queue or history is the call with this key, by its id or by its client's."""
    if not isinstance(row, Sequence) or len(row) < 4:
        return False
    extra = row[3] if isinstance(row[3], Mapping) else {}
    return row[1] == key or extra.get("client_id") == key
