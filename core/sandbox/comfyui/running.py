"""Carrying out one prompt after the other, as ComfyUI's own worker does: cached nodes are passed over."""

import asyncio
import hashlib
import io
import json
from dataclasses import dataclass
from typing import Any

from PIL import Image, UnidentifiedImageError

from core.errors import AtelierError
from core.sandbox.comfyui.jobs import COMPLETED, FAILED, RUNNING, Job, Made, Place, Server, now_ms
from core.sandbox.comfyui.nodes import CLASSES, DAMAGED
from core.sandbox.comfyui.painting import small_preview
from core.sandbox.comfyui.sockets import Sockets
from core.sandbox.comfyui.validation import links
from core.sandbox.store import JsonDict

MEMORY_PIXELS = 4096 * 4096  # of one run: more than that and the card is full
HOLD_SECONDS = 0.01


class Interrupted(AtelierError):
    """Somebody pressed stop."""


class NodeFailed(AtelierError):
    """A node raised; ``kind`` is the name of the Python exception."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True)
class Batch:
    """Pictures or latents on their way through a graph: pixels, and how many."""

    width: int
    height: int
    count: int


class Worker:
    """Runs what waits, one at a time, and tells whoever listens."""

    def __init__(self, server: Server, sockets: Sockets) -> None:
        self._server = server
        self._sockets = sockets

    def wake(self) -> None:
        """Begin to work unless that is under way."""
        if self._server.work is None or self._server.work.done():
            self._server.work = asyncio.create_task(self._work())

    async def _work(self) -> None:
        server = self._server
        while server.pending:
            job = server.running = server.pending.pop(0)
            job.state = RUNNING
            await self._sockets.status(server.remaining)
            await Run(server, self._sockets, job).carry_out()
            await self._sockets.status(server.remaining)


class Run:
    """One prompt."""

    def __init__(self, server: Server, sockets: Sockets, job: Job) -> None:
        self._server = server
        self._sockets = sockets
        self._job = job
        self._order = _order(job.graph, job.outputs)
        self._signatures = _signatures(server, job.graph, self._order)
        self._batches: dict[str, Batch] = {}
        self._outputs: JsonDict = {}

    async def carry_out(self) -> None:
        job, server = self._job, self._server
        await self._note("execution_start")
        cached = [node for node in self._order if self._signatures[node] in server.cached]
        await self._note("execution_cached", nodes=cached)
        try:
            for node in self._order:
                await self._step(node, is_cached=node in cached)
        except Interrupted:
            await self._note("execution_interrupted", **self._where(), executed=self._done())
            server.finish(job, FAILED, self._outputs)
            return
        except NodeFailed as error:
            await self._note("execution_error", **self._where(), **self._failure(error))
            server.finish(job, FAILED, self._outputs)
            return
        server.cached = frozenset(self._signatures.values())
        await self._note("execution_success")
        server.finish(job, COMPLETED, self._outputs)
        await self._tell("executing", node=None)

    async def _step(self, node: str, *, is_cached: bool) -> None:
        if not is_cached:
            self._job.node = node
            if self._job.wants_stop:
                raise Interrupted
            await self._tell("executing", node=node, display_node=node)
        self._batches[node] = self._batch_of(node)
        if not is_cached:
            await self._perform(node)

    async def _perform(self, node: str) -> None:
        spec = self._job.graph[node]
        kind, inputs = spec["class_type"], spec["inputs"]
        if kind == "CheckpointLoaderSimple" and inputs["ckpt_name"] == DAMAGED:
            raise NodeFailed("SafetensorError", "Error while deserializing header: header too large")
        if kind == "KSampler":
            await self._sample(node, int(inputs["steps"]))
        if CLASSES[kind].is_output:
            images = self._save(node, inputs.get("filename_prefix"))
            self._outputs[node] = {"images": images}
            await self._tell("executed", node=node, display_node=node, output={"images": images})

    async def _sample(self, node: str, steps: int) -> None:
        batch = self._batches[node]
        if batch.width * batch.height * batch.count > MEMORY_PIXELS:
            raise NodeFailed("torch.OutOfMemoryError", "Allocation on device")
        for done in range(1, steps + 1):
            await asyncio.sleep(self._server.behaviour.seconds / steps)
            await self._tell("progress", node=node, value=done, max=steps)
            if self._sockets.listens(self._job.client_id):
                await self._sockets.preview(self._job.client_id, small_preview(self._signatures[node]))
            while done >= steps / 2 and self._server.behaviour.is_held and not self._job.wants_stop:
                await asyncio.sleep(HOLD_SECONDS)
                await self._tell("progress", node=node, value=done, max=steps)
            if self._job.wants_stop:
                raise Interrupted

    def _batch_of(self, node: str) -> Batch:
        spec = self._job.graph[node]
        kind, inputs = spec["class_type"], spec["inputs"]
        if kind == "EmptyLatentImage":
            return Batch(int(inputs["width"]), int(inputs["height"]), int(inputs["batch_size"]))
        if kind == "LoadImage":
            return self._load(inputs["image"])
        above = [self._batches[origin] for origin, _ in links(inputs).values()]
        batch = next((one for one in above if one.count), Batch(0, 0, 0))
        if kind == "RepeatLatentBatch":
            return Batch(batch.width, batch.height, batch.count * int(inputs["amount"]))
        if kind == "ImageScale":
            return Batch(int(inputs["width"]) or batch.width, int(inputs["height"]) or batch.height, batch.count)
        return batch

    def _load(self, name: str) -> Batch:
        try:
            with Image.open(io.BytesIO(self._server.input_file(name))) as image:
                return Batch(*image.size, 1)
        except (UnidentifiedImageError, OSError, KeyError, Image.DecompressionBombError) as error:
            raise NodeFailed("UnidentifiedImageError", "cannot identify image file") from error

    def _save(self, node: str, prefix: str | None) -> list[JsonDict]:
        batch = self._batches[node]
        folder, _, stem = (prefix or "ComfyUI_temp").rpartition("/")
        source = self._signatures[links(self._job.graph[node]["inputs"])["images"][0]]
        texts = {"prompt": self._job.graph, **self._job.extra_data.get("extra_pnginfo", {})}
        saved: list[JsonDict] = []
        for index in range(batch.count):
            place = Place(f"{stem}_{self._server.next_file:05}_.png", folder, "output" if prefix else "temp")
            self._server.next_file += 1
            self._server.made[place] = Made(source, index, batch.width, batch.height, texts)
            saved.append(place.as_json())
        return saved

    async def _note(self, event: str, **data: Any) -> None:
        """Into the run's messages, which the history keeps, and to its client."""
        data = {**data, "prompt_id": self._job.prompt_id, "timestamp": now_ms()}
        self._job.messages.append([event, data])
        await self._sockets.send(self._job.client_id, event, data)

    async def _tell(self, event: str, **data: Any) -> None:
        await self._sockets.send(self._job.client_id, event, {**data, "prompt_id": self._job.prompt_id})

    def _where(self) -> JsonDict:
        node = self._job.node or self._order[0]
        return {"node_id": node, "node_type": self._job.graph[node]["class_type"]}

    def _done(self) -> list[str]:
        return [node for node in self._batches if node != self._job.node]

    def _failure(self, error: NodeFailed) -> JsonDict:
        inputs = self._job.graph[self._job.node or self._order[0]]["inputs"]
        return {
            "executed": self._done(),
            "exception_message": str(error),
            "exception_type": error.kind,
            "traceback": [],
            "current_inputs": {name: [value] for name, value in inputs.items()},
            "current_outputs": self._done(),
        }


def _order(graph: JsonDict, outputs: list[str]) -> list[str]:
    """Everything the outputs depend on, each node after what it needs."""
    found: dict[str, None] = {}

    def visit(node: str) -> None:
        if node not in found:
            for origin, _ in links(graph[node]["inputs"]).values():
                visit(origin)
            found[node] = None

    for node in outputs:
        visit(node)
    return list(found)


def _signatures(server: Server, graph: JsonDict, order: list[str]) -> dict[str, str]:
    """What a node's result depends on: its class, its values, its file, and the same of all above it."""
    found: dict[str, str] = {}
    for node in order:
        inputs = {
            name: [found[value[0]], value[1]] if name in links(graph[node]["inputs"]) else value
            for name, value in graph[node]["inputs"].items()
        }
        kind = graph[node]["class_type"]
        picture = server.input_file(str(inputs["image"])) if kind == "LoadImage" else b""
        content = hashlib.sha256(picture).hexdigest()
        text = json.dumps([kind, inputs, content], sort_keys=True)
        found[node] = hashlib.sha256(text.encode()).hexdigest()
    return found
