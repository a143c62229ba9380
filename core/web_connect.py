"""``/auth/deviantart/start`` sends the browser to the site, ``/auth/deviantart/callback`` takes it back in.

Both need a signed-in browser; the way back must belong to the person who began it. Whatever happens,
the browser ends on the Accounts page with a word for what came of it: never with text out of the
address, which anybody could have written.
"""

from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.clock import utc_now
from core.errors import AtelierError
from core.identity import connect, sessions
from core.identity.account_errors import AccountTaken, ConnectRefused, SiteNotConfigured
from core.identity.connect import CALLBACK_PATH, START_PATH
from core.identity.providers import OAuthRefused
from core.identity.sessions import SignedIn
from core.logs import correlated
from core.publishing.asking import Line
from core.publishing.notes import probing
from core.runtime import Runtime, get_runtime

ACCOUNTS = "/accounts"
STAND_IN = "-sandbox"

# What the Accounts page is told, by error; anything else is "unreachable".
WORDS: dict[type[AtelierError], str] = {
    AccountTaken: "taken",
    ConnectRefused: "expired",
    OAuthRefused: "refused",
    SiteNotConfigured: "not-configured",
}

log = structlog.get_logger(__name__)


def start(request: Request) -> Response:
    """Begin: off to the site that ``provider`` names."""
    runtime = get_runtime()
    person = _person(runtime, request)
    if person is None:
        return _redirect("/")
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return _back(connect_error="elsewhere")
    provider = request.query_params.get("provider", "")
    comes_back_to = _comes_back_to(runtime, request, provider)
    if comes_back_to is None:
        return _back(connect_error="other-address")
    try:
        with runtime.database.session() as session:
            address = connect.begin(session, person.actor, runtime.sites, provider, comes_back_to, now=utc_now())
    except AtelierError as error:
        return _failed(person, error)
    return _redirect(address)


def callback(request: Request) -> Response:
    """The site sent the browser back, with a code or with an error."""
    runtime = get_runtime()
    person = _person(runtime, request)
    if person is None:
        return _redirect("/")
    sent = request.query_params
    state = sent.get("state", "")
    if sent.get("error") == "invalid_scope":
        return _once_more(runtime, person, state)
    if "error" in sent:
        with runtime.database.session() as session:
            connect.abandon(session, person.actor, state)
        return _back(connect_error="denied" if sent["error"] == "access_denied" else "site")
    try:
        with correlated():
            done = connect.finish(
                runtime.database, runtime.sites, person.actor, state, sent.get("code", ""), now=utc_now()
            )
    except AtelierError as error:
        return _failed(person, error)
    line = Line(runtime.database, runtime.sites, runtime.settings.call_gap_seconds)
    probing.probe_quietly(line, person.actor, done.account_id, now=utc_now())
    return _back(connected=done.account_id)


def _once_more(runtime: Runtime, person: SignedIn, state: str) -> Response:
    """The site does not know a scope any more: ask again for those that are needed."""
    try:
        with runtime.database.session() as session:
            address = connect.begin_without_extras(session, person.actor, runtime.sites, state, now=utc_now())
    except ConnectRefused:
        address = None
    return _redirect(address) if address else _back(connect_error="site")


def _person(runtime: Runtime, request: Request) -> SignedIn | None:
    with runtime.database.read() as session:
        return sessions.find(session, request.cookies.get(runtime.cookie_name), now=utc_now())


def _comes_back_to(runtime: Runtime, request: Request, provider: str) -> str | None:
    """The redirect URI; ``None`` when this browser's cookie would not be there to meet it.

    ``localhost`` and ``127.0.0.1`` are two hosts to a browser. The sandbox takes whichever is in use,
    DeviantArt only the registered one.
    """
    registered = connect.redirect_uri(runtime.settings.resolved_public_url)
    there, here = urlsplit(registered).hostname, request.url.hostname
    if there == here:
        return registered
    if provider.endswith(STAND_IN) and is_loopback(there) and is_loopback(here):
        return f"{request.url.scheme}://{request.url.netloc}{CALLBACK_PATH}"
    return None


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address leads nowhere but to this machine."""
    if not host:
        return False
    try:
        return host == "localhost" or host.endswith(".localhost") or ip_address(host).is_loopback
    except ValueError:
        return False


def _failed(person: SignedIn, error: AtelierError) -> Response:
    log.warning("An account could not be connected.", user_id=person.user_id, kind=type(error).__name__)
    return _back(connect_error=WORDS.get(type(error), "unreachable"))


def _back(**answer: str) -> Response:
    return _redirect(f"{ACCOUNTS}?{urlencode(answer)}")


def _redirect(address: str) -> Response:
    # Codes and states stay out of caches and of the next page's Referer.
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return RedirectResponse(address, status_code=303, headers=headers)


routes: list[Route] = [Route(START_PATH, start, methods=["GET"]), Route(CALLBACK_PATH, callback, methods=["GET"])]
