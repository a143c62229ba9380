"""Publishing from Sta.sh."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.sandbox.support import Artist, ControlClient, png

EVERYTHING: dict[str, Any] = {
    "is_mature": "true",
    "mature_level": "moderate",
    "mature_classification[]": ["nudity", "gore"],
    "is_ai_generated": "true",
    "noai": "true",
    "tags[]": ["one", "two"],
    "feature": "false",
    "allow_comments": "true",
    "allow_free_download": "false",
    "display_resolution": "6",
    "add_watermark": "true",
    "license_options[creative_commons]": "true",
    "license_options[commercial]": "no",
    "license_options[modify]": "share",
    "sharing": "hide_share_buttons",
    "request_critique": "false",
    "groups[]": [str(uuid.UUID(int=1))],
    "group_folders[]": [str(uuid.UUID(int=2))],
    "subject_tags[]": ["lamp"],
    "subject_tag_types[]": ["3"],
    "location_tag": "Lisbon",
    "agree_submission": "true",
    "agree_tos": "true",
}


def test_publishing_answers_with_address_and_upper_case_id(alice: Artist) -> None:
    answer = alice.published(title="Old Lighthouse, Dusk!")
    assert answer["status"] == "success"
    assert answer["url"].startswith(f"{alice.base_url}/alice/art/Old-Lighthouse-Dusk-")
    assert str(uuid.UUID(answer["deviationid"])).upper() == answer["deviationid"]


def test_every_documented_parameter_is_taken_and_kept(alice: Artist, control: ControlClient) -> None:
    folderid = control.post("/users", username="alice", folders=["Portraits"])["folders"][1]["folderid"]
    itemid = alice.submitted()
    response = alice.publish(itemid, **EVERYTHING, **{"galleryids[]": [folderid]})
    assert response.status_code == 200, response.text
    (work,) = control.state("deviations")
    kept = work["publish_parameters"]
    assert set(kept) == {"itemid", "galleryids"} | {name.removesuffix("[]") for name in EVERYTHING}
    assert kept["mature_classification"] == ["nudity", "gore"]
    assert kept["license_options[modify]"] == "share"
    assert (kept["display_resolution"], kept["add_watermark"], kept["feature"]) == (6, True, False)
    assert work["folders"] == [folderid]
    assert (work["itemid"], work["tags"], work["title"]) == (itemid, ["one", "two"], "Sunset")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"mature_level": "strict"}, "mature_level"),
        ({"mature_classification[]": ["gore"]}, "mature_classification"),
        ({"is_mature": "true"}, "mature_level"),
        ({"is_mature": "true", "mature_level": "mild"}, "mature_level"),
        (
            {"is_mature": "true", "mature_level": "strict", "mature_classification[]": ["rude"]},
            "mature_classification[]",
        ),
        ({"is_mature": []}, "is_mature"),
        ({"galleryids[]": [str(uuid.UUID(int=9))]}, "galleryids[]"),
        ({"galleryids[]": ["featured"]}, "galleryids[]"),
        ({"tags[]": ["no spaces"]}, "tags[]"),
        ({"sharing": "never"}, "sharing"),
        ({"groups[]": [str(uuid.UUID(int=1))]}, "group_folders[]"),
        ({"subject_tags[]": ["lamp"], "subject_tag_types[]": ["2"]}, "subject_tag_types[]"),
        ({"title": "Not here"}, "title"),
        ({"schedule": "tomorrow"}, "schedule"),
    ],
)
def test_what_publish_does_not_take_is_refused_by_name(alice: Artist, changed: dict[str, Any], field: str) -> None:
    response = alice.publish(alice.submitted(), **changed)
    assert response.status_code == 400
    assert field in response.json()["error_details"]
    assert "error_code" not in response.json()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"agree_submission": "false"}, 0),
        ({"agree_tos": "false"}, 1),
        ({"license_options[modify]": "sometimes"}, 4),
        ({"license_options[commercial]": "true"}, 4),
        ({"display_resolution": "9"}, 5),
        ({"add_watermark": "true"}, 5),
        ({"add_watermark": "true", "display_resolution": "0"}, 5),
    ],
)
def test_refusals_carry_their_error_code(alice: Artist, changed: dict[str, str], code: int) -> None:
    response = alice.publish(alice.submitted(), **changed)
    assert (response.status_code, response.json()["error_code"]) == (400, code)


def test_agreements_can_be_made_mandatory(alice: Artist, control: ControlClient) -> None:
    control.post("/agreements", required=True)
    itemid = alice.submitted()
    assert alice.publish(itemid).json()["error_code"] == 0
    assert alice.publish(itemid, agree_submission="1").json()["error_code"] == 1
    assert alice.publish(itemid, agree_submission="1", agree_tos="1").status_code == 200


def test_an_unknown_item_is_error_code_7(alice: Artist) -> None:
    response = alice.publish(1_763_999_999_999_999)
    assert (response.status_code, response.json()["error_code"]) == (400, 7)


def test_somebody_elses_item_is_error_code_7(alice: Artist, connect: Callable[..., Artist]) -> None:
    assert connect("charlie").publish(alice.submitted()).json()["error_code"] == 7


def test_a_file_that_is_no_picture_needs_a_preview_image(alice: Artist) -> None:
    itemid = alice.submitted(b"just words", filename="story.txt")
    assert alice.publish(itemid).json()["error_code"] == 8


def test_publishing_again_is_error_code_9(alice: Artist, control: ControlClient) -> None:
    itemid = alice.submitted()
    assert alice.publish(itemid).status_code == 200
    again = alice.publish(itemid)
    assert (again.status_code, again.json()["error_code"]) == (400, 9)
    counts = control.state("counts")
    assert (counts["deviations"], counts["publish_attempts"]) == (1, 2)


def test_an_item_is_published_once_however_many_ask_at_once(alice: Artist, control: ControlClient) -> None:
    control.post("/latency", seconds=0.02, jitter_seconds=0.02)
    itemid = alice.submitted()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: alice.publish(itemid).json(), range(60)))
    assert sum(answer["status"] == "success" for answer in answers) == 1
    assert sum(answer.get("error_code") == 9 for answer in answers) == 59
    counts = control.state("counts")
    assert (counts["deviations"], counts["items_published_twice"]) == (1, 0)


def test_the_same_file_published_from_two_items_is_counted(alice: Artist, control: ControlClient) -> None:
    alice.published(png(seed=5))
    alice.published(png(seed=5))
    alice.published(png(seed=6))
    assert control.state("counts")["files_published_twice"] == 1


def test_tags_sent_with_publish_replace_those_of_the_submission(alice: Artist, control: ControlClient) -> None:
    alice.publish(alice.submitted(**{"tags[]": ["early"]}))
    alice.publish(alice.submitted(**{"tags[]": ["early"]}), **{"tags[]": ["late"]})
    assert [work["tags"] for work in control.state("deviations")] == [["early"], ["late"]]


def test_publishing_is_form_encoded_in_the_body(alice: Artist) -> None:
    itemid = alice.submitted()
    assert alice.http.post("/stash/publish", json={"itemid": itemid, "is_mature": False}).status_code == 400
    in_query = alice.http.post("/stash/publish", params={"itemid": itemid, "is_mature": "false"})
    mixed = alice.http.post("/stash/publish", params={"noai": "1"}, data={"itemid": itemid, "is_mature": "false"})
    assert (in_query.status_code, mixed.status_code) == (400, 400)
