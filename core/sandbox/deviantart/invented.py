"""Invented work as the API, the pages and the browser see it: objects, painted pictures, signed links."""

import hmac
import io
import random
from colorsys import hsv_to_rgb
from functools import lru_cache
from html import escape

from PIL import Image, ImageDraw, ImageFilter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from core.sandbox.deviantart import catalogue, pages
from core.sandbox.deviantart.catalogue import InventedWork
from core.sandbox.deviantart.endpoint import Call
from core.sandbox.deviantart.errors import blocked
from core.sandbox.deviantart.images import signature
from core.sandbox.deviantart.models import JsonDict
from core.sandbox.deviantart.state import Site, name_uuid

# How long the site's own links to other people's pictures last is not documented.
LIFETIME_SECONDS = 48 * 3600
SHOWN_WIDTHS = (150, 200, 300)
_BIGGEST = 900

Colour = tuple[int, int, int]


def artist_object(artist: str, base_url: str) -> JsonDict:
    icon = f"{base_url}/avatars/{artist}.svg"
    return {"userid": name_uuid(artist), "username": artist, "usericon": icon, "type": "premium"}


def published_at(site: Site, work: InventedWork) -> int:
    """Unix seconds, counted back from the day the first person came."""
    opened = min((user.created_at for user in site.users), default=site.clock())
    return int(opened) - work.age_hours * 3600


def work_object(call: Call, work: InventedWork) -> JsonDict:
    """As the browse endpoints and ``/deviation/{id}`` show it; premium data comes only when it is asked for."""
    asked = call.sent.get("expand", [""])[0].split(",")
    body: JsonDict = {
        "deviationid": work.deviationid,
        "printid": None,
        "url": call.base_url + work.path,
        "title": work.title,
        "is_favourited": False,
        "is_deleted": False,
        "is_published": True,
        "is_blocked": False,
        "author": artist_object(work.artist, call.base_url),
        "stats": {"comments": work.comments, "favourites": work.favourites},
        "published_time": str(published_at(call.site, work)),
        "allows_comments": True,
        "is_mature": work.is_mature,
        "is_downloadable": False,
        "preview": picture_object(call, work, min(work.width, _BIGGEST)),
        "thumbs": [picture_object(call, work, width) for width in SHOWN_WIDTHS],
    }
    if work.tier is not None:
        body["tier_access"] = "locked"
        if "deviation.tier" in asked:
            body["primary_tier"] = {"title": work.tier}
    if work.is_premium and "deviation.premium_folder_data" in asked:
        body["premium_folder_data"] = {"type": "paid", "has_access": False}
    return body


def metadata_object(call: Call, work: InventedWork) -> JsonDict:
    """As ``/deviation/metadata`` describes it."""
    about = f"<p>{escape(work.title)}, part of a series about {work.topic.replace('-', ' ')}.</p>"
    body: JsonDict = {
        "deviationid": work.deviationid,
        "printid": None,
        "author": artist_object(work.artist, call.base_url),
        "is_watching": False,
        "title": work.title,
        "description": about,
        "license": "No License",
        "allows_comments": True,
        "tags": [{"tag_name": name, "sponsored": False, "sponsor": ""} for name in work.tags],
        "is_favourited": False,
        "is_mature": work.is_mature,
        "can_post_comment": True,
    }
    if call.values.get("ext_stats"):
        views = {"views": work.views, "views_today": work.views // 40, "downloads": 0, "downloads_today": 0}
        body["stats"] = {"favourites": work.favourites, "comments": work.comments, **views}
    return body


def picture_object(call: Call, work: InventedWork, width: int) -> JsonDict:
    height = max(1, round(work.height * width / work.width))
    return {"src": link(call.site, work, width, call.base_url), "width": width, "height": height, "transparency": False}


def link(site: Site, work: InventedWork, width: int, base_url: str = "") -> str:
    """A signed link to the picture at a width in pixels, good for two days."""
    expires = int(site.clock()) + LIFETIME_SECONDS
    token = signature(site, f"invented-{work.number}", width, expires)
    return f"{base_url}/f/invented/{work.number}?w={width}&expires={expires}&token={token}"


async def serve_picture(site: Site, request: Request) -> Response:
    """The picture behind a link, 403 once the link is old or altered."""
    query, number = request.query_params, request.path_params["number"]
    numbers = query.get("w", ""), query.get("expires", "")
    work = catalogue.find_number(number)
    if work is None or not all(one.isdecimal() and len(one) < 12 for one in numbers):
        return blocked()
    width, expires = (int(one) for one in numbers)
    expected = signature(site, f"invented-{number}", width, expires)
    if not hmac.compare_digest(query.get("token", "").encode(), expected.encode()) or expires <= site.clock():
        return blocked()
    content = await run_in_threadpool(paint, work, min(width, _BIGGEST))
    return Response(content, media_type="image/webp", headers={"Cache-Control": f"private, max-age={LIFETIME_SECONDS}"})


@lru_cache(maxsize=400)
def paint(work: InventedWork, width: int) -> bytes:
    """The picture as WebP: a sky, a light in it, and ranges in front; or circles, for what is abstract."""
    chance = random.Random(f"picture {work.place}")  # noqa: S311 - the same picture each time, nothing secret
    height = max(1, round(work.height * width / work.width))
    hue = chance.random()
    image = _sky(width, height, _colour(hue, 0.32, 0.95), _colour(hue + chance.uniform(0.05, 0.2), 0.55, 0.6))
    draw = ImageDraw.Draw(image)
    if work.topic in {"abstract", "surreal", "portraits", "still-life"}:
        _circles(draw, chance, width, height, hue)
    else:
        _light(draw, chance, width, height)
        _ranges(draw, chance, width, height, hue)
    output = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(max(width / 500, 0.3))).save(output, "WEBP", quality=82)
    return output.getvalue()


