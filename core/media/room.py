"""How much room stored files take, by person, and what is left."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import case, func, literal_column, select
from sqlalchemy.orm import Session

from core.identity.models import User
from core.identity.roles import require_admin
from core.media.models import Blob
from core.system.actors import Actor


@dataclass(frozen=True, slots=True)
class RoomUsed:
    """Originals of one person; sizes in bytes. Thumbnails come on top, at most a tenth."""

    user_id: str
    username: str
    files: int
    picture_bytes: int
    film_bytes: int
    other_bytes: int

    @property
    def total_bytes(self) -> int:
        return self.picture_bytes + self.film_bytes + self.other_bytes


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk of this machine, in bytes."""

    total_bytes: int
    free_bytes: int


def room_by_person(session: Session, actor: Actor) -> list[RoomUsed]:
    """Everybody who keeps files, the largest first. For administrators."""
    require_admin(session, actor)
    kind = case(
        (Blob.mime_type.startswith("image/"), "image"), (Blob.mime_type.startswith("video/"), "video"), else_=""
    )
    query = select(Blob.user_id, kind.label("kind"), func.count(), func.sum(Blob.file_size)).group_by(
        Blob.user_id, literal_column("kind")
    )
    sums: dict[str, dict[str, tuple[int, int]]] = {}
    for user_id, one, files, size in session.execute(query):
        sums.setdefault(user_id, {})[one] = (int(files), int(size or 0))
    names = {row.id: row.username for row in session.execute(select(User.id, User.username))}
    found = [
        RoomUsed(
            user_id,
            names.get(user_id, user_id),
            sum(files for files, _ in kinds.values()),
            *(kinds.get(one, (0, 0))[1] for one in ("image", "video", "")),
        )
        for user_id, kinds in sums.items()
    ]
    return sorted(found, key=lambda one: (-one.total_bytes, one.username))


def disk_of(folder: Path) -> Disk | None:
    """The disk a folder of this machine lies on; ``None`` when it cannot be asked."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return Disk(usage.total, usage.free)
