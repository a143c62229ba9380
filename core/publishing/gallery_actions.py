"""What can be done to gallery folders: the call that does it, and how the site shows afterwards that it was done.

A request is what an intent keeps, so it is plain JSON: after a crash it says what to look for.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from core.publishing.providers import GalleryFolder
from core.publishing.site import Site

Request = Mapping[str, Any]
Result = dict[str, Any]


class Look:
    """What the site shows now; each part is read when it is first asked for.

    ``contents`` reads the works of a folder: their ids at the site, and whether these are all.
    """

    def __init__(
        self, folders: Callable[[], list[GalleryFolder]], contents: Callable[[str], tuple[set[str], bool]]
    ) -> None:
        self._read_folders = folders
        self._read_contents = contents

    @cached_property
    def folders(self) -> dict[str, GalleryFolder]:
        return {folder.folder_id: folder for folder in self._read_folders()}

    def has_all(self, folder_id: str, works: Collection[str]) -> bool:
        """Whether the folder shows all of ``works``."""
        return folder_id in self.folders and set(works) <= self._read_contents(folder_id)[0]

    def has_none(self, folder_id: str, works: Collection[str]) -> bool:
        """Whether the folder certainly shows none of ``works``."""
        if folder_id not in self.folders:
            return True
        shown, are_all = self._read_contents(folder_id)
        return are_all and not shown & set(works)


@dataclass(frozen=True, slots=True)
class Action:
    """``call`` does it and gives the result; ``find`` gives the result if the site shows it, else ``None``."""

    call: Callable[[Site, str, Request], Result]
    find: Callable[[Look, Request], Result | None]


def _create(site: Site, token: str, request: Request) -> Result:
    folder_id = site.create_folder(
        token, request["name"], description=request["description"], parent_id=request["parent_id"]
    )
    return {"folder_id": folder_id}


def _find_created(look: Look, request: Request) -> Result | None:
    known = set(request["known_ids"])
    new = (folder for folder in look.folders.values() if folder.folder_id not in known)
    return next(({"folder_id": folder.folder_id} for folder in new if folder.name == request["name"]), None)


def _update(site: Site, token: str, request: Request) -> Result:
    site.update_folder(token, request["folder_id"], name=request["name"], description=request["description"])
    return {}


def _find_updated(look: Look, request: Request) -> Result | None:
    # A description cannot be seen in the list; sending it again does no harm.
    folder = look.folders.get(request["folder_id"])
    has_name = folder is not None and request["name"] is not None and folder.name == request["name"]
    return {} if has_name and request["description"] is None else None


def _move(site: Site, token: str, request: Request) -> Result:
    site.move_folder(token, request["folder_id"], request["parent_id"])
    return {}


def _find_moved(look: Look, request: Request) -> Result | None:
    folder = look.folders.get(request["folder_id"])
    return {} if folder is not None and folder.parent_id == request["parent_id"] else None


def _place(site: Site, token: str, request: Request) -> Result:
    site.place_folder(token, request["folder_id"], request["position"])
    return {}


def _find_placed(look: Look, request: Request) -> Result | None:
    order = list(look.folders)
    place = request["position"]
    return {} if place < len(order) and order[place] == request["folder_id"] else None


def _remove(site: Site, token: str, request: Request) -> Result:
    site.remove_folder(token, request["folder_id"])
    return {}


def _find_removed(look: Look, request: Request) -> Result | None:
    return {} if request["folder_id"] not in look.folders else None


def _add(site: Site, token: str, request: Request) -> Result:
    site.copy_to_folder(token, request["folder_id"], request["works"])
    return {}


def _find_added(look: Look, request: Request) -> Result | None:
    return {} if look.has_all(request["folder_id"], request["works"]) else None


def _transfer(site: Site, token: str, request: Request) -> Result:
    site.move_between_folders(token, request["source_id"], request["folder_id"], request["works"])
    return {}


def _find_transferred(look: Look, request: Request) -> Result | None:
    works = request["works"]
    is_there = look.has_all(request["folder_id"], works)
    return {} if is_there and look.has_none(request["source_id"], works) else None


def _take_out(site: Site, token: str, request: Request) -> Result:
    site.take_from_folder(token, request["folder_id"], request["works"])
    return {}


def _find_taken_out(look: Look, request: Request) -> Result | None:
    return {} if look.has_none(request["folder_id"], request["works"]) else None


# By the second word of the audit event that tells of it.
ACTIONS: dict[str, Action] = {
    "created": Action(_create, _find_created),
    "edited": Action(_update, _find_updated),
    "moved": Action(_move, _find_moved),
    "placed": Action(_place, _find_placed),
    "removed": Action(_remove, _find_removed),
    "posts_added": Action(_add, _find_added),
    "posts_moved": Action(_transfer, _find_transferred),
    "posts_taken_out": Action(_take_out, _find_taken_out),
}
