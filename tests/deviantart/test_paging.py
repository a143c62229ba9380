"""Pages of a listing: followed as the site says, and never in a circle."""

from typing import Any

import httpx

from core.adapters.deviantart.sites import DeviantArt
from tests.deviantart.support import answering


def paged(pages: dict[str, dict[str, Any]], asked: list[str]) -> DeviantArt:
    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params["offset"])
        return httpx.Response(200, json=pages[asked[-1]])

    return answering(answer)


def folder(name: str) -> dict[str, Any]:
    return {"folderid": name.upper(), "name": name, "parent": None}


def test_an_empty_page_in_the_middle_is_not_the_end() -> None:
    asked: list[str] = []
    pages = {
        "0": {"results": [folder("a")], "has_more": True, "next_offset": 50},
        "50": {"results": [], "has_more": True, "next_offset": 63},
        "63": {"results": [folder("b")], "has_more": False, "next_offset": None},
    }
    assert [one.name for one in paged(pages, asked).list_folders("token")] == ["a", "b"]
    assert asked == ["0", "50", "63"]


def test_an_offset_that_does_not_advance_ends_the_listing() -> None:
    asked: list[str] = []
    pages = {
        "0": {"results": [folder("a")], "has_more": True, "next_offset": 50},
        "50": {"results": [folder("b")], "has_more": True, "next_offset": 50},
    }
    assert [one.name for one in paged(pages, asked).list_folders("token")] == ["a", "b"]
    assert asked == ["0", "50"]


def test_more_without_an_offset_ends_the_listing() -> None:
    asked: list[str] = []
    pages = {"0": {"results": [folder("a")], "has_more": True, "next_offset": None}}
    assert len(paged(pages, asked).list_folders("token")) == 1


def test_unknown_fields_and_missing_optional_ones_do_no_harm() -> None:
    asked: list[str] = []
    results = [
        {"deviationid": "D1", "is_deleted": True},
        {"deviationid": "D2", "url": "https://x.test/2", "published_time": "not a number", "brand_new": 1},
    ]
    site = paged({"0": {"results": results, "has_more": False}}, asked)
    found = list(site.newest("token"))
    assert [(one.deviation_id, one.title, one.published_at) for one in found] == [("D2", None, None)]
