"""What every call must bring, and what happens to those that do not."""

from collections.abc import Callable

import httpx
import pytest

from tests.sandbox.support import MANNERS, Artist, Clock, ControlClient


def call(artist: Artist, **headers: str) -> httpx.Response:
    sent = {**MANNERS, "Authorization": f"Bearer {artist.tokens['access_token']}", **headers}
    return httpx.get(f"{artist.base_url}/api/v1/oauth2/placebo", headers=sent, trust_env=False)


@pytest.mark.parametrize("agent", ["", "python-httpx/0.28", "Atelier (studio@example.org)", "Mozilla/5.0 (X11; Linux)"])
def test_a_user_agent_without_application_version_and_contact_is_blocked_with_html(alice: Artist, agent: str) -> None:
    response = call(alice, **{"User-Agent": agent})
    assert response.status_code == 403
    assert response.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("contact", ["studio@example.org", "https://example.org/contact"])
def test_a_contact_is_a_mail_address_or_a_page(alice: Artist, contact: str) -> None:
    assert call(alice, **{"User-Agent": f"Atelier/1.2 ({contact})"}).status_code == 200


def test_a_call_that_does_not_take_gzip_is_blocked_with_html(alice: Artist) -> None:
    response = call(alice, **{"Accept-Encoding": "identity"})
    assert (response.status_code, response.headers["content-type"][:9]) == (403, "text/html")


@pytest.mark.parametrize("version", ["", "19990101"])
def test_a_call_without_a_known_minor_version_is_blocked_with_html(alice: Artist, version: str) -> None:
    assert call(alice, **{"dA-minor-version": version}).status_code == 403


def test_the_token_endpoint_wants_the_contact_too(control: ControlClient) -> None:
    response = httpx.post(f"{control.base_url}/oauth2/token", data={"grant_type": "refresh_token"}, trust_env=False)
    assert (response.status_code, response.headers["content-type"][:9]) == (403, "text/html")


def test_answers_are_compressed(alice: Artist) -> None:
    assert alice.get("/placebo").headers["content-encoding"] == "gzip"


def test_a_token_may_travel_in_the_body_of_a_post(alice: Artist) -> None:
    url = f"{alice.base_url}/api/v1/oauth2/placebo"
    form = {"access_token": alice.tokens["access_token"]}
    assert httpx.post(url, data=form, headers=MANNERS, trust_env=False).json() == {"status": "success"}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_token_in_the_query_is_refused(alice: Artist, method: str) -> None:
    url = f"{alice.base_url}/api/v1/oauth2/placebo?access_token={alice.tokens['access_token']}"
    response = httpx.request(method, url, headers=MANNERS, trust_env=False)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_token")


@pytest.mark.parametrize("token", [None, "Bearer nonsense", "Basic abc"])
def test_a_missing_or_unknown_token_is_refused(alice: Artist, token: str | None) -> None:
    headers = {**MANNERS, **({"Authorization": token} if token else {})}
    response = httpx.get(f"{alice.base_url}/api/v1/oauth2/placebo", headers=headers, trust_env=False)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_token")


def test_an_access_token_expires_after_an_hour(alice: Artist, clock: Clock) -> None:
    clock.advance(minutes=59)
    assert alice.get("/placebo").status_code == 200
    clock.advance(minutes=2)
    response = alice.get("/placebo")
    assert (response.status_code, response.json()["error"]) == (401, "invalid_token")


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("basic", "GET", "/user/whoami"),
        ("basic user", "POST", "/stash/submit"),
        ("basic stash", "POST", "/stash/publish"),
        ("basic browse", "POST", "/gallery/folders/create"),
        ("basic stash", "GET", "/gallery/all"),
    ],
)
def test_a_token_without_the_scope_is_refused_with_json(
    connect: Callable[..., Artist], scope: str, method: str, path: str
) -> None:
    bob = connect("bob", scope=scope)
    response = bob.http.request(method, path)
    assert (response.status_code, response.json()["error"]) == (403, "insufficient_scope")


@pytest.mark.parametrize(
    "path",
    [
        "/stash/1234",
        "/stash/delta",
        "/stash/item/5",
        "/stash/space",
        "/stash/1/contents",
        "/browse/popular",
        "/nonsense",
    ],
)
def test_withdrawn_endpoints_are_not_found(alice: Artist, path: str) -> None:
    response = alice.get(path)
    assert response.status_code == 404
    assert response.json() == {
        "status": "error",
        "error": "invalid_request",
        "error_description": "Api endpoint not found.",
    }


def test_an_unknown_parameter_is_refused_by_name(alice: Artist) -> None:
    response = alice.get("/gallery/all", colour="blue")
    assert response.status_code == 400
    assert response.json()["error_details"] == {"colour": "Unknown parameter."}


def test_a_parameter_sent_twice_is_refused(alice: Artist) -> None:
    assert "limit" in alice.get("/gallery/all", limit=["1", "2"]).json()["error_details"]
