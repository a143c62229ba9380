"""OAuth 2.1: consent, codes, tokens, refresh, revocation."""

import httpx
import pytest

from tests.sandbox.support import (
    CLIENT,
    MANNERS,
    RETURN_TO,
    Artist,
    Clock,
    ControlClient,
    Pkce,
    authorise_params,
    make_pkce,
    obtain_code,
    query_of,
    token_call,
)


@pytest.fixture
def url(control: ControlClient) -> str:
    return control.base_url


@pytest.fixture
def pkce() -> Pkce:
    return make_pkce()


def authorise(url: str, pkce: Pkce, **changed: str) -> httpx.Response:
    return httpx.get(f"{url}/oauth2/authorize", params=authorise_params(pkce, **changed), trust_env=False)


def exchange(url: str, pkce: Pkce, code: str, **changed: str) -> httpx.Response:
    form = {"code": code, "redirect_uri": RETURN_TO, "code_verifier": pkce.verifier, **changed}
    return token_call(url, grant_type="authorization_code", **form)


def refresh(url: str, token: str, **changed: str) -> httpx.Response:
    return token_call(url, grant_type="refresh_token", refresh_token=token, **changed)


def placebo(url: str, token: str) -> int:
    headers = {**MANNERS, "Authorization": f"Bearer {token}"}
    return httpx.get(f"{url}/api/v1/oauth2/placebo", headers=headers, trust_env=False).status_code


def test_the_consent_page_names_itself_a_sandbox_and_preselects_somebody(url: str, pkce: Pkce) -> None:
    page = authorise(url, pkce)
    assert page.status_code == 200
    assert "Sandbox · connect as …" in page.text
    assert 'value="sandbox-artist" checked' in page.text
    assert ">Authorise</button>" in page.text
    assert ">Cancel</button>" in page.text


def test_authorising_leads_home_with_a_code_and_the_state(url: str, pkce: Pkce) -> None:
    form = {**authorise_params(pkce), "username": "sandbox-artist", "decision": "authorise"}
    response = httpx.post(f"{url}/oauth2/authorize", data=form, trust_env=False)
    assert response.status_code == 302
    assert response.headers["location"].startswith(RETURN_TO + "?")
    assert set(query_of(response)) == {"code", "state"}
    assert query_of(response)["state"] == "xyz"


def test_cancelling_leads_home_with_access_denied(url: str, pkce: Pkce) -> None:
    form = {**authorise_params(pkce), "username": "sandbox-artist", "decision": "cancel"}
    answer = query_of(httpx.post(f"{url}/oauth2/authorize", data=form, trust_env=False))
    assert (answer["error"], answer["state"]) == ("access_denied", "xyz")


def test_a_new_name_becomes_a_new_user(url: str, pkce: Pkce, control: ControlClient) -> None:
    form = {
        **authorise_params(pkce),
        "username": "sandbox-artist",
        "new_username": "Brand-New",
        "decision": "authorise",
    }
    code = query_of(httpx.post(f"{url}/oauth2/authorize", data=form, trust_env=False))["code"]
    assert exchange(url, pkce, code).status_code == 200
    assert "Brand-New" in [user["username"] for user in control.state("users")]


def test_an_impossible_name_is_explained_on_the_page(url: str, pkce: Pkce) -> None:
    form = {**authorise_params(pkce), "new_username": "<b>", "decision": "authorise"}
    response = httpx.post(f"{url}/oauth2/authorize", data=form, trust_env=False)
    assert response.status_code == 400
    assert "3 to 20 letters" in response.text


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "basic moon"}, "invalid_scope"),
        ({"state": ""}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
    ],
)
def test_a_faulty_authorisation_request_is_sent_home_with_its_error(
    url: str, pkce: Pkce, changed: dict[str, str], error: str
) -> None:
    response = authorise(url, pkce, **changed)
    assert response.status_code == 302
    assert query_of(response)["error"] == error


def test_an_unknown_client_sees_a_page_and_is_not_redirected(url: str, pkce: Pkce) -> None:
    response = authorise(url, pkce, client_id="somebody-else")
    assert response.status_code == 400
    assert "location" not in response.headers


def test_the_first_return_address_of_a_loopback_origin_must_then_match_exactly(url: str, pkce: Pkce) -> None:
    first = "http://localhost:9555/back"
    assert authorise(url, pkce, redirect_uri=first).status_code == 200
    assert authorise(url, pkce, redirect_uri=first).status_code == 200
    assert authorise(url, pkce, redirect_uri=first + "/").status_code == 400
    assert authorise(url, pkce, redirect_uri=first + "?x=1").status_code == 400


@pytest.mark.parametrize(
    "address", ["https://example.org/back", "http://127.0.0.1.example.org/back", "", "ftp://127.0.0.1/x"]
)
def test_a_return_address_elsewhere_is_refused_unless_registered(url: str, pkce: Pkce, address: str) -> None:
    assert authorise(url, pkce, redirect_uri=address).status_code == 400


def test_a_code_becomes_a_token_pair(url: str, pkce: Pkce) -> None:
    answer = exchange(url, pkce, obtain_code(url, pkce)).json()
    assert answer["status"] == "success"
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    assert answer["scope"] == "basic user browse stash publish gallery"
    assert placebo(url, answer["access_token"]) == 200


