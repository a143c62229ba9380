"""Running the hooks of an item on a picture that was made."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from core.media.probe import ProbeLimits
from core.studio.hooks import pictures
from core.studio.hooks.protocol import HookFailed, Picture, Skipped
from core.studio.hooks.registry import AFTER

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Finished:
    """``path`` is the picture as it is to be kept, ``None`` when no hook changed it. ``done`` are those that did."""

    path: Path | None = None
    done: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    def undone(self, reason: str) -> "Finished":
        """As if none had run."""
        return Finished(skipped=(*self.skipped, *(Skipped(name, reason) for name in self.done)))


def finish(path: Path, names: Sequence[str], folder: Path, *, limits: ProbeLimits) -> Finished:
    """Run the hooks ``names`` in order on the picture at ``path``, which stays as it is.

    ``folder`` is for what lies between, and the result. What a hook raises makes it skipped; the rest go on with the
    picture as it was before. The same picture and names give the same result. Raises nothing of its own.
    """
    if not names:
        return Finished()
    most = min(limits.max_pixels, limits.max_whole_pixels)
    try:
        picture = pictures.open_for_hooks(path, folder, most_pixels=most)
    except Exception as error:
        return Finished(skipped=tuple(Skipped(name, reason_of(error, name)) for name in names))
    done: list[str] = []
    skipped: list[Skipped] = []
    last = folder / pictures.OPENED
    for number, name in enumerate(names):
        into = folder / f"{number}.v"
        try:
            picture = _applied(picture, name, into, most)
            done.append(name)
        except Exception as error:
            skipped.append(Skipped(name, reason_of(error, name)))
            into.unlink(missing_ok=True)
        if into.exists():
            last.unlink()  # what is still read of it stays open: a long chain needs no more room than a short one
            last = into
    found = Finished(None, tuple(done), tuple(skipped))
    if not done:
        return found
    try:
        return Finished(pictures.write(picture, folder, "finished").path, found.done, found.skipped)
    except Exception as error:
        return found.undone(reason_of(error, "write"))


def reason_of(error: Exception, name: str) -> str:
    """A sentence for the generation log; what nobody thought of goes to the process's log as it is."""
    if isinstance(error, HookFailed):
        return str(error)
    log.warning("A hook failed.", hook=name, error=type(error).__name__, reason=str(error)[:300])
    return "It could not be done with this picture."


def _applied(picture: Picture, name: str, into: Path, most: int) -> Picture:
    hook = AFTER.get(name)
    if hook is None:
        raise HookFailed("There is no hook of this name any more.")
    changed = hook.apply(picture)
    pictures.check_size(changed, most)
    if changed.image is picture.image:
        return changed
    return Picture(pictures.computed(changed.image, into), changed.media_type, changed.keeps_metadata)
