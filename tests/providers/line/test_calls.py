"""Answers of every shape, and what they are taken for."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from core.adapters.images.http import Line
from core.adapters.images.refusals import Dialect
from core.adapters.waiting import LONGEST_WAIT_SECONDS
from core.studio.providers import ErrorCategory, GenerationError

E = ErrorCategory
URL = "https://api.provider.test/v1/things"


def line(answer: Callable[[httpx.Request], httpx.Response], dialect: Dialect | None = None) -> Line:
    return Line("test", dialect or Dialect("Test"), transport=httpx.MockTransport(answer))


def refused(answer: httpx.Response | Exception, *, has_effect: bool = True, **more: Any) -> GenerationError:
    """The error of a call that is answered so."""

    def give(_: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(GenerationError) as caught:
        line(give).call("POST", URL, endpoint="thing", has_effect=has_effect, **more)
    return caught.value


@pytest.mark.parametrize(
    ("status", "category", "effect_possible"),
    [
        (400, E.VALIDATION, False),
        (401, E.AUTHENTICATION, False),
        (402, E.QUOTA, False),
        (403, E.AUTHENTICATION, False),
        (408, E.TRANSIENT, True),
        (410, E.EXPIRED, False),
        (418, E.UNKNOWN, False),
        (422, E.VALIDATION, False),
        (429, E.RATE_LIMITED, False),
        (451, E.CONTENT_POLICY, False),
        (500, E.PROVIDER_OUTAGE, True),
        (504, E.PROVIDER_OUTAGE, True),
    ],
)
def test_the_status_decides_whatever_the_text_says(status: int, category: ErrorCategory, effect_possible: bool) -> None:
    error = refused(httpx.Response(status, json={"detail": "500 timeout nsfw quota"}))
    assert (error.category, error.effect_possible, error.http_status) == (category, effect_possible, status)
    assert not refused(httpx.Response(status, json={}), has_effect=False).effect_possible


@pytest.mark.parametrize(
    ("error", "category", "effect_possible"),
    [
        (httpx.ConnectError("refused"), E.NETWORK, False),
        (httpx.ConnectTimeout("slow"), E.NETWORK, False),
        (httpx.PoolTimeout("busy"), E.NETWORK, False),
        (httpx.ReadTimeout("slow"), E.NETWORK, True),
        (httpx.WriteError("reset"), E.NETWORK, True),
        (httpx.RemoteProtocolError("cut"), E.NETWORK, True),
        (httpx.LocalProtocolError("Illegal header value b'r8_secret\\n'"), E.VALIDATION, False),
        (httpx.UnsupportedProtocol("ftp"), E.VALIDATION, False),
    ],
)
def test_without_an_answer_what_counts_is_whether_the_call_was_sent(
    error: Exception, category: ErrorCategory, effect_possible: bool
) -> None:
    found = refused(error)
    assert (found.category, found.effect_possible) == (category, effect_possible)
    assert "r8_secret" not in str(found)


def test_a_value_that_cannot_be_written_down_is_said_before_anything_is_sent() -> None:
    found = refused(httpx.Response(200, json={}), json={"strength": float("nan")})
    assert (found.category, found.effect_possible) == (E.VALIDATION, False)


@pytest.mark.parametrize("status", [301, 302, 307, 403])
def test_a_page_in_place_of_an_answer_is_an_outage(status: int) -> None:
    assert refused(httpx.Response(status, html="<h1>no</h1>", headers={"Location": "/"})).category is E.PROVIDER_OUTAGE


@pytest.mark.parametrize("content", [b"", b"<html>", b"\xff\xfe", b"{", b"null"])
def test_a_success_that_cannot_be_read_leaves_the_effect_open(content: bytes) -> None:
    error = refused(httpx.Response(200, content=content))
    assert (error.category, error.effect_possible) == (E.TRANSIENT, True)


def test_an_answer_is_read_up_to_a_size() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b" " * 1024

    error = refused(httpx.Response(200, content=endless()), max_bytes=10_000)
    assert (error.category, error.effect_possible) == (E.BAD_RESULT, True)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("17", 17),
        ("0.5", 0.5),
        ("-3", 0),
        ("1e9", LONGEST_WAIT_SECONDS),
        ("inf", None),
        ("soon", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
    ],
)
def test_a_wait_that_was_asked_for_is_kept_within_a_day(header: str, seconds: float | None) -> None:
    assert refused(httpx.Response(429, json={}, headers={"Retry-After": header})).retry_after == seconds


def test_a_providers_own_words_are_shortened_and_only_shown_where_they_help() -> None:
    dialect = Dialect("Test", detail_of=lambda body: str(body["detail"]))

    def said(status: int) -> str:
        answering = line(lambda _: httpx.Response(status, json={"detail": "width " * 200}), dialect)
        with pytest.raises(GenerationError) as caught:
            answering.call("POST", URL, endpoint="thing")
        return str(caught.value)

    assert "It says: width width" in said(422)
    assert len(said(422)) < 400
    assert "It says" not in said(401)


def test_a_call_is_made_once() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        return httpx.Response(503, json={})

    with pytest.raises(GenerationError):
        line(answer).call("POST", URL, endpoint="thing", has_effect=True)
    assert asked == ["POST"]


def test_brackets_within_brackets_are_an_answer_that_cannot_be_read() -> None:
    line = Line("test", Dialect("Test"), transport=httpx.MockTransport(lambda _: httpx.Response(200, text="[" * 10**5)))
    with pytest.raises(GenerationError) as caught:
        line.call("POST", "https://api.provider.test/make", endpoint="make", has_effect=True)
    assert (caught.value.category, caught.value.effect_possible) == (ErrorCategory.TRANSIENT, True)
