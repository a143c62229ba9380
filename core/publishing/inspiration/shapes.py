"""Browse answers as JSON, for the cache, and back."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from core.publishing.inspiration.providers import Browsed, BrowsePage, Described, Picture, Similar, Topic, TopicPage

JsonDict = dict[str, Any]


def page_json(page: BrowsePage) -> JsonDict:
    return {"works": [_work_json(one) for one in page.works], "next_offset": page.next_offset}


def read_page(body: JsonDict) -> BrowsePage:
    return BrowsePage([read_work(one) for one in body["works"]], body["next_offset"])


def topics_json(page: TopicPage) -> JsonDict:
    topics = [
        {"name": one.name, "title": one.title, "examples": [_work_json(work) for work in one.examples]}
        for one in page.topics
    ]
    return {"topics": topics, "next_offset": page.next_offset}


def read_topics(body: JsonDict) -> TopicPage:
    topics = [Topic(one["name"], one["title"], [read_work(work) for work in one["examples"]]) for one in body["topics"]]
    return TopicPage(topics, body["next_offset"])


def similar_json(similar: Similar) -> JsonDict:
    return {
        "same_artist": [_work_json(one) for one in similar.same_artist],
        "others": [_work_json(one) for one in similar.others],
    }


def read_similar(body: JsonDict) -> Similar:
    return Similar([read_work(one) for one in body["same_artist"]], [read_work(one) for one in body["others"]])


def work_json(work: Browsed) -> JsonDict:
    return {"work": _work_json(work)}


def described_json(described: Described) -> JsonDict:
    return asdict(described)


def read_described(body: JsonDict) -> Described:
    return Described(**body)


def read_work(body: Mapping[str, Any]) -> Browsed:
    values = dict(body)
    if values["thumbnail"] is not None:
        values["thumbnail"] = Picture(**values["thumbnail"])
    if values["published_at"] is not None:
        values["published_at"] = datetime.fromisoformat(values["published_at"])
    return Browsed(**values)


def _work_json(work: Browsed) -> JsonDict:
    return asdict(work) | {"published_at": work.published_at.isoformat() if work.published_at else None}
