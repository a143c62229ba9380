"""What an answer that is no success means: a category from status, error type and error code.

Descriptions are for people and are never looked into. HTTP meanings and types: DeviantArt's
documentation of errors; an HTML page with 403 is the network in front of the site turning us away.
"""

from collections.abc import Mapping
from typing import Any

import httpx

from core.adapters.waiting import retry_after
from core.publishing.providers import ErrorCategory, ProviderError

E = ErrorCategory
# The network in front of the site has been seen to block for about five minutes, without saying so.
BLOCK_SECONDS = 300.0

TYPES: dict[str, ErrorCategory] = {
    "user_api_threshold": E.RATE_LIMITED,
    "app_api_threshold": E.RATE_LIMITED,
    "invalid_token": E.AUTH,
    "insufficient_scope": E.AUTH,
    "unauthorized": E.AUTH,
    "unverified_account": E.POLICY,
    "server_error": E.TRANSIENT,
    "invalid_request": E.VALIDATION,
}
NEXT: dict[ErrorCategory, str] = {
    E.TRANSIENT: "DeviantArt had a problem of its own. It will be tried again.",
    E.RATE_LIMITED: "DeviantArt asked us to slow down. It will be tried again, more slowly.",
    E.OUTAGE: "DeviantArt is not reachable for programs right now. It will be tried again later.",
    E.NETWORK: "DeviantArt could not be reached. It will be tried again; check the internet connection if this lasts.",
    E.AUTH: "DeviantArt did not accept the account's access. If this lasts, reconnect the account.",
    E.VALIDATION: "DeviantArt refused a field. Change it and try again.",
    E.POLICY: "DeviantArt's rules stopped this. See what it says and decide.",
    E.GONE: "DeviantArt no longer has the uploaded file. It will be sent again.",
    E.ALREADY_PUBLISHED: "DeviantArt says this is published already.",
    E.STORAGE: "The file could not be read. Check that it is still there and try again.",
    E.UNKNOWN: "DeviantArt gave an answer that says nothing clear.",
}


def error_of_answer(
    response: httpx.Response,
    body: dict[str, Any] | None,
    *,
    has_effect: bool,
    codes: Mapping[int, ErrorCategory],
) -> ProviderError | None:
    """The error in an answer, or ``None`` when it is a success. ``codes``: the endpoint's own error codes."""
    status = response.status_code
    if body is None:
        return _error_of_page(response, has_effect=has_effect)
    if status < 300 and body.get("status") != "error" and "error" not in body:
        return None
    code = body.get("error_code")
    code = code if isinstance(code, int) and not isinstance(code, bool) else None
    category = category_of(status, str(body.get("error", "")), code, codes)
    return ProviderError(
        _message(category, body),
        category,
        http_status=status,
        provider_code=code,
        retry_after=retry_after(response.headers.get("Retry-After")),
        effect_possible=has_effect and _may_have_happened(status, category),
        details=_details(body),
    )


def category_of(status: int, error: str, code: int | None, codes: Mapping[int, ErrorCategory]) -> ErrorCategory:
    """A failed call's category; status first, then the endpoint's code, then the error type."""
    if status == 429:
        return E.RATE_LIMITED
    if status == 401:
        return E.AUTH
    if status == 503:
        return E.OUTAGE
    if status >= 500:
        return E.TRANSIENT
    if code is not None and code in codes:
        return codes[code]
    if error in TYPES:
        return TYPES[error]
    return {403: E.AUTH, 400: E.VALIDATION, 404: E.VALIDATION, 413: E.VALIDATION}.get(status, E.UNKNOWN)


def error_of_transport(error: httpx.RequestError, *, has_effect: bool) -> ProviderError:
    """No answer. Before the connection stood nothing was sent; after that the effect is possible."""
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError):
        return ProviderError(NEXT[E.NETWORK], E.NETWORK)
    return ProviderError(
        "DeviantArt's answer was lost on the way. What became of the call is looked up before the next try.",
        E.TRANSIENT,
        effect_possible=has_effect,
    )


def _error_of_page(response: httpx.Response, *, has_effect: bool) -> ProviderError:
    status = response.status_code
    wait = retry_after(response.headers.get("Retry-After"))
    if status == 429:
        return ProviderError(NEXT[E.RATE_LIMITED], E.RATE_LIMITED, http_status=status, retry_after=wait)
    if status in {403, 503} or status in range(300, 400):
        return ProviderError(
            NEXT[E.OUTAGE], E.OUTAGE, http_status=status, retry_after=wait or BLOCK_SECONDS,
            effect_possible=has_effect and status == 503,
        )  # fmt: skip
    if status == 401:
        return ProviderError(NEXT[E.AUTH], E.AUTH, http_status=status)
    category = E.TRANSIENT if status >= 500 else E.UNKNOWN
    may_have_happened = has_effect and (status >= 500 or status < 300)
    return ProviderError(
        NEXT[category], category, http_status=status, retry_after=wait, effect_possible=may_have_happened
    )


def _may_have_happened(status: int, category: ErrorCategory) -> bool:
    if status >= 500:
        return True
    # With 200, a refusal that names its reason is a refusal; anything vaguer may have gone through.
    return status < 300 and category in {E.TRANSIENT, E.UNKNOWN}


def _details(body: dict[str, Any]) -> dict[str, str]:
    details = body.get("error_details")
    return {str(field): str(reason) for field, reason in details.items()} if isinstance(details, dict) else {}


def _message(category: ErrorCategory, body: dict[str, Any]) -> str:
    said = "; ".join(f"{field}: {reason}" for field, reason in _details(body).items())
    said = said or str(body.get("error_description") or "")
    said = "".join(character for character in said if character.isprintable())  # databases refuse some of the others
    if category not in {E.VALIDATION, E.POLICY, E.UNKNOWN, E.TRANSIENT} or not said:
        return NEXT[category]
    return f"{NEXT[category]} It said: {said[:300]}"
