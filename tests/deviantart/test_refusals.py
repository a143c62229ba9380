"""What went wrong, by status and code; never by what the description says."""

from pathlib import Path

import httpx
import pytest

from core.adapters.deviantart.sites import DeviantArt
from core.clock import utc_now
from core.publishing.providers import ErrorCategory as E
from core.publishing.providers import ProviderError
from tests.deviantart.support import answering, error_body, failing, publication, saying, submission

PAGE = "<!DOCTYPE html><html><body>403 Forbidden</body></html>"


def refusal(site: DeviantArt, call: str = "publish") -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        if call == "publish":
            site.publish("token", publication())
        else:
            site.check_token("token")
    return caught.value


@pytest.mark.parametrize(
    ("code", "category"),
    [
        (0, E.POLICY), (1, E.POLICY), (2, E.VALIDATION), (3, E.VALIDATION), (4, E.VALIDATION), (5, E.VALIDATION),
        (6, E.TRANSIENT), (7, E.GONE), (8, E.POLICY), (9, E.ALREADY_PUBLISHED), (10, E.VALIDATION),
        (None, E.VALIDATION),
    ],
)  # fmt: skip
@pytest.mark.parametrize("status", [200, 400])
def test_a_publish_code_decides_the_category(status: int, code: int | None, category: E) -> None:
    error = refusal(saying(status, error_body("invalid_request", code)))
    assert (error.category, error.provider_code, error.http_status) == (category, code, status)
    assert error.effect_possible is (status == 200 and category is E.TRANSIENT)


def test_publish_codes_mean_nothing_elsewhere() -> None:
    assert refusal(saying(400, error_body("invalid_request", 9)), "placebo").category is E.VALIDATION


@pytest.mark.parametrize(
    ("status", "error", "category", "effect_possible"),
    [
        (400, "invalid_request", E.VALIDATION, False),
        (400, "unverified_account", E.POLICY, False),
        (400, "user_api_threshold", E.RATE_LIMITED, False),
        (400, "server_error", E.TRANSIENT, False),
        (400, "never_heard_of", E.VALIDATION, False),
        (401, "invalid_token", E.AUTH, False),
        (403, "insufficient_scope", E.AUTH, False),
        (403, "never_heard_of", E.AUTH, False),
        (404, "invalid_request", E.VALIDATION, False),
        (429, "user_api_threshold", E.RATE_LIMITED, False),
        (500, "server_error", E.TRANSIENT, True),
        (502, "never_heard_of", E.TRANSIENT, True),
        (503, "server_error", E.OUTAGE, True),
        (200, "server_error", E.TRANSIENT, True),
        (200, "invalid_request", E.VALIDATION, False),
        (200, "invalid_token", E.AUTH, False),
        (200, "never_heard_of", E.UNKNOWN, True),
    ],
)
def test_status_and_type_decide_the_rest(status: int, error: str, category: E, effect_possible: bool) -> None:
    found = refusal(saying(status, error_body(error)))
    assert (found.category, found.effect_possible) == (category, effect_possible)


@pytest.mark.parametrize("status", [403, 302, 503])
def test_a_page_instead_of_json_is_an_outage_of_some_minutes(status: int) -> None:
    error = refusal(saying(status, PAGE))
    assert (error.category, error.retry_after) == (E.OUTAGE, 300)


@pytest.mark.parametrize(
    ("status", "category", "effect_possible"),
    [(200, E.UNKNOWN, True), (500, E.TRANSIENT, True), (404, E.UNKNOWN, False), (429, E.RATE_LIMITED, False)],
)
def test_other_pages(status: int, category: E, effect_possible: bool) -> None:
    error = refusal(saying(status, PAGE))
    assert (error.category, error.effect_possible) == (category, effect_possible)


def test_the_description_is_never_looked_into() -> None:
    body = error_body("invalid_request") | {"error_description": "The refresh_token is invalid, expired, rate limited."}
    assert refusal(saying(400, body)).category is E.VALIDATION


def test_a_wrong_field_is_named_to_the_person() -> None:
    error = refusal(saying(400, error_body("invalid_request", title="At most 50 characters.")))
    assert error.details == {"title": "At most 50 characters."}
    assert "title: At most 50 characters." in str(error)


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError])
def test_without_a_connection_nothing_can_have_happened(error: type[httpx.TransportError]) -> None:
    found = refusal(failing(error("no")))
    assert (found.category, found.effect_possible) == (E.NETWORK, False)


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadTimeout,
        httpx.WriteTimeout,
        httpx.ReadError,
        httpx.WriteError,
        httpx.RemoteProtocolError,
        httpx.DecodingError,
    ],
)
def test_a_lost_answer_leaves_the_effect_open(error: type[httpx.RequestError]) -> None:
    found = refusal(failing(error("no")))
    assert (found.category, found.effect_possible) == (E.TRANSIENT, True)


def test_a_call_that_only_looks_has_no_effect_to_wonder_about() -> None:
    assert not refusal(failing(httpx.ReadTimeout("no")), "placebo").effect_possible
    assert not refusal(saying(500, error_body("server_error")), "placebo").effect_possible


@pytest.mark.parametrize(("value", "seconds"), [("120", 120), ("1.5", 1.5), ("-3", 0), ("9999999", 86400)])
def test_retry_after_in_seconds(value: str, seconds: float) -> None:
    assert refusal(saying(429, error_body("user_api_threshold"), **{"Retry-After": value})).retry_after == seconds


def test_retry_after_as_a_date(monkeypatch: pytest.MonkeyPatch) -> None:
    at_noon = utc_now().replace(2026, 6, 1, 12, 0, 0, 0)
    monkeypatch.setattr("core.adapters.waiting.utc_now", lambda: at_noon)
    site = saying(429, error_body("user_api_threshold"), **{"Retry-After": "Mon, 01 Jun 2026 12:02:30 GMT"})
    assert refusal(site).retry_after == 150


@pytest.mark.parametrize("value", ["", "soon", "nan", "inf"])
def test_a_retry_after_that_says_nothing_is_none(value: str) -> None:
    assert refusal(saying(429, error_body("user_api_threshold"), **{"Retry-After": value})).retry_after is None


def test_a_success_without_its_id_is_looked_up() -> None:
    error = refusal(saying(200, {"status": "success", "url": "https://x.test/1"}))
    assert (error.category, error.effect_possible) == (E.UNKNOWN, True)


def test_our_own_missing_file_is_no_fault_of_the_site(tmp_path: Path) -> None:
    with pytest.raises(ProviderError) as caught:
        saying(200, {}).submit("token", submission(tmp_path / "not-there.png"))
    assert caught.value.category is E.STORAGE


def test_no_message_repeats_the_token() -> None:
    for site in (saying(401, error_body("invalid_token")), failing(httpx.ReadTimeout("token"))):
        assert "token" not in str(refusal(site))


def test_headers_that_the_site_insists_on_go_with_every_call() -> None:
    seen: list[httpx.Headers] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers)
        return httpx.Response(200, json={"status": "success"}, headers={"Set-Cookie": "who=alice; Path=/"})

    site = answering(answer)
    site.check_token("first")
    site.check_token("second")
    for headers in seen:
        assert headers["user-agent"].startswith("Atelier/")
        assert headers["accept-encoding"] == "gzip"
        assert headers["da-minor-version"] == "20240701"
        assert "cookie" not in headers  # what is set for one account must not be sent for another
    assert [headers["authorization"] for headers in seen] == ["Bearer first", "Bearer second"]
