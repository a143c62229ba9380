"""Other people's work at the imitated site: invented, the same at every start, and never stored."""

import random
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

COUNT = 300
FIRST_NUMBER = 900_000_001
FIRST_ITEM = uuid.UUID("5a0d1e52-0000-4000-8000-000000000000")
ARTISTS = (
    "amberquill", "nordlys-ink", "paperkestrel", "tidewright", "moth-and-moon", "cobaltfern", "saltandsepia",
    "velvetgrain", "harrowlight", "lumenfox", "oldharbour", "quietmeridian", "rustgarden", "skylarkpress",
)  # fmt: skip
TOPICS = {
    "landscapes": ("Landscapes", ("landscape", "nature", "scenery")),
    "fantasy": ("Fantasy", ("fantasy", "magic", "worldbuilding")),
    "portraits": ("Portraits", ("portrait", "face", "character")),
    "abstract": ("Abstract", ("abstract", "texture", "geometry")),
    "animals": ("Animals", ("animal", "wildlife", "fox")),
    "science-fiction": ("Science Fiction", ("scifi", "space", "future")),
    "photography": ("Photography", ("photography", "street", "light")),
    "traditional-art": ("Traditional Art", ("watercolor", "ink", "sketch")),
    "surreal": ("Surreal", ("surreal", "dream", "collage")),
    "architecture": ("Architecture", ("architecture", "city", "ruins")),
    "still-life": ("Still Life", ("stilllife", "flowers", "glass")),
    "seascapes": ("Seascapes", ("sea", "waves", "lighthouse")),
}
_FIRST = (
    "Quiet", "Amber", "Northern", "Hollow", "Paper", "Drowned", "Gilded", "Winter", "Distant", "Copper", "Sleeping",
    "Borrowed", "Silver", "Last",
)  # fmt: skip
_SECOND = (
    "Harbour", "Orchard", "Lantern", "Meridian", "Fox", "Cathedral", "Tide", "Garden", "Signal", "Meadow", "Atlas",
    "Heron", "Observatory", "Road",
)  # fmt: skip
_MORE_TAGS = (
    "digitalart", "illustration", "painting", "moody", "colorful", "detailed", "minimal", "atmospheric", "night",
    "morning",
)  # fmt: skip
_SHAPES = ((1200, 800), (900, 1200), (1000, 1000), (1280, 720), (800, 1200))
_SLUG = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class InventedWork:
    """One work of somebody else. ``age_hours`` counts back from the day the site opened; sizes in pixels."""

    place: int
    title: str
    artist: str
    topic: str
    tags: tuple[str, ...]
    width: int
    height: int
    age_hours: int
    is_mature: bool
    is_deleted: bool
    tier: str | None  # the name of the tier it is kept for
    is_premium: bool
    favourites: int
    comments: int
    views: int

    @property
    def number(self) -> int:
        return FIRST_NUMBER + self.place

    @property
    def deviationid(self) -> str:
        return str(uuid.UUID(int=FIRST_ITEM.int + self.place)).upper()

    @property
    def path(self) -> str:
        return f"/{self.artist}/art/{_SLUG.sub('-', self.title).strip('-')}-{self.number}"


@cache
def works() -> Sequence[InventedWork]:
    """Everything there is, newest first, deleted work included."""
    return tuple(_invent(place) for place in range(COUNT))


def find(deviationid: str) -> InventedWork | None:
    """The work of this id that can still be seen."""
    try:
        place = uuid.UUID(deviationid).int - FIRST_ITEM.int
    except ValueError:
        return None
    return _shown(place)


def find_number(number: int) -> InventedWork | None:
    """The work whose address ends in this number."""
    return _shown(number - FIRST_NUMBER)


def of_artist(artist: str) -> list[InventedWork]:
    return [work for work in works() if work.artist.lower() == artist.lower() and not work.is_deleted]


def with_tag(tag: str) -> list[InventedWork]:
    return [work for work in works() if tag.lower() in work.tags]


def in_topic(topic: str) -> list[InventedWork]:
    return [work for work in works() if work.topic == topic]


def tags_beginning(text: str) -> list[str]:
    """The tags that begin so, the most used first."""
    counted: dict[str, int] = {}
    for work in works():
        for tag in work.tags:
            if tag.startswith(text.lower()):
                counted[tag] = counted.get(tag, 0) + 1
    return sorted(counted, key=lambda tag: (-counted[tag], tag))


def watched_by(username: str) -> list[InventedWork]:
    """The work of four artists whom this person watches."""
    followed = random.Random(f"watches {username.lower()}").sample(ARTISTS, 4)  # noqa: S311 - invented, nothing secret
    return [work for work in works() if work.artist in followed]


def daily(day: str) -> list[InventedWork]:
    """What was chosen for a day, written 2026-03-01."""
    seen = [work for work in works() if not work.is_deleted]
    return random.Random(f"daily {day}").sample(seen, 12)  # noqa: S311 - invented, nothing secret


def similar_to(seed: str, *, artist: str | None, topic: str | None) -> list[InventedWork]:
    """Others like the work of id ``seed``: of its topic, or any when it has none here."""
    pool = [
        work
        for work in works()
        if not work.is_deleted and work.deviationid != seed and work.artist != artist and topic in (None, work.topic)
    ]
    return random.Random(f"similar {seed}").sample(pool, min(10, len(pool)))  # noqa: S311 - invented, nothing secret


def _shown(place: int) -> InventedWork | None:
    work = works()[place] if 0 <= place < COUNT else None
    return work if work is not None and not work.is_deleted else None


def _invent(place: int) -> InventedWork:
    chance = random.Random(f"work {place}")  # noqa: S311 - invented, nothing secret
    topic = chance.choice(list(TOPICS))
    first, second = chance.choice(_FIRST), chance.choice(_SECOND)
    tags = (*TOPICS[topic][1], *chance.sample(_MORE_TAGS, 3), second.lower())
    width, height = chance.choice(_SHAPES)
    favourites = int(chance.paretovariate(1.1) * 14)
    return InventedWork(
        place=place,
        title=f"{first} {second}",
        artist=chance.choice(ARTISTS),
        topic=topic,
        tags=tags,
        width=width,
        height=height,
        age_hours=place * 3 + chance.randrange(3),
        # The first surreal ones are all mature: a page may hold nothing although more follows.
        is_mature=place % 9 == 4 or (topic == "surreal" and place < 120),
        is_deleted=place % 17 == 16,
        tier="Sketchbook club" if place % 23 == 7 else None,
        is_premium=place % 31 == 11,
        favourites=favourites,
        comments=favourites // 9,
        views=favourites * chance.randrange(8, 30),
    )
