"""Looking at what others publish. Withdrawn modes (popular, newest, hot, undiscovered, recommended) are not here."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from core.sandbox.deviantart import catalogue
from core.sandbox.deviantart.catalogue import InventedWork
from core.sandbox.deviantart.endpoint import Call, Endpoint
from core.sandbox.deviantart.errors import ITEM_NOT_FOUND, invalid_fields, invalid_request
from core.sandbox.deviantart.fields import Field, Refused, page_fields, tag, text, uuid_text
from core.sandbox.deviantart.invented import artist_object, work_object
from core.sandbox.deviantart.models import JsonDict
from core.sandbox.deviantart.views import user_object

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
EXAMPLES = 5


def day(value: str) -> str:
    """A date as 2026-03-01."""
    try:
        if not DAY.fullmatch(value):
            raise ValueError
        date.fromisoformat(value)
    except ValueError:
        raise Refused("Must be a date as YYYY-MM-DD.") from None
    return value


def home(call: Call) -> JsonDict:
    """What the front page shows; ``q`` narrows it to titles and tags."""
    wanted = call.values.get("q", "").lower()
    found = [work for work in catalogue.works() if wanted in work.title.lower() or wanted in work.tags]
    return {**_page(call, found), "estimated_total": len(found)}


def daily_deviations(call: Call) -> JsonDict:
    """A day's choice, today's without a date; one page, whatever is held back."""
    today = datetime.fromtimestamp(call.site.clock(), UTC).date()
    wanted = call.values.get("date", today.isoformat())
    if date.fromisoformat(wanted) > today + timedelta(days=1):
        raise invalid_fields({"date": "There is no choice for this day yet."})
    return {"results": _shown(call, catalogue.daily(wanted))}


def by_tag(call: Call) -> JsonDict:
    return _page(call, catalogue.with_tag(call.values["tag"]))


def search_tags(call: Call) -> JsonDict:
    """The ten most used tags that begin so."""
    return {"results": [{"tag_name": name} for name in catalogue.tags_beginning(call.values["tag_name"])[:10]]}


def by_topic(call: Call) -> JsonDict:
    topic = call.values["topic"]
    if topic not in catalogue.TOPICS:
        raise invalid_fields({"topic": "There is no such topic."})
    return _page(call, catalogue.in_topic(topic))


def topics(call: Call) -> JsonDict:
    offset, limit = call.values.get("offset", 0), call.values.get("limit", 10)
    names = list(catalogue.TOPICS)
    end = offset + limit
    has_more = end < len(names)
    results = [_topic(call, name) for name in names[offset:end]]
    return {"results": results, "has_more": has_more, "next_offset": end if has_more else None}


def top_topics(call: Call) -> JsonDict:
    return {"results": [_topic(call, name) for name in list(catalogue.TOPICS)[:6]]}


def watched(call: Call) -> JsonDict:
    return _page(call, catalogue.watched_by(call.user.username))


def more_like_this(call: Call) -> JsonDict:
    """More of the same artist and more from others, for a work of anybody."""
    seed = call.values["seed"]
    invented, own = catalogue.find(seed), call.site.deviations.find(seed)
    if invented is not None:
        author, artist, topic = artist_object(invented.artist, call.base_url), invented.artist, invented.topic
        same = [work for work in catalogue.of_artist(artist) if work.deviationid != seed][:6]
    elif own is not None:
        user = call.site.find_user(own.username)
        author, artist, topic, same = user_object(user, call.base_url) if user else {}, None, None, []
    else:
        raise invalid_request("Deviation not found.", ITEM_NOT_FOUND)
    others = catalogue.similar_to(seed, artist=artist, topic=topic)
    return {
        "seed": seed,
        "author": author,
        "more_from_artist": _shown(call, same),
        "more_from_da": _shown(call, others),
    }


def _topic(call: Call, name: str) -> JsonDict:
    examples = [work for work in catalogue.in_topic(name) if not work.is_deleted and not work.is_mature][:EXAMPLES]
    title = catalogue.TOPICS[name][0]
    return {"name": title, "canonical_name": name, "example_deviations": _shown(call, examples)}


def _shown(call: Call, works: Sequence[InventedWork]) -> list[JsonDict]:
    return [work_object(call, work) for work in works if call.shows_mature or not work.is_mature]


def _page(call: Call, works: Sequence[InventedWork]) -> JsonDict:
    """One page: deleted work is passed over, mature work held back, so neither length nor offset can be computed."""
    limit, place = call.values.get("limit", 10), call.values.get("offset", 0)
    taken: list[InventedWork] = []
    while place < len(works) and len(taken) < limit:
        if not works[place].is_deleted:
            taken.append(works[place])
        place += 1
    has_more = place < len(works)
    return {"results": _shown(call, taken), "has_more": has_more, "next_offset": place if has_more else None}


_BROWSE = ("browse",)
_TAG_PART = Field("tag_name", text(100, min_length=2), is_required=True)

ENDPOINTS = (
    Endpoint("GET", "/browse/home", home, _BROWSE, (Field("q", text(200)), *page_fields(50))),
    Endpoint("GET", "/browse/dailydeviations", daily_deviations, _BROWSE, (Field("date", day),)),
    Endpoint("GET", "/browse/tags", by_tag, _BROWSE, (Field("tag", tag, is_required=True), *page_fields(50))),
    Endpoint("GET", "/browse/tags/search", search_tags, _BROWSE, (_TAG_PART,)),
    Endpoint(
        "GET", "/browse/topic", by_topic, _BROWSE, (Field("topic", text(100), is_required=True), *page_fields(24))
    ),
    Endpoint("GET", "/browse/topics", topics, _BROWSE, page_fields(10)),
    Endpoint("GET", "/browse/toptopics", top_topics, _BROWSE),
    Endpoint("GET", "/browse/deviantsyouwatch", watched, _BROWSE, page_fields(50)),
    Endpoint(
        "GET",
        "/browse/morelikethis/preview",
        more_like_this,
        ("browse", "browse.mlt"),
        (Field("seed", uuid_text, is_required=True),),
    ),
)
