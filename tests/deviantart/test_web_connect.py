"""From the button to the site and back, through the routes and the sandbox's consent page."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import select
from starlette.applications import Starlette

from core import web_connect
from core.clock import utc_now
from core.identity import sessions
from core.identity.models import Account, User
from core.runtime import Runtime, build_runtime, install_runtime
from core.settings import Settings
from tests.factories import make_user
from tests.sandbox.support import ControlClient

HERE = "http://localhost:8501"
START = "/auth/deviantart/start"
CALLBACK = "/auth/deviantart/callback"


@pytest.fixture
def runtime(settings: Settings, sandbox_url: str, control: ControlClient) -> Iterator[Runtime]:
    built = build_runtime(settings.model_copy(update={"sandbox_url": sandbox_url}))
    install_runtime(built)
    yield built
    built.close()


@dataclass(frozen=True)
class Browser:
    """Asks the routes without a server in between; ``cookie`` is the session's."""

    cookie: str | None
    base_url: str = HERE

    def get(self, address: str, **sent: dict[str, str]) -> httpx.Response:
        return asyncio.run(self._get(address, sent))

    async def _get(self, address: str, sent: dict[str, dict[str, str]]) -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=web_connect.routes))
        cookies = {sessions.COOKIE: self.cookie} if self.cookie else None
        async with httpx.AsyncClient(transport=transport, base_url=self.base_url, cookies=cookies) as client:
            return await client.get(address, **sent)


def browser_of(runtime: Runtime, name: str, base_url: str = HERE) -> Browser:
    """A browser in which a new person is signed in."""
    with runtime.database.session() as session:
        user = make_user(session, name)
        cookie, _ = sessions.open_session(session, user.id, user_agent=None, idle_days=30, now=utc_now())
    return Browser(cookie, base_url)


@pytest.fixture
def alice(runtime: Runtime) -> Browser:
    return browser_of(runtime, "alice")


def leave(browser: Browser, **headers: str) -> str:
    answer = browser.get(START, params={"provider": "deviantart-sandbox"}, headers=headers)
    assert answer.status_code == 303
    return answer.headers["location"]


def decide(address: str, decision: str = "authorise", username: str = "sandbox-artist") -> str:
    """What the person does at the site's consent page; where that sends the browser."""
    page = httpx.get(address, trust_env=False)
    assert page.status_code == 200
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    form = {**asked, "username": username, "decision": decision}
    answer = httpx.post(address.partition("?")[0], data=form, trust_env=False)
    return answer.headers["location"]


def answer_in(location: str) -> dict[str, str]:
    parts = urlsplit(location)
    assert parts.path == "/accounts"
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def come_back(browser: Browser, address: str) -> dict[str, str]:
    response = browser.get(address)
    assert response.status_code == 303
    assert response.headers["cache-control"] == "no-store"
    return answer_in(response.headers["location"])


def linked(runtime: Runtime) -> list[tuple[str, str]]:
    with runtime.database.read() as session:
        query = select(User.username, Account.username).join(Account, Account.user_id == User.id)
        return [tuple(row) for row in session.execute(query)]


def test_the_whole_way_links_the_account(runtime: Runtime, alice: Browser) -> None:
    address = leave(alice)
    assert parse_qs(urlsplit(address).query)["redirect_uri"] == [HERE + CALLBACK]
    answer = come_back(alice, decide(address))
    assert set(answer) == {"connected"}
    assert linked(runtime) == [("alice", "sandbox-artist")]


def test_saying_no_is_taken_kindly(runtime: Runtime, alice: Browser) -> None:
    back = decide(leave(alice), "deny")
    assert come_back(alice, back) == {"connect_error": "denied"}
    assert linked(runtime) == []


def test_another_error_of_the_site_is_told_apart(alice: Browser) -> None:
    assert come_back(alice, f"{CALLBACK}?error=invalid_scope&state=x") == {"connect_error": "site"}


def test_the_way_back_works_once(alice: Browser) -> None:
    back = decide(leave(alice))
    come_back(alice, back)
    assert come_back(alice, back) == {"connect_error": "expired"}


def test_somebody_elses_way_back_links_nothing(runtime: Runtime, alice: Browser) -> None:
    back = decide(leave(alice))
    assert come_back(browser_of(runtime, "charlie"), back) == {"connect_error": "expired"}
    assert linked(runtime) == []