def test_a_code_works_once(url: str, pkce: Pkce) -> None:
    code = obtain_code(url, pkce)
    assert exchange(url, pkce, code).status_code == 200
    assert exchange(url, pkce, code).json()["error"] == "invalid_request"


def test_a_code_expires(url: str, pkce: Pkce, clock: Clock) -> None:
    code = obtain_code(url, pkce)
    clock.advance(minutes=11)
    assert exchange(url, pkce, code).status_code == 400


@pytest.mark.parametrize("changed", [{"code_verifier": "a" * 43}, {"code_verifier": "short"}, {"code_verifier": ""}])
def test_a_wrong_verifier_is_refused(url: str, pkce: Pkce, changed: dict[str, str]) -> None:
    assert exchange(url, pkce, obtain_code(url, pkce), **changed).status_code == 400


def test_the_exchange_repeats_the_return_address_exactly(url: str, pkce: Pkce) -> None:
    response = exchange(url, pkce, obtain_code(url, pkce), redirect_uri=RETURN_TO + "/")
    assert response.status_code == 400


def test_the_client_may_authenticate_by_http_basic(url: str, pkce: Pkce) -> None:
    form = {"grant_type": "authorization_code", "code": obtain_code(url, pkce), "redirect_uri": RETURN_TO}
    form["code_verifier"] = pkce.verifier
    response = httpx.post(f"{url}/oauth2/token", data=form, headers=MANNERS, auth=CLIENT, trust_env=False)
    assert response.status_code == 200


@pytest.mark.parametrize("changed", [{"client_secret": "wrong"}, {"client_id": "nobody"}, {"client_secret": ""}])
def test_a_client_without_its_secret_gets_no_token(url: str, pkce: Pkce, changed: dict[str, str]) -> None:
    response = exchange(url, pkce, obtain_code(url, pkce), **changed)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


def test_a_refresh_gives_a_new_pair(url: str, alice: Artist) -> None:
    answer = refresh(url, alice.tokens["refresh_token"]).json()
    assert answer["access_token"] != alice.tokens["access_token"]
    assert answer["refresh_token"] != alice.tokens["refresh_token"]
    assert placebo(url, answer["access_token"]) == 200


def test_a_refresh_token_works_once(url: str, alice: Artist, control: ControlClient) -> None:
    assert refresh(url, alice.tokens["refresh_token"]).status_code == 200
    again = refresh(url, alice.tokens["refresh_token"])
    assert again.status_code == 400
    assert again.json()["error"] == "invalid_request"
    assert again.json()["error_description"] == "The refresh_token is invalid."
    assert [attempt["outcome"] for attempt in control.state("refreshes")] == ["ok", "reused"]


def test_a_refresh_token_expires_after_ninety_days(url: str, alice: Artist, clock: Clock) -> None:
    clock.advance(days=90, seconds=1)
    assert refresh(url, alice.tokens["refresh_token"]).status_code == 400


def test_an_unknown_grant_type_is_refused(url: str, control: ControlClient) -> None:
    assert token_call(url, grant_type="password").json()["error"] == "unsupported_grant_type"


def test_client_credentials_reach_public_endpoints_only(url: str, alice: Artist) -> None:
    tokens = token_call(url, grant_type="client_credentials").json()
    assert "refresh_token" not in tokens
    application = Artist(url, tokens)
    assert application.get("/gallery/all", username="alice").status_code == 200
    assert application.get("/gallery/all").status_code == 403
    assert application.submit().status_code == 403
    application.close()


def revoke(url: str, **form: str) -> httpx.Response:
    return httpx.post(f"{url}/oauth2/revoke", data=form, headers=MANNERS, trust_env=False)


def test_revoking_ends_everything_of_the_person_and_application(
    url: str, alice: Artist, control: ControlClient
) -> None:
    other = control.post("/grant", username="alice")
    assert revoke(url, token=alice.tokens["refresh_token"]).json() == {"status": "success"}
    assert placebo(url, alice.tokens["access_token"]) == 401
    assert placebo(url, other["access_token"]) == 401
    assert refresh(url, other["refresh_token"]).status_code == 400


def test_revoking_the_refresh_only_ends_this_session_alone(url: str, alice: Artist, control: ControlClient) -> None:
    other = control.post("/grant", username="alice")
    revoke(url, token=alice.tokens["access_token"], revoke_refresh_only="true")
    assert refresh(url, alice.tokens["refresh_token"]).status_code == 400
    assert placebo(url, other["access_token"]) == 200


def test_a_client_with_registered_addresses_takes_no_others() -> None:
    from core.sandbox.deviantart.models import Client
    from core.sandbox.server import running

    client = Client("own-id", "own-secret", ["https://studio.example/back"])
    with running(clients=[client]) as url:
        right = authorise(url, make_pkce(), client_id="own-id", redirect_uri="https://studio.example/back")
        wrong = authorise(url, make_pkce(), client_id="own-id", redirect_uri="https://studio.example/other")
    assert (right.status_code, wrong.status_code) == (200, 400)
