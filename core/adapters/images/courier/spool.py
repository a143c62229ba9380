"""A folder through which calls go to a courier and their answers come back.

A call is one file that is renamed from stage to stage, so that it is at one of them at any moment::

    waiting/KEY ──▶ taken/KEY.CARRIER ──▶ answers/KEY
       └──▶ withdrawn/KEY.REASON ◀── (no room for the answer)

Each step is on the disk before the next is begun: whatever is not beyond ``waiting`` was certainly never sent.
"""

import enum
import re
import shutil
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from secrets import token_hex

from core.adapters.images.courier import durable
from core.adapters.images.courier.letters import (
    Answer,
    Errand,
    answer_from_json,
    answer_to_json,
    errand_from_json,
    errand_to_json,
)
from core.adapters.images.courier.presence import Carriers, Presence, Role
from core.studio.providers import ErrorCategory, GenerationError

FOLDER = "courier"  # in the data folder
WAITING, TAKEN, ANSWERS, WITHDRAWN, INPUTS, CARRIERS = "waiting", "taken", "answers", "withdrawn", "inputs", "carriers"
# Nothing younger is swept: its call may not be written down as settled yet, or not even as begun.
YOUNG_SECONDS = 600.0
_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What says that a call must not be made holds for as long as a machine may have slept in the middle of handing it over.
WITHDRAWN_SECONDS = 7 * 86_400.0


class Stage(enum.Enum):
    """Where a call is."""

    WAITING = enum.auto()
    TAKEN = enum.auto()
    ANSWERED = enum.auto()
    WITHDRAWN = enum.auto()


