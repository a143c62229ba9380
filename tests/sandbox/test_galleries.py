"""Folders, their content, and paging through it."""

from collections.abc import Callable

import pytest

from tests.sandbox.support import Artist, Clock, ControlClient, png


@pytest.fixture
def folders(alice: Artist, control: ControlClient) -> dict[str, str]:
    """Ids by name: Featured, Portraits, Landscapes."""
    listed = control.post("/users", username="alice", folders=["Portraits", "Landscapes"])["folders"]
    return {folder["name"]: folder["folderid"] for folder in listed}


def names(artist: Artist, **params: str) -> list[str]:
    return [folder["name"] for folder in artist.get("/gallery/folders", **params).json()["results"]]


def test_everyone_has_a_featured_folder(alice: Artist) -> None:
    assert names(alice) == ["Featured"]


def test_published_work_goes_to_featured_unless_told_otherwise(alice: Artist, folders: dict[str, str]) -> None:
    alice.published(title="Plain")
    alice.published(title="Both", **{"galleryids[]": [folders["Portraits"]]})
    alice.published(title="Only", **{"galleryids[]": [folders["Portraits"]], "feature": "false"})
    assert alice.gallery_titles(f"/gallery/{folders['Featured']}") == ["Both", "Plain"]
    assert alice.gallery_titles(f"/gallery/{folders['Portraits']}") == ["Only", "Both"]
    assert alice.gallery_titles() == ["Only", "Both", "Plain"]


def test_paging_follows_next_offset_to_the_end(alice: Artist) -> None:
    for number in range(5):
        alice.published(png(seed=number), title=f"Work {number}")
    first = alice.get("/gallery/all", limit=2).json()
    assert (len(first["results"]), first["has_more"], first["next_offset"]) == (2, True, 2)
    last = alice.get("/gallery/all", limit=2, offset=4).json()
    assert ([work["title"] for work in last["results"]], last["has_more"]) == (["Work 0"], False)
    assert last["next_offset"] is None


@pytest.mark.parametrize(("path", "limit"), [("/gallery/all", 25), ("/gallery/folders", 51), ("/gallery/all", 0)])
def test_a_limit_outside_its_bounds_is_refused(alice: Artist, path: str, limit: int) -> None:
    response = alice.get(path, limit=limit)
    assert response.status_code == 400
    assert "limit" in response.json()["error_details"]


def test_mature_work_is_held_back_from_its_page_unless_asked_for(alice: Artist) -> None:
    alice.published(title="Calm")
    alice.published(title="Wild", is_mature="true", mature_level="strict")
    page = alice.get("/gallery/all", limit=1).json()
    assert (page["results"], page["has_more"], page["next_offset"]) == ([], True, 1)
    assert alice.gallery_titles(mature_content="true") == ["Wild", "Calm"]


def test_new_work_shows_in_galleries_only_after_the_lag(alice: Artist, control: ControlClient, clock: Clock) -> None:
    control.post("/gallery_lag", seconds=120)
    alice.published(title="Late")
    assert alice.gallery_titles() == []
    assert control.state("deviations")[0]["is_listed"] is False
    clock.advance(seconds=121)
    assert alice.gallery_titles() == ["Late"]


def test_anybodys_gallery_can_be_read_by_name(alice: Artist, connect: Callable[..., Artist]) -> None:
    alice.published(title="Hers")
    bob = connect("bob")
    assert bob.gallery_titles() == []
    assert bob.gallery_titles(username="ALICE") == ["Hers"]
    assert bob.get("/gallery/all", username="nobody-here").status_code == 400


def test_folder_sizes_and_emptiness_on_request(alice: Artist, folders: dict[str, str]) -> None:
    alice.published(**{"galleryids[]": [folders["Portraits"]]})
    listed = alice.get("/gallery/folders", calculate_size="true", ext_preload="1").json()["results"]
    assert {folder["name"]: folder["size"] for folder in listed} == {"Featured": 1, "Portraits": 1, "Landscapes": 0}
    assert [work["title"] for work in listed[0]["deviations"]] == ["Sunset"]
    assert names(alice, filter_empty_folder="true") == ["Featured", "Portraits"]


def test_a_folder_is_created_changed_and_nested(alice: Artist) -> None:
    parent = alice.post("/gallery/folders/create", folder="Seasons").json()
    child = alice.post("/gallery/folders/create", folder="Winter", parent_folderid=parent["folderid"]).json()
    assert (child["status"], child["name"]) == ("success", "Winter")
    alice.post("/gallery/folders/update", folderid=child["folderid"], name="Deep winter", description="Snow")
    listed = alice.get("/gallery/folders").json()["results"]
    found = next(folder for folder in listed if folder["folderid"] == child["folderid"])
    assert (found["name"], found["description"], found["parent"]) == ("Deep winter", "Snow", parent["folderid"])


def test_folder_names_are_short_and_unique(alice: Artist, folders: dict[str, str]) -> None:
    assert alice.post("/gallery/folders/create", folder="x" * 51).status_code == 400
    assert alice.post("/gallery/folders/create", folder="Portraits").status_code == 400
    assert alice.post("/gallery/folders/create").status_code == 400


