"""Looking at published work, editing it, and the small endpoints beside it."""

import uuid
from collections.abc import Callable

import httpx
import pytest

from tests.sandbox.support import Artist, Clock, ControlClient, png


def metadata(artist: Artist, deviationid: str, **params: str) -> dict[str, object]:
    answer = artist.get("/deviation/metadata", **{"deviationids[]": deviationid, **params}).json()
    (found,) = answer["metadata"]
    assert isinstance(found, dict)
    return found


def test_a_deviation_is_shown_without_a_word_about_ai(alice: Artist) -> None:
    published = alice.published(png(width=640, height=480), is_ai_generated="true", display_resolution="1")
    shown = alice.get(f"/deviation/{published['deviationid']}").json()
    assert (shown["url"], shown["title"], shown["is_published"]) == (published["url"], "Sunset", True)
    assert shown["author"]["username"] == "alice"
    assert int(shown["published_time"]) > 1_600_000_000
    assert (shown["content"]["width"], shown["content"]["height"]) == (400, 300)
    assert not [name for name in shown if "ai" in name.split("_")]


@pytest.mark.parametrize("deviationid", [str(uuid.UUID(int=5)), "nonsense"])
def test_an_unknown_deviation_is_a_client_error(alice: Artist, deviationid: str) -> None:
    assert alice.get(f"/deviation/{deviationid}").status_code == 400


def test_links_to_pictures_are_signed_and_expire(alice: Artist, clock: Clock) -> None:
    content = png(width=640, height=480)
    work = alice.published(content)["deviationid"]
    link = alice.get(f"/deviation/{work}").json()["content"]["src"]
    assert httpx.get(link, trust_env=False).content == content
    assert httpx.get(link.replace("w=640", "w=639"), trust_env=False).status_code == 403
    clock.advance(minutes=31)
    assert httpx.get(link, trust_env=False).status_code == 403


def test_metadata_gives_description_tags_and_licence(alice: Artist) -> None:
    itemid = alice.submitted(artist_comments="<p>Low tide.</p>")
    licence = {"license_options[creative_commons]": "true", "license_options[commercial]": "no"}
    work = alice.publish(itemid, **{"tags[]": ["sea"]}, **licence).json()["deviationid"]
    found = metadata(alice, work)
    assert found["description"] == "<p>Low tide.</p>"
    assert found["tags"] == [{"tag_name": "sea", "sponsored": False, "sponsor": ""}]
    assert found["license"] == "Creative Commons Attribution-Noncommercial 3.0 License"
    assert "stats" not in found


def test_metadata_grows_on_request(alice: Artist) -> None:
    published = alice.published()
    httpx.get(published["url"], trust_env=False)
    found = metadata(alice, published["deviationid"], ext_stats="true", ext_submission="1", ext_gallery="1")
    assert isinstance(found["stats"], dict)
    assert found["stats"]["views"] == 1
    assert {"submission", "galleries"} <= set(found)


@pytest.mark.parametrize(("count", "extended", "status"), [(50, False, 200), (51, False, 400), (11, True, 400)])
def test_metadata_takes_fifty_ids_and_ten_when_extended(alice: Artist, count: int, extended: bool, status: int) -> None:
    ids = [str(uuid.UUID(int=number)) for number in range(count)]
    params = {"deviationids[]": ids, **({"ext_stats": "true"} if extended else {})}
    assert alice.get("/deviation/metadata", **params).status_code == status


def test_editing_changes_what_is_sent_and_keeps_the_rest(alice: Artist, control: ControlClient) -> None:
    published = alice.published(allow_comments="false")
    edit = f"/deviation/edit/{published['deviationid']}"
    form = {"title": "Sunrise", "tags[]": ["dawn"], "is_mature": "true", "mature_level": "moderate"}
    answer = alice.post(edit, **form).json()
    assert (answer["status"], answer["deviationid"]) == ("success", published["deviationid"])
    (work,) = control.state("deviations")
    assert (work["title"], work["tags"]) == ("Sunrise", ["dawn"])
    assert work["options"] == {"is_mature": True, "mature_level": "moderate", "allow_comments": False}


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"mature_level": "strict"}, "mature_level"),
        ({"is_mature": "true"}, "mature_level"),
        ({"title": "x" * 51}, "title"),
        ({"galleryids[]": str(uuid.UUID(int=3))}, "galleryids[]"),
        ({"add_watermark": "true"}, "add_watermark"),
        ({"itemid": "5"}, "itemid"),
    ],
)
def test_an_edit_is_validated_like_a_publication(alice: Artist, form: dict[str, str], field: str) -> None:
    response = alice.post(f"/deviation/edit/{alice.published()['deviationid']}", **form)
    assert response.status_code == 400
    assert field in response.json()["error_details"]


def test_editing_clears_the_mature_fields_as_a_unit(alice: Artist, control: ControlClient) -> None:
    work = alice.published(is_mature="true", mature_level="strict")["deviationid"]
    assert alice.post(f"/deviation/edit/{work}", is_mature="false").status_code == 200
    assert control.state("deviations")[0]["options"] == {"is_mature": False}


def test_another_persons_work_cannot_be_edited(alice: Artist, connect: Callable[..., Artist]) -> None:
    work = alice.published()["deviationid"]
    assert connect("charlie").post(f"/deviation/edit/{work}", title="Mine").json()["error_code"] == 7


def test_the_original_is_downloaded_where_allowed(alice: Artist) -> None:
    content = png(seed=3)
    free, closed = alice.published(content, allow_free_download="true"), alice.published(allow_free_download="false")
    answer = alice.get(f"/deviation/download/{free['deviationid']}").json()
    assert (answer["filename"], answer["filesize"]) == ("sunset.png", len(content))
    assert httpx.get(answer["src"], trust_env=False).content == content
    assert alice.get(f"/deviation/download/{closed['deviationid']}").status_code == 400


def test_whoami_names_the_person_behind_the_token(alice: Artist) -> None:
    answer = alice.get("/user/whoami").json()
    assert (answer["username"], answer["userid"], answer["type"]) == ("alice", alice.tokens["userid"], "regular")
    assert httpx.get(answer["usericon"], trust_env=False).headers["content-type"] == "image/svg+xml"


def test_people_are_looked_up_by_name(alice: Artist) -> None:
    alice.published()
    assert alice.get("/user/profile/alice").json()["stats"]["user_deviations"] == 1
    found = alice.post("/user/whois", **{"usernames[]": ["alice", "nobody-here"]}).json()["results"]
    assert [user["username"] for user in found] == ["alice"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_placebo_says_that_the_token_is_good(alice: Artist, method: str) -> None:
    assert alice.http.request(method, "/placebo").json() == {"status": "success"}


@pytest.mark.parametrize("path", ["/data/submission", "/data/tos", "/data/privacy"])
def test_the_agreements_can_be_read(alice: Artist, path: str) -> None:
    assert alice.get(path).json()["text"].startswith("<h2>")