class Reason(enum.StrEnum):
    """Why a call is not made any more."""

    CANCELLED = "cancelled"
    LEFT = "left"  # no courier came
    UNWANTED = "unwanted"  # nobody waits for it any more
    VOID = "void"  # it was asked for before it was handed over, so it must not be handed over now
    NO_ROOM = "no-room"  # it was made, but its answer could not be kept


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a call is: ``seconds`` with ``WAITING``, ``carrier`` with ``TAKEN``, ``reason`` with ``WITHDRAWN``."""

    stage: Stage
    carrier: str = ""
    reason: Reason | None = None
    seconds: float = 0.0


class Spool:
    """The folder, for any number of threads and processes. What the disk refuses is raised as ``OSError``."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self.folder = folder
        self.carriers = Carriers(folder / CARRIERS)
        self._clock = clock

    @cached_property
    def id(self) -> str:
        """The name of this folder, unlike that of any other machine's."""
        path = self._ready() / "id"
        with durable.locked(self.folder / "lock"):
            if not path.exists():
                durable.write(path, token_hex(8).encode())
        return path.read_text()

    @cached_property
    def born_at(self) -> datetime:
        """Since when whatever is handed over on this machine has been handed over here."""
        assert self.id
        return datetime.fromtimestamp((self.folder / "id").stat().st_mtime, UTC)

    def enter(self, role: Role) -> Presence:
        """Become one who carries calls."""
        self._ready()
        return Presence(self.folder / CARRIERS, role)

    # Handing over

    def hand_over(self, errand: Errand) -> None:
        """Leave a call for whoever carries it. Raises ``GenerationError`` for one that is known already."""
        key = errand.request.key
        self._ready()
        self._copy_inputs(errand)
        prepared = durable.prepare(self.folder / WAITING, errand_to_json(errand))
        with durable.locked(self.folder / "lock"):
            if self.look(key) is not None:
                prepared.unlink()
                raise GenerationError(
                    "This call was handed over, or given up, before. It is not made again.", ErrorCategory.TRANSIENT
                )
            durable.place(prepared, self._waiting(key))

    def void(self, key: str) -> bool:
        """Make sure that a call is never handed over; ``False`` when it was."""
        self._ready()
        with durable.locked(self.folder / "lock"):
            standing = self.look(key)
            if standing is None:
                durable.write(self._withdrawn(key, Reason.VOID), b"")
            return standing is None or standing.reason is Reason.VOID

    def withdraw(self, key: str, reason: Reason) -> bool:
        """Take back a call that nobody has taken; ``False`` when somebody has."""
        if not durable.move(self._waiting(key), self._withdrawn(key, reason)):
            return False
        self._drop_inputs(key)
        return True

    # Asking

    def look(self, key: str) -> Standing | None:
        """Where a call is; ``None`` when it never came here, or was swept."""
        if not _KEY.fullmatch(key):  # a provider's own id, of a call that was made without a spool
            return None
        # In the order in which calls move, so that none can slip through in between.
        with suppress(FileNotFoundError):
            changed = self._waiting(key).stat().st_ctime
            return Standing(Stage.WAITING, seconds=max(0.0, self._clock() - changed))
        for path in (self.folder / TAKEN).glob(f"{key}.*"):
            return Standing(Stage.TAKEN, carrier=path.name.removeprefix(f"{key}."))
        if self._answer(key).exists():
            return Standing(Stage.ANSWERED)
        for reason in Reason:
            if self._withdrawn(key, reason).exists():
                return Standing(Stage.WITHDRAWN, reason=reason)
        return None

    def answer_of(self, key: str) -> Answer | None:
        try:
            return answer_from_json(self._answer(key).read_bytes())
        except FileNotFoundError:
            return None

    # Carrying

    def waiting(self) -> list[str]:
        """The keys of calls that nobody has taken, longest waiting first."""
        found: list[tuple[float, str]] = []
        for path in self._names(WAITING):
            with suppress(FileNotFoundError):
                found.append((path.stat().st_mtime, path.name))
        return [key for _, key in sorted(found)]

    def read(self, key: str) -> Errand | None:
        """A call that waits; ``None`` when it does not any more. Raises ``ValueError`` for what is none."""
        try:
            return errand_from_json(self._waiting(key).read_bytes(), self.folder / INPUTS / key)
        except FileNotFoundError:
            return None

    def take(self, key: str, carrier: Presence) -> bool:
        """Take a call on; ``False`` when somebody else did."""
        return durable.move(self._waiting(key), self._taken(key, carrier))

    def answer(self, key: str, carrier: Presence, answer: Answer) -> None:
        """Say what became of a call that ``carrier`` has taken."""
        durable.write(self._answer(key), answer_to_json(answer))
        self._taken(key, carrier).unlink(missing_ok=True)
        self._drop_inputs(key)

    def give_up(self, key: str, carrier: Presence) -> None:
        """Say that a call was made, but that there is no room for its answer: a new name needs none."""
        durable.move(self._taken(key, carrier), self._withdrawn(key, Reason.NO_ROOM))
        self._drop_inputs(key)

    # Keeping the folder small

    def sweep(self, unsettled: Collection[str] = (), *, older_than: float = YOUNG_SECONDS) -> int:
        """Remove what is older than ``older_than`` seconds and about no call in ``unsettled``; how many files.

        What waits, or is in the hands of a living carrier, stays.
        """
        self.carriers.forget_dead()
        removed = 0
        for path in [*self._names(ANSWERS), *self._names(WITHDRAWN), *self._names(TAKEN)]:
            key, _, rest = path.name.partition(".")
            is_in_hand = path.parent.name == TAKEN and self.carriers.is_alive(rest)
            age = max(older_than, WITHDRAWN_SECONDS) if path.parent.name == WITHDRAWN else older_than
            if key not in unsettled and not is_in_hand and self._is_old(path, age):
                path.unlink(missing_ok=True)
                self._drop_inputs(key)
                removed += 1
        self._sweep_unfinished(unsettled, older_than)
        return removed

    def _sweep_unfinished(self, unsettled: Collection[str], older_than: float) -> None:
        """What was cut off while it was written."""
        for folder in (WAITING, ANSWERS, WITHDRAWN):
            for path in (self.folder / folder).glob(f"*{durable.UNFINISHED}"):
                if self._is_old(path, older_than):
                    path.unlink(missing_ok=True)
        for path in self._names(INPUTS):
            if path.name not in unsettled and self._is_old(path, older_than) and self.look(path.name) is None:
                shutil.rmtree(path, ignore_errors=True)

    def _is_old(self, path: Path, seconds: float) -> bool:
        try:
            return self._clock() - path.stat().st_mtime > seconds
        except FileNotFoundError:
            return False

    # Places

    def _ready(self) -> Path:
        for name in (WAITING, TAKEN, ANSWERS, WITHDRAWN, INPUTS, CARRIERS):
            path = self.folder / name
            if not path.exists():
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                path.mkdir(mode=0o700, exist_ok=True)
                durable.sync(self.folder)
        return self.folder

    def _names(self, folder: str) -> Iterator[Path]:
        path = self.folder / folder
        found = list(path.iterdir()) if path.exists() else []
        return (one for one in found if one.suffix != durable.UNFINISHED)

    def _copy_inputs(self, errand: Errand) -> None:
        folder = self.folder / INPUTS / errand.request.key
        for number, given in enumerate(errand.request.inputs):
            folder.mkdir(mode=0o700, exist_ok=True)
            durable.write(folder / str(number), given.path.read_bytes())

    def _drop_inputs(self, key: str) -> None:
        shutil.rmtree(self.folder / INPUTS / key, ignore_errors=True)

    def _waiting(self, key: str) -> Path:
        return self.folder / WAITING / key

    def _taken(self, key: str, carrier: Presence) -> Path:
        return self.folder / TAKEN / f"{key}.{carrier.name}"

    def _answer(self, key: str) -> Path:
        return self.folder / ANSWERS / key

    def _withdrawn(self, key: str, reason: Reason) -> Path:
        return self.folder / WITHDRAWN / f"{key}.{reason}"
