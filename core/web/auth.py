"""``/auth/session`` trades a sign-in ticket for the session cookie, ``/auth/sign-out`` gives it up.

The cookie is HttpOnly, so no script of a page can read it, and SameSite=Lax. How long it is good for is
decided by its row in ``login_sessions``; the browser is told to keep it as long as browsers do.
"""

from urllib.parse import parse_qs

from prometheus_client import Counter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from core.clock import utc_now
from core.identity import sessions, tickets, users
from core.runtime import Runtime
from core.web.same_origin import is_same_origin

# Browsers cut longer lives to 400 days.
COOKIE_SECONDS = 400 * 24 * 3600
LONGEST_BODY = 4096

opened = Counter("atelier_sessions_opened_total", "Browsers that were signed in.")
refused = Counter("atelier_session_requests_refused_total", "Requests for a session that were refused.", ["reason"])


def auth_routes(runtime: Runtime) -> list[BaseRoute]:
    """Both routes; they answer 403 to requests from elsewhere."""

    async def open_session(request: Request) -> Response:
        if not is_same_origin(request, runtime.settings.resolved_public_url):
            return _refuse("origin", 403, "This request did not come from a page of this Atelier.")
        ticket = await _read_ticket(request)
        user_agent = request.headers.get("user-agent")
        token = await run_in_threadpool(_redeem, runtime, ticket, user_agent) if ticket else None
        if token is None:
            return _refuse("ticket", 400, "This sign-in took too long, or was used already. Sign in again.")
        opened.inc()
        return _with_cookie(request, runtime, token)

    async def sign_out(request: Request) -> Response:
        if not is_same_origin(request, runtime.settings.resolved_public_url):
            return _refuse("origin", 403, "This request did not come from a page of this Atelier.")
        token = request.cookies.get(runtime.cookie_name)
        if token:
            await run_in_threadpool(_end, runtime, token)
        answer = Response(status_code=204, headers={"Cache-Control": "no-store"})
        answer.delete_cookie(
            runtime.cookie_name, path="/", secure=_is_https(request, runtime), httponly=True, samesite="lax"
        )
        return answer

    return [
        Route("/auth/session", open_session, methods=["POST"]),
        Route("/auth/sign-out", sign_out, methods=["POST"]),
    ]


async def _read_ticket(request: Request) -> str | None:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            return None
    fields = parse_qs(body.decode("ascii", errors="replace"))
    return fields.get("ticket", [None])[0]


def _redeem(runtime: Runtime, ticket: str, user_agent: str | None) -> str | None:
    now = utc_now()
    with runtime.database.session() as session:
        user_id = tickets.redeem(session, tickets.SIGN_IN, ticket, now=now)
        if user_id is None or users.get_user(session, user_id).disabled_at is not None:
            return None
        idle_days = runtime.settings.session_idle_days
        token, _ = sessions.open_session(session, user_id, user_agent=user_agent, idle_days=idle_days, now=now)
        return token


def _end(runtime: Runtime, token: str) -> None:
    with runtime.database.session() as session:
        sessions.end_by_token(session, token, now=utc_now())


def _with_cookie(request: Request, runtime: Runtime, token: str) -> Response:
    answer = Response(status_code=204, headers={"Cache-Control": "no-store"})
    answer.set_cookie(
        runtime.cookie_name, token, max_age=COOKIE_SECONDS, path="/", secure=_is_https(request, runtime),
        httponly=True, samesite="lax",
    )  # fmt: skip
    return answer


def _is_https(request: Request, runtime: Runtime) -> bool:
    return request.url.scheme == "https" or runtime.settings.resolved_public_url.startswith("https://")


def _refuse(reason: str, status: int, message: str) -> Response:
    refused.labels(reason).inc()
    return JSONResponse({"detail": message}, status_code=status, headers={"Cache-Control": "no-store"})
