"""What the server holds: prompts that wait, the one that runs, what is over, and the files around them."""

import asyncio
import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from core.sandbox.adjustable import Adjustable
from core.sandbox.store import JsonDict

PENDING, RUNNING, COMPLETED, FAILED, DELETED = "pending", "in_progress", "completed", "failed", "deleted"


class Behaviour(BaseModel):
    """How the server is set; durations in seconds. An older one lacks jobs, own ids and aimed interrupts."""

    model_config = ConfigDict(extra="forbid")

    seconds: float = Field(0.3, ge=0, le=600)  # one run's sampling takes this long
    history_kept: int = Field(10_000, ge=0)
    is_older: bool = False
    is_held: bool = False  # a run waits in the middle of its sampling until this is off again


@dataclass
class Job:
    """One prompt. ``number`` orders the queue; ``outputs`` are the nodes that will be run for their files."""

    number: float
    prompt_id: str
    graph: JsonDict
    extra_data: JsonDict
    outputs: list[str]
    state: str = PENDING
    node: str | None = None  # under way now
    wants_stop: bool = False
    messages: list[list[Any]] = field(default_factory=list)

    @property
    def client_id(self) -> str | None:
        return self.extra_data.get("client_id")

    @cached_property
    def digest(self) -> str:
        """What is asked, whoever asks: the same graph twice is the same."""
        return hashlib.sha256(json.dumps(self.graph, sort_keys=True).encode()).hexdigest()

    def row(self) -> list[Any]:
        """As the queue and the history show it."""
        return [self.number, self.prompt_id, self.graph, self.extra_data, self.outputs]


@dataclass(frozen=True)
class Place:
    """Where a file is: ``output``, ``input`` or ``temp``, a folder below it, a name."""

    filename: str
    subfolder: str = ""
    type: str = "output"

    def as_json(self) -> JsonDict:
        return {"filename": self.filename, "subfolder": self.subfolder, "type": self.type}


@dataclass(frozen=True)
class Made:
    """A picture that a run saved; painted when somebody looks at it. ``texts`` go into its PNG."""

    source: str  # what it depends on
    index: int
    width: int
    height: int
    texts: JsonDict


class Server(Adjustable[Behaviour]):
    """A ComfyUI in memory; what it was given stays in ``accepted`` even after it forgot it itself."""

    def __init__(self) -> None:
        super().__init__(Behaviour())
        self.pending: list[Job] = []
        self.running: Job | None = None
        self.history: dict[str, JsonDict] = {}
        self.files: dict[Place, bytes] = {}  # as they were uploaded
        self.made: dict[Place, Made] = {}
        self.accepted: list[Job] = []
        self.interrupts = 0
        self.cached: frozenset[str] = frozenset()  # signatures of the last run's nodes
        self.next_number = 0
        self.next_file = 1
        self.work: asyncio.Task[None] | None = None

    def reset(self) -> None:
        """As after a fresh start; a run that is under way ends without a trace."""
        if self.work is not None:
            self.work.cancel()
        self.__init__()  # type: ignore[misc]  # every field anew, and none forgotten

    @property
    def remaining(self) -> int:
        return len(self.pending) + (self.running is not None)

    def add(self, job: Job) -> None:
        self.accepted.append(job)
        self.pending.append(job)
        self.pending.sort(key=lambda one: one.number)

    def take_number(self, *, to_front: bool) -> int:
        number = self.next_number
        self.next_number += 1
        return -number if to_front else number

    def delete_pending(self, prompt_id: str | None) -> bool:
        """Drop one waiting prompt, or with ``None`` all of them; whether there was any."""
        gone = [job for job in self.pending if prompt_id in {None, job.prompt_id}]
        for job in gone:
            job.state = DELETED
            self.pending.remove(job)
        return bool(gone)

    def interrupt(self, prompt_id: str | None) -> bool:
        """Stop what runs, or with an id only that one."""
        if self.running is None or prompt_id not in {None, self.running.prompt_id}:
            return False
        self.interrupts += 1
        self.running.wants_stop = True
        return True

    def finish(self, job: Job, state: str, outputs: JsonDict) -> None:
        """Into the history, which forgets its oldest."""
        job.state = state
        self.running = None
        is_good = state == COMPLETED
        status = {"status_str": "success" if is_good else "error", "completed": is_good, "messages": job.messages}
        self.history.pop(job.prompt_id, None)
        self.history[job.prompt_id] = {
            "prompt": job.row(),
            "outputs": outputs,
            "status": status,
            "meta": {node: {"node_id": node, "display_node": node} for node in outputs},
        }
        while len(self.history) > self.behaviour.history_kept:
            del self.history[next(iter(self.history))]

    def input_names(self) -> list[str]:
        """The pictures a graph can load: by name, with their folder."""
        places = (place for place in self.files if place.type == "input")
        return sorted(f"{place.subfolder}/{place.filename}".lstrip("/") for place in places)

    def input_file(self, name: str) -> bytes:
        folder, _, filename = name.rpartition("/")
        return self.files[Place(filename, folder, "input")]

    def keep_upload(self, content: bytes, wanted: Place, *, overwrite: bool) -> Place:
        """Store an upload; a name that other content has gets a number, the same content is used again."""
        place, attempt = wanted, 1
        stem, dot, suffix = wanted.filename.rpartition(".")
        while not overwrite and place in self.files and self.files[place] != content:
            name = f"{stem} ({attempt}){dot}{suffix}" if dot else f"{wanted.filename} ({attempt})"
            place = Place(name, wanted.subfolder, wanted.type)
            attempt += 1
        self.files[place] = content
        return place

    def report(self) -> JsonDict:
        """For tests and people: what was begun, by id and by content."""
        return {
            "begun": len(self.accepted),
            "keys_begun_twice": len(self.accepted) - len({job.prompt_id for job in self.accepted}),
            "interrupts": self.interrupts,
            "generations": [_generation(job) for job in self.accepted],
            "uploads": self.input_names(),
        }


def _generation(job: Job) -> JsonDict:
    return {"key": job.prompt_id, "client_id": job.client_id, "content": job.digest, "state": job.state}


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def saved_files(outputs: JsonDict) -> Iterator[JsonDict]:
    """Every file in a run's outputs."""
    for node in outputs.values():
        yield from node.get("images", [])