def _colour(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = hsv_to_rgb(hue % 1, saturation, value)
    return int(red * 255), int(green * 255), int(blue * 255)


def _sky(width: int, height: int, low: Colour, high: Colour) -> Image.Image:
    column = Image.new("RGB", (1, 64))
    for row in range(64):
        share = row / 63
        column.putpixel((0, row), tuple(round(h + (lo - h) * share) for h, lo in zip(high, low, strict=True)))
    return column.resize((width, height), Image.Resampling.BICUBIC)


def _light(draw: ImageDraw.ImageDraw, chance: random.Random, width: int, height: int) -> None:
    x, y, radius = (
        chance.uniform(0.2, 0.8) * width,
        chance.uniform(0.15, 0.45) * height,
        width * chance.uniform(0.04, 0.1),
    )
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_colour(0.12, 0.15, 0.99))


def _ranges(draw: ImageDraw.ImageDraw, chance: random.Random, width: int, height: int, hue: float) -> None:
    for layer in range(4):
        base = height * (0.5 + layer * 0.13)
        points = [(0.0, float(height))]
        steps = chance.randrange(6, 11)
        for step in range(steps + 1):
            points.append((step / steps * width, base + chance.uniform(-0.13, 0.06) * height))
        draw.polygon(
            [*points, (float(width), float(height))], fill=_colour(hue + 0.04 * layer, 0.45, 0.62 - layer * 0.13)
        )


def _circles(draw: ImageDraw.ImageDraw, chance: random.Random, width: int, height: int, hue: float) -> None:
    for _ in range(chance.randrange(7, 13)):
        x, y, radius = chance.random() * width, chance.random() * height, width * chance.uniform(0.05, 0.28)
        fill = _colour(hue + chance.uniform(-0.2, 0.35), chance.uniform(0.3, 0.6), chance.uniform(0.35, 0.95))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def show_work(site: Site, work: InventedWork) -> Response:
    """The page behind a work's address."""
    tags = "".join(f"<li>#{escape(tag)}</li>" for tag in work.tags)
    width = min(work.width, _BIGGEST)
    body = (
        f'<div class="stage"><img src="{escape(link(site, work, width))}" width="{width}" '
        f'alt="{escape(work.title)}"></div>'
        f'<div class="author"><img src="/avatars/{work.artist}.svg" alt=""><div><h1>{escape(work.title)}</h1>'
        f'<p class="soft">by <a href="/{work.artist}/gallery">{work.artist}</a> · invented by the sandbox</p>'
        "</div></div>"
        f'<ul class="tags">{tags}</ul>'
    )
    return pages.page(work.title, body)


def show_artist(site: Site, artist: str, works: list[InventedWork]) -> Response:
    """The gallery of an invented artist."""
    cards = "".join(
        f'<li><a href="{work.path}"><img loading="lazy" alt="" src="{escape(link(site, work, 300))}">'
        f"<strong>{escape(work.title)}</strong></a></li>"
        for work in works
    )
    return pages.page(f"{artist}'s gallery", f'<h1>{escape(artist)}</h1><ul class="wall">{cards}</ul>')
