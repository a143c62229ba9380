"""A gallery from before: works that were published without Atelier, to be taken over."""

import hashlib
import io
import math

from PIL import Image, ImageDraw

from core.sandbox.deviantart.models import Deviation, StoredFile
from core.sandbox.deviantart.state import Site, new_uuid

NAMES = ("Harbour", "Dunes", "Orchard", "Lighthouse", "Canyon", "Meadow", "Glacier", "Bridge", "Market", "Forest")
TAGS = (("sea", "harbour"), ("desert", "sand"), ("trees", "fruit"), ("sea", "light"), ("rock", "desert"))
WIDTH, HEIGHT = 480, 360


def add_past_works(site: Site, username: str, count: int, *, days: float) -> list[Deviation]:
    """Publish ``count`` pictures for a person, spread evenly over the last ``days``; oldest first."""
    step = days * 24 * 3600 / count
    first = site.clock() - days * 24 * 3600
    with site.store.transaction():
        return [site.add_deviation(_work(site, username, place, first + place * step)) for place in range(count)]


def _work(site: Site, username: str, place: int, published_at: float) -> Deviation:
    number = site.take_number("number")
    title = f"{NAMES[place % len(NAMES)]} {place // len(NAMES) + 1}"
    # Every seventh is mature, so that taking over has some of these too.
    mature = {"is_mature": True, "mature_level": "moderate", "mature_classification": ["nudity"]}
    return Deviation(
        deviationid=new_uuid(),
        number=number,
        itemid=site.take_number("itemid"),
        username=username,
        title=title,
        slug=title.replace(" ", "-"),
        description=f"<p>{title}, from before.</p>",
        tags=list(TAGS[place % len(TAGS)]),
        published_at=published_at,
        file=vars(_picture(site, number)),
        options=(mature if place % 7 == 6 else {"is_mature": False}) | {"allow_comments": True},
        submit_parameters={},
        publish_parameters={},
        folders={site.featured_folder(username).folderid: -float(number)},
    )


def _picture(site: Site, number: int) -> StoredFile:
    content = _painted(number)
    sha256 = hashlib.sha256(content).hexdigest()
    site.vault.put(sha256, content)
    return StoredFile(sha256, f"work-{number}.jpg", "image/jpeg", len(content), WIDTH, HEIGHT)


def _painted(number: int) -> bytes:
    """Hills before a sky; each number paints others."""

    def shade(salt: int) -> int:
        return number * 7919 * salt % 160 + 60

    picture = Image.new("RGB", (WIDTH, HEIGHT), (shade(3), shade(5), shade(7)))
    draw = ImageDraw.Draw(picture)
    draw.ellipse([shade(11), shade(13) / 2, shade(11) + 70, shade(13) / 2 + 70], fill=(250, 235, 200))
    for ridge in range(3):
        base, high, bend = 150 + ridge * 60, 20 + shade(17 + ridge) / 3, 40 + shade(23 + ridge)
        line = [(x, base - high * math.sin(x / bend + shade(29 + ridge))) for x in range(0, WIDTH + 8, 8)]
        ink = tuple(shade(31 + ridge * 4 + part) // (ridge + 1) for part in (0, 1, 2))
        draw.polygon([*line, (WIDTH, HEIGHT), (0, HEIGHT)], fill=ink)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()
