"""Folders as a tree, and the fewest moves between two orders."""

from hypothesis import given
from hypothesis import strategies as st

from core.publishing.gallery_tree import below, moves, stepped, tree
from core.publishing.providers import GalleryFolder


def folder(name, parent=None):
    return GalleryFolder(name, name, parent)


FOLDERS = [folder("Featured"), folder("A"), folder("A1", "A"), folder("B"), folder("A2", "A"), folder("B1", "B")]


def drawn(folders):
    return [f"{'  ' * branch.depth}{branch.folder.name}" for branch in tree(folders)]


def test_children_hang_below_their_parent_in_the_order_of_the_list():
    assert drawn(FOLDERS) == ["Featured", "A", "  A1", "  A2", "B", "  B1"]


def test_folders_without_a_parent_that_is_there_hang_at_the_top():
    assert drawn([folder("A", "gone"), folder("B", "C"), folder("C", "B"), folder("D", "D")]) == ["A", "B", "C", "D"]


def test_what_is_below_a_folder_includes_it():
    deep = [*FOLDERS, folder("A11", "A1")]
    assert below(deep, "A") == {"A", "A1", "A2", "A11"}


def test_a_step_goes_past_the_sibling_and_nothing_else():
    assert stepped(FOLDERS, "A2", -1) == ["Featured", "A", "A2", "A1", "B", "B1"]
    assert stepped(FOLDERS, "A", 1) == ["Featured", "A1", "B", "A", "A2", "B1"]
    unchanged = [one.folder_id for one in FOLDERS]
    assert stepped(FOLDERS, "A1", -1) == stepped(FOLDERS, "B", 1) == stepped(FOLDERS, "gone", 1) == unchanged


def test_nothing_goes_before_featured():
    unchanged = [one.folder_id for one in FOLDERS]
    assert stepped(FOLDERS, "A", -1) == stepped(FOLDERS, "Featured", 1)[:0] + unchanged


def test_one_folder_to_the_end_is_one_move():
    assert moves("abcd", "bcda") == [("a", 3)]
    assert moves("abcd", "dabc") == [("d", 0)]
    assert moves("abcd", "abcd") == []


@given(st.permutations("abcdefgh"))
def test_the_moves_lead_to_the_order_and_each_is_made_once(wanted):
    here = list("abcdefgh")
    steps = moves(here, wanted)
    for one, place in steps:
        here.remove(one)
        here.insert(place, one)
    assert here == list(wanted)
    assert len({one for one, _ in steps}) == len(steps)
    assert len(steps) <= 7
