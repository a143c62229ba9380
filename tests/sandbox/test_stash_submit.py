"""Submitting files to Sta.sh."""

import hashlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.sandbox.support import Artist, ControlClient, png


def refused(response: httpx.Response) -> dict[str, str]:
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request"), response.text
    details: dict[str, str] = response.json()["error_details"]
    return details


def test_a_submission_is_kept_with_everything_that_was_sent(alice: Artist, control: ControlClient) -> None:
    content = png(width=80, height=60)
    form: dict[str, Any] = {
        "title": "Dunes",
        "artist_comments": "<p>Wind.</p>",
        "tags[]": ["sand", "sea_side"],
        "original_url": "https://example.org/dunes",
        "is_dirty": "true",
        "is_ai_generated": "true",
        "noai": "1",
    }
    alice.submitted(content, **form)
    (item,) = control.state("submissions")
    assert item["sha256"] == hashlib.sha256(content).hexdigest()
    assert (item["file"]["width"], item["file"]["height"]) == (80, 60)
    assert item["parameters"] == {
        "title": "Dunes",
        "artist_comments": "<p>Wind.</p>",
        "tags": ["sand", "sea_side"],
        "original_url": "https://example.org/dunes",
        "is_dirty": True,
        "is_ai_generated": True,
        "noai": True,
    }


def test_the_answer_names_item_and_stack_and_ids_exceed_32_bits(alice: Artist) -> None:
    answer = alice.submit().json()
    assert answer["status"] == "success"
    assert answer["itemid"] > 2**32
    assert answer["stack"] == "Sta.sh Uploads"
    assert answer["stackid"] > 2**32


@pytest.mark.parametrize("part", ["file", "submission", "anything"])
def test_the_name_of_the_file_part_is_free(alice: Artist, part: str) -> None:
    response = alice.http.post("/stash/submit", data={"title": "A"}, files={part: ("a.png", png())})
    assert response.status_code == 200


def test_a_file_part_without_a_filename_breaks_the_site(alice: Artist) -> None:
    response = alice.http.post("/stash/submit", data={"title": "A"}, files={"file": (None, png())})
    assert (response.status_code, response.json()["error"]) == (500, "server_error")


def test_a_submission_needs_a_file(alice: Artist) -> None:
    response = alice.http.post("/stash/submit", files={"title": (None, "A")})
    assert "file" in refused(response)


def test_a_submission_is_multipart(alice: Artist) -> None:
    assert alice.post("/stash/submit", title="A").status_code == 400


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"title": "x" * 51}, "title"),
        ({"tags[]": ["two words"]}, "tags[]"),
        ({"tags[]": ["rosé"]}, "tags[]"),
        ({"tags[]": [f"tag{n}" for n in range(31)]}, "tags[]"),
        ({"tags": "plain"}, "tags"),
        ({"is_ai_generated": "maybe"}, "is_ai_generated"),
        ({"stackid": "17"}, "stackid"),
        ({"colour": "blue"}, "colour"),
        ({"is_mature": "true"}, "is_mature"),
    ],
)
def test_what_submit_does_not_take_is_refused_by_name(alice: Artist, form: dict[str, Any], field: str) -> None:
    assert field in refused(alice.submit(**form))


def test_fifty_characters_and_thirty_tags_fit(alice: Artist) -> None:
    assert alice.submit(title="x" * 50, **{"tags[]": [f"tag{n}" for n in range(30)]}).status_code == 200


def test_an_empty_file_is_refused(alice: Artist) -> None:
    response = alice.http.post("/stash/submit", files={"file": ("a.png", b"")})
    assert "file" in refused(response)


def test_an_item_id_replaces_the_file_and_keeps_the_item(alice: Artist, control: ControlClient) -> None:
    itemid = alice.submitted(png(seed=1), title="First", **{"tags[]": ["kept"]})
    again = alice.submit(png(seed=2), itemid=str(itemid), title="Second").json()
    assert again["itemid"] == itemid
    (item,) = control.state("submissions")
    assert (item["title"], item["tags"], item["submits"]) == ("Second", ["kept"], 2)
    assert item["sha256"] == hashlib.sha256(png(seed=2)).hexdigest()


def test_an_item_id_of_somebody_else_is_not_found(alice: Artist, connect: Callable[..., Artist]) -> None:
    itemid = alice.submitted()
    response = connect("charlie").submit(itemid=str(itemid))
    assert (response.status_code, response.json()["error_code"]) == (400, 7)


def test_a_published_item_cannot_be_replaced(alice: Artist) -> None:
    itemid = alice.submitted()
    alice.publish(itemid)
    assert "itemid" in refused(alice.submit(itemid=str(itemid)))


def test_stacks_are_found_by_name_and_by_id(alice: Artist) -> None:
    first = alice.submit(stack="Winter").json()
    by_name = alice.submit(stack="Winter").json()
    by_id = alice.submit(stackid=str(first["stackid"])).json()
    assert first["stackid"] == by_name["stackid"] == by_id["stackid"]
    assert by_id["stack"] == "Winter"
