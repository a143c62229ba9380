"""The contract of browsing: which parameters go out, and what is made of the answers."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from core.adapters.deviantart.sites import DeviantArt
from core.publishing.providers import ErrorCategory, ProviderError
from tests.deviantart.support import answering, saying

PAGE = {"offset": 25, "limit": 24, "mature": True}
EXPAND = ("expand", "deviation.tier,deviation.premium_folder_data")
PAGED = {("offset", "25"), ("limit", "24"), ("mature_content", "true"), EXPAND}
SHOWN = {("mature_content", "false"), EXPAND}
CALLS: list[tuple[Callable[[DeviantArt], Any], str, set[tuple[str, str]]]] = [
    (lambda site: site.browse_home("t", **PAGE), "/browse/home", PAGED),
    (lambda site: site.browse_following("t", **PAGE), "/browse/deviantsyouwatch", PAGED),
    (lambda site: site.browse_tag("t", "fox", **PAGE), "/browse/tags", PAGED | {("tag", "fox")}),
    (lambda site: site.browse_topic("t", "sea", **PAGE), "/browse/topic", PAGED | {("topic", "sea")}),
    (
        lambda site: site.browse_daily("t", date(2026, 3, 1), mature=False),
        "/browse/dailydeviations",
        SHOWN | {("date", "2026-03-01")},
    ),
    (lambda site: site.search_tags("t", "fo"), "/browse/tags/search", {("tag_name", "fo")}),
    (lambda site: site.list_topics("t", offset=10, limit=10), "/browse/topics", {("offset", "10"), ("limit", "10")}),
    (lambda site: site.top_topics("t"), "/browse/toptopics", set()),
    (lambda site: site.more_like("t", "D1", mature=False), "/browse/morelikethis/preview", SHOWN | {("seed", "D1")}),
]


@pytest.mark.parametrize(("call", "path", "sent"), CALLS, ids=[path for _, path, _ in CALLS])
def test_each_call_sends_exactly_what_decides_its_answer(
    call: Callable[[DeviantArt], Any], path: str, sent: set[tuple[str, str]]
) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"results": []})

    call(answering(answer))
    assert (seen[0].method, seen[0].url.path) == ("GET", f"/api/v1/oauth2{path}")
    assert set(parse_qsl(seen[0].url.query.decode())) == sent


def test_a_single_work_is_asked_for_with_what_it_is_kept_for_and_described_with_its_figures() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        body = {"metadata": [{"tags": []}]} if request.url.path.endswith("metadata") else work("D1")
        return httpx.Response(200, json=body)

    site = answering(answer)
    site.look_at("t", "D1")
    site.describe("t", "D1")
    assert set(parse_qsl(seen[0].url.query.decode())) == {("mature_content", "true"), EXPAND}
    assert seen[0].url.path.endswith("/deviation/D1")
    described = {("deviationids[]", "D1"), ("ext_stats", "true"), ("mature_content", "true")}
    assert set(parse_qsl(seen[1].url.query.decode())) == described


@pytest.mark.parametrize(("path", "longest"), [("browse_home", "50"), ("browse_tag", "50"), ("browse_topic", "24")])
def test_no_page_longer_than_the_site_takes_is_asked_for(path: str, longest: str) -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.params["limit"])
        return httpx.Response(200, json={"results": []})

    site = answering(answer)
    narrowing = () if path == "browse_home" else ("x",)
    getattr(site, path)("t", *narrowing, offset=0, limit=500, mature=False)
    assert seen == [longest]


def work(number: str, **fields: Any) -> dict[str, Any]:
    return {"deviationid": number, "url": f"https://site.test/{number}", "title": "Fox", **fields}


def page(*works: Any, **fields: Any) -> DeviantArt:
    return saying(200, {"results": list(works), **fields})


def home(site: DeviantArt) -> Any:
    return site.browse_home("t", offset=0, limit=24, mature=False)


def test_everything_a_card_shows_is_read() -> None:
    thumbs = [{"src": f"https://pic.test/{width}", "width": width, "height": width // 2} for width in (150, 300, 600)]
    (one,) = home(
        page(
            work(
                "D1",
                author={"username": "amber"},
                thumbs=thumbs,
                is_mature=True,
                published_time="1767225600",
                stats={"favourites": 7, "comments": 2},
                tier_access="locked",
                premium_folder_data={"type": "paid"},
            )
        )
    ).works
    assert (one.author, one.is_mature, one.favourites, one.comments) == ("amber", True, 7, 2)
    assert (one.is_for_subscribers, one.is_premium) == (True, True)
    assert one.published_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert (one.thumbnail.url, one.thumbnail.width, one.thumbnail.height) == ("https://pic.test/300", 300, 150)


def test_deleted_and_odd_entries_are_left_out_and_missing_fields_do_no_harm() -> None:
    found = home(page(work("D1", is_deleted=True), "nonsense", work("D2", url="javascript:alert(1)"), work("D3"), {}))
    assert [one.deviation_id for one in found.works] == ["D3"]
    assert (found.works[0].thumbnail, found.works[0].favourites) == (None, None)


def test_a_picture_that_is_no_web_address_is_not_shown() -> None:
    odd = [{"src": "javascript:alert(1)", "width": 300, "height": 200}]
    assert home(page(work("D1", thumbs=odd))).works[0].thumbnail is None


@pytest.mark.parametrize(
    ("end", "following"),
    [
        ({"has_more": True, "next_offset": 31}, 31),
        ({"has_more": False, "next_offset": None}, None),
        ({"has_more": True, "next_offset": 0}, None),
        ({"has_more": True}, None),
        ({"has_more": False, "next_offset": 31}, None),
    ],
)
def test_the_next_page_is_where_the_site_says_and_never_in_a_circle(end: dict[str, Any], following: int | None) -> None:
    assert home(page(work("D1"), **end)).next_offset == following


def test_an_empty_page_with_more_is_not_the_end() -> None:
    found = home(page(has_more=True, next_offset=60))
    assert (list(found.works), found.next_offset) == ([], 60)


def test_a_deleted_work_is_gone_not_a_surprise() -> None:
    with pytest.raises(ProviderError) as caught:
        saying(200, {"deviationid": "D1", "is_deleted": True}).look_at("t", "D1")
    assert caught.value.category is ErrorCategory.GONE
    with pytest.raises(ProviderError):
        saying(200, {"metadata": []}).describe("t", "D1")


def test_the_adapter_and_the_sandbox_agree_on_every_call(site: DeviantArt, token: str) -> None:
    first = site.browse_home(token, offset=0, limit=24, mature=False)
    assert first.works and first.next_offset
    assert all(one.thumbnail for one in first.works)
    assert site.browse_home(token, offset=first.next_offset, limit=24, mature=False).works[0] not in first.works
    assert len(site.browse_daily(token, date(2026, 3, 1), mature=True).works) == 12
    assert site.browse_following(token, offset=0, limit=50, mature=True).works
    assert site.browse_tag(token, site.search_tags(token, "fo")[0], offset=0, limit=50, mature=True).works
    topics = site.list_topics(token, offset=0, limit=10)
    assert len(topics.topics) == 10 and topics.next_offset == 10
    assert site.top_topics(token)[0].examples
    assert site.browse_topic(token, topics.topics[0].name, offset=0, limit=24, mature=True).works
    seed = first.works[0]
    assert site.more_like(token, seed.deviation_id, mature=True).others
    assert site.look_at(token, seed.deviation_id).title == seed.title
    assert site.describe(token, seed.deviation_id).tags
