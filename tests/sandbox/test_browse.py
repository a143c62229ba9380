"""Other people's work at the imitated site: lists, limits, short pages, what is withdrawn."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.sandbox.support import Artist, Clock

LISTS = ["/browse/home", "/browse/deviantsyouwatch", "/browse/tags?tag=fox", "/browse/topic?topic=animals"]


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [work["deviationid"] for work in answer.json()["results"]]


def everything(artist: Artist, path: str, **params: Any) -> tuple[list[str], list[int]]:
    """All pages as ``next_offset`` leads, and how long each was."""
    found: list[str] = []
    lengths: list[int] = []
    offset: int | None = 0
    while offset is not None:
        page = artist.get(path, offset=offset, **params).json()
        found += [work["deviationid"] for work in page["results"]]
        lengths.append(len(page["results"]))
        assert (page["next_offset"] is None) is not page["has_more"]
        offset = page["next_offset"]
    return found, lengths


def test_paging_by_next_offset_finds_each_work_once(alice: Artist) -> None:
    found, _ = everything(alice, "/browse/home", limit=50, mature_content="true")
    assert len(found) == len(set(found)) > 200


def test_offsets_cannot_be_computed_and_pages_run_short(alice: Artist) -> None:
    page = alice.get("/browse/home", limit=24).json()
    assert page["has_more"] is True
    assert page["next_offset"] > 24
    assert len(page["results"]) < 24


def test_a_page_may_be_empty_although_more_follows(alice: Artist) -> None:
    page = alice.get("/browse/topic", topic="surreal", limit=5).json()
    assert (page["results"], page["has_more"]) == ([], True)


def test_mature_work_comes_only_when_asked_for(alice: Artist) -> None:
    calm = alice.get("/browse/home", limit=50).json()["results"]
    everybody = alice.get("/browse/home", limit=50, mature_content="true").json()["results"]
    assert {work["is_mature"] for work in calm} == {False}
    assert {work["is_mature"] for work in everybody} == {True, False}


@pytest.mark.parametrize(
    ("path", "limit"),
    [("/browse/home", 51), ("/browse/tags?tag=fox", 51), ("/browse/topic?topic=animals", 25), ("/browse/topics", 11)],
)
def test_a_page_longer_than_the_endpoint_allows_is_refused(alice: Artist, path: str, limit: int) -> None:
    path, _, query = path.partition("?")
    params = dict([query.split("=")]) if query else {}
    answer = alice.get(path, limit=limit, **params)
    assert answer.status_code == 400
    assert "limit" in answer.json()["error_details"]


def test_a_day_has_its_own_choice_and_the_same_each_time(alice: Artist) -> None:
    first = ids(alice.get("/browse/dailydeviations", date="2026-03-01"))
    assert first == ids(alice.get("/browse/dailydeviations", date="2026-03-01"))
    assert first != ids(alice.get("/browse/dailydeviations", date="2026-03-02"))


@pytest.mark.parametrize("day", ["2026-3-1", "yesterday", "2026-02-30", "2199-01-01"])
def test_a_day_that_is_none_or_to_come_is_refused(alice: Artist, day: str) -> None:
    assert "date" in alice.get("/browse/dailydeviations", date=day).json()["error_details"]


def test_tags_are_suggested_from_two_letters_on(alice: Artist) -> None:
    names = [one["tag_name"] for one in alice.get("/browse/tags/search", tag_name="la").json()["results"]]
    assert "landscape" in names
    assert all(name.startswith("la") for name in names)
    assert alice.get("/browse/tags/search", tag_name="l").status_code == 400


def test_a_tag_and_a_topic_hold_what_carries_them(alice: Artist) -> None:
    assert ids(alice.get("/browse/tags", tag="fox", limit=50))
    assert ids(alice.get("/browse/topic", topic="animals", limit=24))
    assert alice.get("/browse/tags", tag="two words").status_code == 400
    assert alice.get("/browse/topic", topic="no-such-topic").status_code == 400
    assert alice.get("/browse/tags").json()["error_details"] == {"tag": "tag is required."}


def test_topics_come_ten_a_page_with_examples(alice: Artist) -> None:
    first = alice.get("/browse/topics").json()
    rest = alice.get("/browse/topics", offset=first["next_offset"]).json()
    names = [one["canonical_name"] for one in first["results"] + rest["results"]]
    assert len(first["results"]) == 10 and len(names) == len(set(names))
    assert first["results"][0]["example_deviations"]
    assert len(alice.get("/browse/toptopics").json()["results"]) == 6


def test_people_watch_different_artists(alice: Artist, connect: Callable[..., Artist]) -> None:
    watch = "/browse/deviantsyouwatch"
    assert ids(alice.get(watch, limit=50)) != ids(connect("bob").get(watch, limit=50))


def test_more_like_this_keeps_the_artist_apart_from_others(alice: Artist) -> None:
    seed = alice.get("/browse/home").json()["results"][0]
    answer = alice.get("/browse/morelikethis/preview", seed=seed["deviationid"], mature_content="true").json()
    artist = seed["author"]["username"]
    assert (answer["seed"], answer["author"]["username"]) == (seed["deviationid"], artist)
    assert {work["author"]["username"] for work in answer["more_from_artist"]} == {artist}
    assert artist not in {work["author"]["username"] for work in answer["more_from_da"]}


def test_more_like_ones_own_work_and_like_nothing(alice: Artist) -> None:
    own = alice.published()["deviationid"]
    assert alice.get("/browse/morelikethis/preview", seed=own).json()["more_from_da"]
    nowhere = alice.get("/browse/morelikethis/preview", seed="0" * 8 + "-0000-0000-0000-" + "0" * 12)
    assert (nowhere.status_code, nowhere.json()["error_code"]) == (400, 7)


def test_more_like_this_needs_its_own_scope(connect: Callable[..., Artist], alice: Artist) -> None:
    seed = ids(alice.get("/browse/home"))[0]
    bob = connect("bob", scope="basic browse")
    assert bob.get("/browse/morelikethis/preview", seed=seed).json()["error"] == "insufficient_scope"


def test_a_work_can_be_looked_at_described_and_opened(alice: Artist) -> None:
    work = alice.get("/browse/home").json()["results"][0]
    shown = alice.get(f"/deviation/{work['deviationid']}").json()
    assert (shown["title"], shown["url"]) == (work["title"], work["url"])
    found = alice.get("/deviation/metadata", **{"deviationids[]": [work["deviationid"]], "ext_stats": "true"}).json()
    assert found["metadata"][0]["tags"] and found["metadata"][0]["stats"]["views"] >= 0
    assert work["title"] in httpx.get(work["url"], trust_env=False).text


def test_premium_data_comes_only_when_it_is_expanded(alice: Artist) -> None:
    asked = {"limit": 50, "mature_content": "true"}
    plain = alice.get("/browse/home", **asked).json()["results"]
    expanded = alice.get("/browse/home", **asked, expand="deviation.premium_folder_data").json()["results"]
    assert not any("premium_folder_data" in work for work in plain)
    assert any("premium_folder_data" in work for work in expanded)
    assert any(work.get("tier_access") for work in plain)


def test_pictures_are_served_by_the_sandbox_until_their_links_end(alice: Artist, clock: Clock) -> None:
    source = alice.get("/browse/home").json()["results"][0]["thumbs"][-1]["src"]
    assert source.startswith(alice.base_url)
    picture = httpx.get(source, trust_env=False)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")
    assert httpx.get(source.replace("w=300", "w=299"), trust_env=False).status_code == 403
    clock.advance(hours=49)
    assert httpx.get(source, trust_env=False).status_code == 403


@pytest.mark.parametrize("name", ["popular", "newest", "hot", "undiscovered", "recommended", "categorytree"])
def test_what_the_site_withdrew_is_not_found(alice: Artist, name: str) -> None:
    answer = alice.get(f"/browse/{name}")
    assert (answer.status_code, answer.json()["error_description"]) == (404, "Api endpoint not found.")


@pytest.mark.parametrize("path", LISTS)
def test_an_unknown_parameter_is_refused_by_every_list(alice: Artist, path: str) -> None:
    path, _, query = path.partition("?")
    params = dict([query.split("=")]) if query else {}
    assert alice.get(path, colour="blue", **params).json()["error_details"] == {"colour": "Unknown parameter."}
