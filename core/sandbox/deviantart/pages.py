"""The few HTML pages a person sees: home, consent, a gallery, a published work, and what went wrong."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from starlette.responses import HTMLResponse, Response

from core.sandbox.deviantart.images import public_width, scaled_height, signed_link
from core.sandbox.deviantart.markup import clean_html
from core.sandbox.deviantart.models import Deviation, User
from core.sandbox.deviantart.state import Site

_STYLE = Path(__file__).with_name("pages.css").read_text(encoding="utf-8")
_HEADERS = {
    # Descriptions come from outside: no script runs here, whatever they hold.
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
_OPTION_NAMES = {
    "is_mature": "Mature",
    "mature_level": "Mature level",
    "mature_classification": "Classification",
    "is_ai_generated": "Made with AI",
    "noai": "Kept out of AI datasets",
    "allow_comments": "Comments",
    "allow_free_download": "Free download",
    "display_resolution": "Display resolution",
    "add_watermark": "Watermark",
    "license_options[creative_commons]": "Creative Commons",
    "license_options[commercial]": "Commercial use",
    "license_options[modify]": "Changes",
    "sharing": "Sharing",
}


def page(title: str, body: str, *, status: int = 200, narrow: bool = False) -> Response:
    """The frame around every page; ``body`` is HTML."""
    html = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" type="image/svg+xml" href="/avatars/Sandbox.svg">'
        f"<title>{escape(title)} · Sandbox</title><style>{_STYLE}</style></head><body>"
        '<header><a class="badge" href="/">Sandbox</a><span>Stands in for DeviantArt on this machine. '
        "Nothing here reaches the internet.</span></header>"
        f"<main{' class=narrow' if narrow else ''}>{body}</main></body></html>"
    )
    return HTMLResponse(html, status, headers=_HEADERS)


def problem(title: str, reason: str, status: int = 400) -> Response:
    """Something that cannot be shown, and why."""
    body = f'<div class="card"><h1>{escape(title)}</h1><p class="soft">{escape(reason)}</p></div>'
    return page(title, body, status=status, narrow=True)


def consent(
    hidden: Mapping[str, str], scopes: Iterable[str], usernames: list[str], *, complaint: str | None = None
) -> Response:
    """The form that asks who connects; ``hidden`` travels through it unchanged."""
    carried = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in hidden.items()
    )
    people = "".join(
        f'<label><input type="radio" name="username" value="{escape(name)}"{" checked" if first else ""}>'
        f'<img src="/avatars/{escape(name)}.svg" alt=""><span>{escape(name)}</span></label>'
        for first, name in ((index == 0, name) for index, name in enumerate(usernames))
    )
    wanted = "".join(f"<li>{escape(scope)}</li>" for scope in scopes)
    note = f'<p class="problem" role="alert">{escape(complaint)}</p>' if complaint else ""
    body = (
        f'<form class="card" method="post" action="/oauth2/authorize">{carried}'
        f"<h1>Sandbox · connect as …</h1>"
        f'<p class="soft"><strong>{escape(hidden["client_id"])}</strong> asks to act for you.</p>{note}'
        f'<fieldset class="people" aria-label="Sandbox user">{people}</fieldset>'
        '<label class="new">or a new name<input type="text" name="new_username" maxlength="20" '
        'placeholder="3 to 20 letters, digits or hyphens" autocomplete="off"></label>'
        f'<h2>It may use</h2><ul class="scopes">{wanted}</ul>'
        '<div class="actions"><button class="primary" name="decision" value="authorise">Authorise</button>'
        '<button name="decision" value="cancel">Cancel</button></div></form>'
    )
    return page("Connect", body, narrow=True, status=400 if complaint else 200)


def home(site: Site, works: list[Deviation]) -> Response:
    """Who is here and what was published last."""
    people = "".join(f'<li><a href="/{user.username}/gallery">{user.username}</a></li>' for user in site.users)
    body = (
        '<h1>Sandbox</h1><p class="soft">What is published here can be looked at here, and nowhere else.</p>'
        f'<h2>People</h2><ul class="tags">{people}</ul><h2>Latest</h2>{_wall(site, works)}'
    )
    return page("Home", body)


def gallery(site: Site, user: User, works: list[Deviation]) -> Response:
    """Everything one person has published, newest first."""
    body = f"{_author(user, _count(len(works), 'deviation'))}{_wall(site, works[:200])}"
    return page(f"{user.username}'s gallery", body)


def _wall(site: Site, works: list[Deviation]) -> str:
    if not works:
        return '<p class="soft">Nothing published yet.</p>'
    cards = "".join(
        f'<li><a href="{work.path}"><img loading="lazy" alt="" src="{_link(site, work, 400)}">'
        f'<strong>{escape(work.title)}</strong><span class="soft">{_date(work)}</span></a></li>'
        for work in works
    )
    return f'<ul class="wall">{cards}</ul>'


def deviation(site: Site, user: User, work: Deviation) -> Response:
    """One published work."""
    width = public_width(work)
    line = f"Published {_date(work)} · {_count(work.views, 'view')}"
    tags = "".join(f"<li>#{escape(tag)}</li>" for tag in work.tags)
    body = (
        f'<div class="stage"><img src="{_link(site, work, width)}" width="{width}" '
        f'height="{scaled_height(work.stored_file, width)}" alt="{escape(work.title)}"></div>'
        f"{_author(user, line, title=work.title)}"
        f"<div>{clean_html(work.description)}</div>"
        f'<ul class="tags">{tags}</ul>{_facts(work)}'
    )
    return page(work.title, body)


def _author(user: User, line: str, *, title: str | None = None) -> str:
    by = f'by <a href="/{user.username}/gallery">{user.username}</a> · ' if title else ""
    return (
        f'<div class="author"><img src="/avatars/{user.username}.svg" alt="">'
        f'<div><h1>{escape(title or user.username)}</h1><p class="soft">{by}{escape(line)}</p></div></div>'
    )


def _facts(work: Deviation) -> str:
    file = work.stored_file
    facts = [("Deviation", work.deviationid), ("Sta.sh item", str(work.itemid))]
    facts.append(("Picture", f"{file.width} × {file.height} px, {file.content_type}"))
    facts += [(label, _words(work.options[name])) for name, label in _OPTION_NAMES.items() if name in work.options]
    rows = "".join(f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in facts)
    return f"<dl>{rows}</dl>"


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _link(site: Site, work: Deviation, width: int) -> str:
    return escape(signed_link(site, work.stored_file.sha256, min(width, work.stored_file.width)))


def _date(work: Deviation) -> str:
    return f"{datetime.fromtimestamp(work.published_at, UTC):%-d %B %Y, %H:%M} UTC"


def avatar(username: str) -> Response:
    """A letter on a disc, its colour from the name."""
    hue = sum(username.lower().encode()) * 37 % 360
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<circle cx="32" cy="32" r="32" fill="hsl({hue} 24% 48%)"/>'
        '<text x="32" y="33" fill="#fff" font-family="sans-serif" font-size="30" font-weight="600" '
        f'text-anchor="middle" dominant-baseline="central">{escape(username[:1].upper())}</text></svg>'
    )
    return Response(svg, media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})