def test_folders_are_put_in_order(alice: Artist, folders: dict[str, str]) -> None:
    alice.post("/gallery/folders/update_order", folderid=folders["Landscapes"], position=1)
    assert names(alice) == ["Featured", "Landscapes", "Portraits"]


def test_a_folder_moves_below_another_and_never_into_itself(alice: Artist, folders: dict[str, str]) -> None:
    move = "/gallery/folders/move"
    one, two = folders["Portraits"], folders["Landscapes"]
    assert alice.post(move, folderid=one, to_folderid=two).json()["success"] is True
    assert alice.post(move, folderid=two, to_folderid=one).status_code == 400


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_removed_folder_leaves_its_works_published(alice: Artist, folders: dict[str, str], method: str) -> None:
    alice.published(title="Stays", **{"galleryids[]": [folders["Portraits"]], "feature": "false"})
    assert alice.http.request(method, f"/gallery/folders/remove/{folders['Portraits']}").status_code == 200
    assert names(alice) == ["Featured", "Landscapes"]
    assert alice.gallery_titles() == ["Stays"]


def test_featured_cannot_be_removed(alice: Artist, folders: dict[str, str]) -> None:
    assert alice.post(f"/gallery/folders/remove/{folders['Featured']}").status_code == 400


def test_works_are_copied_moved_and_taken_out(alice: Artist, folders: dict[str, str]) -> None:
    work = alice.published(title="Wanderer")["deviationid"]
    portraits, landscapes = folders["Portraits"], folders["Landscapes"]
    alice.post("/gallery/folders/copy_deviations", target_folderid=portraits, **{"deviationids[]": [work]})
    assert alice.gallery_titles(f"/gallery/{portraits}") == ["Wanderer"]
    form = {"source_folderid": portraits, "target_folderid": landscapes, "deviationids[]": [work]}
    alice.post("/gallery/folders/move_deviations", **form)
    assert alice.gallery_titles(f"/gallery/{portraits}") == []
    assert alice.gallery_titles(f"/gallery/{landscapes}") == ["Wanderer"]
    alice.post("/gallery/folders/remove_deviations", folderid=landscapes, **{"deviationids[]": [work]})
    assert alice.gallery_titles(f"/gallery/{landscapes}") == []


def test_works_in_a_folder_are_put_in_order(alice: Artist, folders: dict[str, str]) -> None:
    ids = [alice.published(png(seed=n), title=f"Work {n}")["deviationid"] for n in range(3)]
    order = "/gallery/folders/update_deviation_order"
    alice.post(order, folderid=folders["Featured"], deviationid=ids[0], position=0)
    assert alice.gallery_titles(f"/gallery/{folders['Featured']}") == ["Work 0", "Work 2", "Work 1"]
    alice.published(title="Newest")
    assert alice.gallery_titles(f"/gallery/{folders['Featured']}")[0] == "Newest"


def test_another_persons_folder_and_work_are_out_of_reach(
    alice: Artist, folders: dict[str, str], connect: Callable[..., Artist]
) -> None:
    work = alice.published()["deviationid"]
    charlie = connect("charlie")
    own = charlie.get("/gallery/folders").json()["results"][0]["folderid"]
    assert charlie.post("/gallery/folders/update", folderid=folders["Portraits"], name="Mine").status_code == 400
    copied = charlie.post("/gallery/folders/copy_deviations", target_folderid=own, **{"deviationids[]": [work]})
    assert copied.json()["error_code"] == 7
    assert charlie.get(f"/gallery/{folders['Portraits']}").status_code == 400


@pytest.mark.parametrize(
    ("path", "form", "wrong"),
    [
        ("create", {"folder": "New", "name": "New"}, "name"),
        ("create", {"folder": "New", "parentid": "X"}, "parentid"),
        ("update", {"folderid": "X", "folder": "New"}, "folder"),
        ("update_order", {"folderid": "X", "order": "1"}, "order"),
        ("update_order", {"folderid": "X", "position": "first"}, "position"),
        ("move", {"folderid": "X", "parent_folderid": "X"}, "parent_folderid"),
        ("copy_deviations", {"target_folderid": "X", "deviationids": "X"}, "deviationids"),
        ("move_deviations", {"source_folderid": "X", "folderid": "X", "deviationids[]": "X"}, "folderid"),
        ("remove_deviations", {"source_folderid": "X", "deviationids[]": "X"}, "source_folderid"),
        ("remove_deviations", {"folderid": "X", "deviationids[]": ["X"] * 25}, "deviationids[]"),
    ],
)
def test_a_parameter_of_another_name_or_kind_is_refused_by_its_name(
    alice: Artist, folders: dict[str, str], path: str, form: dict[str, object], wrong: str
) -> None:
    known = folders["Portraits"]
    sent = {name: [known] * len(value) if isinstance(value, list) else known if value == "X" else value
            for name, value in form.items()}  # fmt: skip
    response = alice.post(f"/gallery/folders/{path}", **sent)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
    assert wrong in response.json()["error_details"]