def test_an_account_of_another_person_here_is_refused(runtime: Runtime, alice: Browser) -> None:
    come_back(alice, decide(leave(alice)))
    bob = browser_of(runtime, "bob")
    assert come_back(bob, decide(leave(bob))) == {"connect_error": "taken"}
    assert linked(runtime) == [("alice", "sandbox-artist")]


@pytest.mark.parametrize("path", [f"{START}?provider=deviantart-sandbox", f"{CALLBACK}?state=x&code=y"])
def test_without_a_session_both_routes_lead_to_the_door(runtime: Runtime, path: str) -> None:
    stranger = Browser(None)
    assert stranger.get(path).headers["location"] == "/"


def test_another_site_cannot_begin(alice: Browser) -> None:
    assert answer_in(leave(alice, **{"Sec-Fetch-Site": "cross-site"})) == {"connect_error": "elsewhere"}


def test_a_site_that_is_not_set_up_is_said(alice: Browser) -> None:
    answer = alice.get(START, params={"provider": "deviantart"})
    assert answer_in(answer.headers["location"]) == {"connect_error": "not-configured"}


def test_a_site_that_does_not_answer_is_said(control: ControlClient, alice: Browser) -> None:
    back = decide(leave(alice))
    control.post("/faults", kind="drop_before", endpoint="/oauth2/token")
    assert come_back(alice, back) == {"connect_error": "unreachable"}


def test_the_sandbox_sends_people_back_to_the_host_they_use(runtime: Runtime) -> None:
    # To a browser localhost and 127.0.0.1 are two hosts with two sets of cookies.
    browser = browser_of(runtime, "alice", "http://127.0.0.1:8501")
    asked = parse_qs(urlsplit(leave(browser)).query)
    assert asked["redirect_uri"] == [f"http://127.0.0.1:8501{CALLBACK}"]


def test_on_another_host_the_real_site_is_not_tried(runtime: Runtime) -> None:
    browser = browser_of(runtime, "alice", "http://studio.example.org:8501")
    assert answer_in(leave(browser)) == {"connect_error": "other-address"}


def scopes_of(address: str) -> list[str]:
    return parse_qs(urlsplit(address).query)["scope"][0].split()


def test_a_scope_the_site_no_longer_knows_is_left_out_and_the_way_begins_once_more(
    runtime: Runtime, alice: Browser
) -> None:
    address = leave(alice)
    assert {"note", "browse.mlt"} <= set(scopes_of(address))
    state = parse_qs(urlsplit(address).query)["state"][0]
    again = alice.get(f"{CALLBACK}?error=invalid_scope&state={state}").headers["location"]
    assert scopes_of(again) == ["basic", "user", "browse", "stash", "publish", "gallery"]
    assert set(come_back(alice, decide(again))) == {"connected"}
    assert linked(runtime) == [("alice", "sandbox-artist")]


def test_a_site_that_refuses_the_needed_scopes_as_well_is_not_asked_for_ever(alice: Browser) -> None:
    for _ in range(2):
        address = leave(alice)
        for expected in ("begin", "end"):
            state = parse_qs(urlsplit(address).query)["state"][0]
            address = alice.get(f"{CALLBACK}?error=invalid_scope&state={state}").headers["location"]
            assert (urlsplit(address).path == "/oauth2/authorize") is (expected == "begin")
        assert answer_in(address) == {"connect_error": "site"}


def notes_of(runtime: Runtime) -> object:
    with runtime.database.read() as session:
        return (session.scalars(select(Account)).one().capabilities or {}).get("notes", {}).get("reason")


@pytest.mark.parametrize(("served", "reason"), [(True, "served"), (False, "not_served")])
def test_with_the_account_it_is_known_whether_its_notes_are_served(
    runtime: Runtime, alice: Browser, control: ControlClient, served: bool, reason: str
) -> None:
    control.post("/notes", served=served)
    come_back(alice, decide(leave(alice)))
    assert notes_of(runtime) == reason


def test_an_account_is_linked_although_nothing_is_known_of_its_notes(
    runtime: Runtime, alice: Browser, control: ControlClient
) -> None:
    control.fault("error_before", "/notes/folders", status=503)
    assert set(come_back(alice, decide(leave(alice)))) == {"connected"}
    assert notes_of(runtime) is None
