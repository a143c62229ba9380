"""The lookups every house begins with."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.ids import new_id
from core.db.upsert import insert_ignoring
from core.studio.wording.models import Lookup

# key: (category, description, values); a value naming another key stands for all of its values.
STARTERS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "color": ("Basics", "Plain colours", ("red", "orange", "yellow", "green", "blue", "violet")),
    "shape": ("Basics", "Plain shapes", ("circle", "square", "triangle", "spiral")),
    "palette": (
        "Light and colour",
        "Colours that go together",
        ("pastel", "neon", "earth tones", "gold and teal", "black and white"),
    ),
    "light": (
        "Light and colour",
        "Where the light comes from",
        ("golden hour", "moonlight", "overcast sky", "rim light", "candlelight"),
    ),
    "weather": ("Scene", "What the sky does", ("clear sky", "fog", "rain", "snow", "storm")),
    "season": ("Scene", "Time of year", ("spring", "summer", "autumn", "winter")),
    "time": ("Scene", "Time of day", ("dawn", "noon", "dusk", "night")),
    "landscape": ("Scene", "Where it is", ("mountains", "sea", "dunes", "forest", "valley")),
    "mood": ("Scene", "How it feels", ("calm", "dramatic", "dreamlike", "melancholy", "joyful")),
    "medium": (
        "Style",
        "What it is made with",
        ("oil painting", "watercolour", "ink drawing", "linocut", "photograph"),
    ),
    "camera": ("Style", "How it is seen", ("wide shot", "close-up", "bird's-eye view", "low angle")),
    "scene": ("Nested", "All of landscape, weather and time", ("landscape", "weather", "time")),
}


def missing(session: Session) -> list[str]:
    """The keys of those that are still to be written."""
    there = set(session.scalars(select(Lookup.key).where(Lookup.is_system)))
    return [key for key in STARTERS if key not in there]


def stock(session: Session, *, now: datetime) -> int:
    """Write those of the house's lookups that are missing; how many. What is there stays as it is."""
    added = 0
    for key in missing(session):
        category, description, values = STARTERS[key]
        added += insert_ignoring(
            session,
            Lookup,
            {
                "id": new_id("lkp"),
                "user_id": None,
                "key": key,
                "values": list(values),
                "description": description,
                "category": category,
                "is_system": True,
                "created_at": now,
                "updated_at": now,
            },
        )
    return added
