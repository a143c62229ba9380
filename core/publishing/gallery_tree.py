"""Gallery folders as a tree, and the fewest moves from one order to another.

The site keeps one list of all folders; each names its parent. A tree shows them below one another,
siblings in the order of the list.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from core.publishing.providers import GalleryFolder

FEATURED = "Featured"


@dataclass(frozen=True, slots=True)
class Branch:
    """A folder where it hangs; ``depth`` 0 is the top. ``before`` and ``after`` are its siblings' ids."""

    folder: GalleryFolder
    depth: int
    before: str | None
    after: str | None


def is_featured(folder: GalleryFolder) -> bool:
    """Whether it is the one folder that everybody has: it stays first, and cannot be moved or removed."""
    return folder.name == FEATURED and folder.parent_id is None


def tree(folders: Sequence[GalleryFolder]) -> list[Branch]:
    """The folders from top to bottom as a tree shows them; those of a parent that is not there hang at the top."""
    known = {folder.folder_id for folder in folders}
    children: dict[str | None, list[GalleryFolder]] = defaultdict(list)
    for folder in folders:
        children[folder.parent_id if folder.parent_id in known else None].append(folder)
    branches: list[Branch] = []
    _hang(children, None, 0, branches)
    # Folders that are each other's parent hang nowhere; they are shown all the same.
    shown = {branch.folder.folder_id for branch in branches}
    branches += [Branch(folder, 0, None, None) for folder in folders if folder.folder_id not in shown]
    return branches


def below(folders: Sequence[GalleryFolder], folder_id: str) -> set[str]:
    """The ids of all folders under one, itself included: it can be moved under none of them."""
    found, grew = {folder_id}, True
    while grew:
        more = {one.folder_id for one in folders if one.parent_id in found} - found
        found, grew = found | more, bool(more)
    return found


def stepped(folders: Sequence[GalleryFolder], folder_id: str, step: int) -> list[str]:
    """All ids in the order after moving one up (``step`` -1) or down (1) past its sibling; as it was at the end."""
    order = [folder.folder_id for folder in folders]
    branch = next((one for one in tree(folders) if one.folder.folder_id == folder_id), None)
    past = None if branch is None else (branch.before if step < 0 else branch.after)
    if past is None or is_featured_id(folders, past):
        return order
    order.remove(folder_id)
    order.insert(order.index(past) + (0 if step < 0 else 1), folder_id)
    return order


def is_featured_id(folders: Sequence[GalleryFolder], folder_id: str) -> bool:
    return any(is_featured(folder) for folder in folders if folder.folder_id == folder_id)


def moves(current: Sequence[str], wanted: Sequence[str]) -> list[tuple[str, int]]:
    """What to move where, one after the other, to get from one order to another of the same ids.

    The longest run that is in order already stays; each other id is moved once, to its place in the
    list as it is by then.
    """
    staying = _longest_in_order(current, wanted)
    here, found = list(current), []
    for number, one in enumerate(wanted):
        if one in staying:
            continue
        here.remove(one)
        place = here.index(wanted[number - 1]) + 1 if number else 0
        here.insert(place, one)
        found.append((one, place))
    return found


def _longest_in_order(current: Sequence[str], wanted: Sequence[str]) -> set[str]:
    """The ids of the longest increasing subsequence, by patience sorting."""
    rank = {one: number for number, one in enumerate(wanted)}
    tails: list[int] = []
    last: list[str] = []
    previous: dict[str, str | None] = {}
    for one in current:
        pile = bisect_left(tails, rank[one])
        previous[one] = last[pile - 1] if pile else None
        tails[pile : pile + 1] = [rank[one]]
        last[pile : pile + 1] = [one]
    kept: set[str] = set()
    link = last[-1] if last else None
    while link is not None:
        kept.add(link)
        link = previous[link]
    return kept


def _hang(
    children: dict[str | None, list[GalleryFolder]], parent_id: str | None, depth: int, branches: list[Branch]
) -> None:
    siblings = children.get(parent_id, [])
    for number, folder in enumerate(siblings):
        before = siblings[number - 1].folder_id if number else None
        after = siblings[number + 1].folder_id if number + 1 < len(siblings) else None
        branches.append(Branch(folder, depth, before, after))
        _hang(children, folder.folder_id, depth + 1, branches)
