"""What an answer that is no success means: a category from the status and the provider's own code.

Texts of a provider are shown to people and never looked into.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from core.adapters.waiting import retry_after
from core.studio.providers import ErrorCategory, GenerationError

E = ErrorCategory
LONGEST_DETAIL = 300  # characters of a provider's own words

STATUSES: dict[int, ErrorCategory] = {
    400: E.VALIDATION,
    401: E.AUTHENTICATION,
    402: E.QUOTA,
    403: E.AUTHENTICATION,
    404: E.VALIDATION,
    405: E.VALIDATION,
    408: E.TRANSIENT,
    409: E.TRANSIENT,
    410: E.EXPIRED,
    413: E.VALIDATION,
    415: E.VALIDATION,
    422: E.VALIDATION,
    425: E.TRANSIENT,
    429: E.RATE_LIMITED,
    451: E.CONTENT_POLICY,
}
SAID: dict[ErrorCategory, str] = {
    E.TRANSIENT: "{name} had a problem of its own. It will be tried again.",
    E.RATE_LIMITED: "{name} asked us to slow down. It will be tried again, more slowly.",
    E.PROVIDER_OUTAGE: "{name} is out of order right now. It will be tried again later.",
    E.NETWORK: "{name} could not be reached. It will be tried again; check the address and the network if this lasts.",
    E.FILE_SYSTEM: "A file could not be read or written here. Check that there is room left.",
    E.AUTHENTICATION: "{name} did not accept the key. Check it under Providers & models.",
    E.VALIDATION: "{name} refused a value. Change it and try again.",
    E.CONTENT_POLICY: "{name} holds this against its rules of content. Change the prompt or the pictures.",
    E.NO_IMAGE: "{name} answered without a picture. Try another prompt or seed.",
    E.BAD_RESULT: "{name} sent something that cannot be used as a picture.",
    E.EXPIRED: "{name} no longer holds the result. Order it again.",
    E.QUOTA: "{name} wants to be paid first. Add credit there, then resume.",
    E.UNKNOWN: "{name} gave an answer that says nothing clear.",
}


def no_code(response: httpx.Response | None, body: Any) -> str | None:
    return None


def no_detail(body: Any) -> str | None:
    return None


def no_wait(body: Any) -> float | None:
    return None


@dataclass(frozen=True)
class Dialect:
    """How one provider says no. ``code_of`` is its own name of the error, ``detail_of`` its sentence for people,
    ``wait_of`` the seconds to wait where the body says so and no header does;
    ``codes`` and ``statuses`` are what these mean where they do not mean the usual."""

    name: str
    code_of: Callable[[httpx.Response | None, Any], str | None] = no_code
    detail_of: Callable[[Any], str | None] = no_detail
    wait_of: Callable[[Any], float | None] = no_wait
    codes: Mapping[str, ErrorCategory] = field(default_factory=dict)
    statuses: Mapping[int, ErrorCategory] = field(default_factory=dict)

    def category_of(self, status: int, code: str | None) -> ErrorCategory:
        """The provider's code first, then the status."""
        if code is not None and code in self.codes:
            return self.codes[code]
        if status in self.statuses:
            return self.statuses[status]
        if status >= 500:
            return E.PROVIDER_OUTAGE
        return STATUSES.get(status, E.UNKNOWN)

    def error(self, category: ErrorCategory, detail: str | None = None, **more: Any) -> GenerationError:
        """An error in the usual words, with the provider's own behind them."""
        said = SAID[category].format(name=self.name)
        return GenerationError(f"{said} It says: {shortened(detail)}" if detail else said, category, **more)


def error_of_answer(dialect: Dialect, response: httpx.Response, body: Any, *, has_effect: bool) -> GenerationError:
    """The error in an answer that is no success; ``body`` is its JSON, ``None`` for a page or anything else."""
    status = response.status_code
    wait = retry_after(response.headers.get("Retry-After"))
    wait = dialect.wait_of(body) if wait is None else wait
    code = dialect.code_of(response, body)
    category = dialect.category_of(status, code)
    if body is None and (status == 403 or 300 <= status < 400):
        category = E.PROVIDER_OUTAGE  # a page instead of JSON: the network in front of the provider turns us away
    return dialect.error(
        category,
        dialect.detail_of(body) if category in {E.VALIDATION, E.CONTENT_POLICY, E.QUOTA, E.UNKNOWN} else None,
        http_status=status,
        provider_code=code,
        retry_after=wait,
        effect_possible=has_effect and (status >= 500 or status == 408),
    )


def rubbish(dialect: Dialect, status: int, *, has_effect: bool) -> GenerationError:
    """A success by its status that cannot be read."""
    return GenerationError(
        f"{dialect.name} gave an answer that cannot be read. What became of the call is looked up first."
        if has_effect
        else f"{dialect.name} gave an answer that cannot be read. It will be asked again.",
        E.TRANSIENT,
        http_status=status,
        effect_possible=has_effect,
    )


def error_of_transport(dialect: Dialect, error: httpx.RequestError, *, has_effect: bool) -> GenerationError:
    """No answer. Before the connection stood nothing was sent; after that the effect is possible."""
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError):
        return dialect.error(E.NETWORK)
    if isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError):
        return dialect.error(E.VALIDATION, "the address or key holds characters that cannot be sent.")
    return lost(dialect, has_effect=has_effect)


def lost(dialect: Dialect, *, has_effect: bool) -> GenerationError:
    """The answer did not come, or not to its end."""
    said = (
        f"{dialect.name}'s answer was lost on the way. What became of the call is looked up before the next try."
        if has_effect
        else f"{dialect.name}'s answer was lost on the way. It will be asked again."
    )
    return GenerationError(said, E.NETWORK, effect_possible=has_effect)


def cannot_tell(dialect: Dialect) -> GenerationError:
    """Nobody can say whether a call whose answer was lost was made."""
    return GenerationError(
        f"{dialect.name} cannot be asked whether it took this call: it may have been made, and charged. Look at what "
        "it lists, then decide to repeat it.",
        E.UNKNOWN,
        effect_possible=True,
    )


def shortened(text: str) -> str:
    """One line of a provider's words."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_DETAIL else f"{text[: LONGEST_DETAIL - 1]}…"
