"""The session cookie: given for a ticket, given up on request."""

from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.clock import utc_now
from core.db.engine import Database
from core.identity import sessions, tickets, users
from core.identity.models import User
from core.runtime import Runtime, install_runtime
from core.settings import Settings
from core.web.auth import auth_routes
from tests.identity.support import COMMAND_LINE, add
from tests.web.support import issue_ticket, sign_in


def find(database: Database, token: str | None) -> sessions.SignedIn | None:
    with database.read() as session:
        return sessions.find(session, token, now=utc_now())


def test_a_ticket_is_traded_for_a_cookie_that_scripts_cannot_read(
    client: TestClient, database: Database, alice: User
) -> None:
    answer = client.post("/auth/session", data={"ticket": issue_ticket(database, alice)})
    assert answer.status_code == 204
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie
    found = find(database, client.cookies.get(sessions.COOKIE))
    assert found
    assert found.user_id == alice.id


def test_the_cookie_is_for_https_alone_when_browsers_come_by_https(
    client: TestClient, runtime: Runtime, database: Database, alice: User
) -> None:
    ticket = issue_ticket(database, alice)
    answer = client.post("https://testserver/auth/session", data={"ticket": ticket},
                         headers={"Origin": "https://testserver"})  # fmt: skip
    assert "Secure" in answer.headers["set-cookie"]


def test_a_used_ticket_gives_no_second_cookie(client: TestClient, database: Database, alice: User) -> None:
    ticket = issue_ticket(database, alice)
    client.post("/auth/session", data={"ticket": ticket})
    client.cookies.clear()
    again = client.post("/auth/session", data={"ticket": ticket})
    assert again.status_code == 400
    assert "Sign in again" in again.json()["detail"]
    assert "set-cookie" not in again.headers


@pytest.mark.parametrize("fields", [{}, {"ticket": ""}, {"ticket": "made up"}, {"ticket": "x" * 5000}])
def test_what_is_no_ticket_is_refused(client: TestClient, fields: dict[str, str]) -> None:
    assert client.post("/auth/session", data=fields).status_code == 400


def test_an_old_ticket_is_refused(client: TestClient, database: Database, alice: User) -> None:
    with database.session() as session:
        ticket = tickets.issue(session, tickets.SIGN_IN, alice.id, now=utc_now() - timedelta(seconds=61))
    assert client.post("/auth/session", data={"ticket": ticket}).status_code == 400


def test_somebody_disabled_between_ticket_and_cookie_stays_outside(
    client: TestClient, database: Database, alice: User
) -> None:
    ticket = issue_ticket(database, alice)
    with database.session() as session:
        add(session, "root", is_admin=True)
        users.disable(session, COMMAND_LINE, alice.id, now=utc_now())
    assert client.post("/auth/session", data={"ticket": ticket}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://testserver:81"},
    ],
)
def test_another_site_can_neither_sign_anybody_in_nor_out(
    client: TestClient, database: Database, alice: User, headers: dict[str, str]
) -> None:
    ticket = issue_ticket(database, alice)
    assert client.post("/auth/session", data={"ticket": ticket}, headers=headers).status_code == 403
    token = sign_in(client, database, alice)
    assert client.post("/auth/sign-out", headers=headers).status_code == 403
    assert find(database, token)


def test_a_request_that_does_not_say_where_it_comes_from_is_refused(
    client: TestClient, database: Database, alice: User
) -> None:
    del client.headers["Origin"]
    assert client.post("/auth/session", data={"ticket": issue_ticket(database, alice)}).status_code == 403


def test_the_public_address_counts_as_our_own_behind_a_proxy(
    client: TestClient, runtime: Runtime, database: Database, alice: User, settings: Settings
) -> None:
    outside = Runtime(settings.model_copy(update={"public_url": "https://studio.example"}), database, runtime.store)
    install_runtime(outside)
    proxied = TestClient(Starlette(routes=auth_routes(outside)), base_url="http://10.0.0.5:8501")
    answer = proxied.post(
        "/auth/session", data={"ticket": issue_ticket(database, alice)}, headers={"Origin": "https://studio.example"}
    )
    assert answer.status_code == 204
    assert "Secure" in answer.headers["set-cookie"]


def test_by_https_no_neighbour_can_plant_a_session_of_its_own(
    runtime: Runtime, database: Database, alice: User, charlie: User, settings: Settings
) -> None:
    """A page at evil.example.org may set cookies for all of example.org, but none whose name begins with __Host-."""
    outside = Runtime(settings.model_copy(update={"public_url": "https://studio.example"}), database, runtime.store)
    app = Starlette(routes=auth_routes(outside))
    browser = TestClient(app, base_url="https://studio.example", headers={"Origin": "https://studio.example"})
    planted = sign_in(browser, database, charlie)
    assert browser.post("/auth/sign-out").status_code == 204
    assert find(database, planted)
    cookie = browser.post("/auth/session", data={"ticket": issue_ticket(database, alice)}).headers["set-cookie"]
    assert cookie.startswith("__Host-atelier_session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    gone = browser.post("/auth/sign-out").headers["set-cookie"]
    assert gone.startswith('__Host-atelier_session=""')
    assert "Secure" in gone  # browsers would not hear of it otherwise


def test_signing_out_ends_the_session_and_takes_the_cookie_away(
    client: TestClient, database: Database, alice: User
) -> None:
    token = sign_in(client, database, alice)
    answer = client.post("/auth/sign-out")
    assert answer.status_code == 204
    assert 'atelier_session=""' in answer.headers["set-cookie"]
    assert find(database, token) is None


def test_signing_out_without_a_session_is_fine(client: TestClient) -> None:
    assert client.post("/auth/sign-out").status_code == 204


@pytest.mark.parametrize("path", ["/auth/session", "/auth/sign-out"])
def test_looking_at_an_address_changes_nothing(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 405
