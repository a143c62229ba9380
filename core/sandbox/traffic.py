"""The middleware every provider request passes: log, latency, rate limit, faults."""

import asyncio
import random
import time
from collections.abc import Callable
from typing import Protocol

from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.sandbox.errors import ConnectionDropped
from core.sandbox.faults import FaultBook, FaultKind, FaultRule
from core.sandbox.limits import AdaptiveLimiter
from core.sandbox.requestlog import LoggedRequest, RequestLog

_RANDOM = random.Random(0)  # noqa: S311 - spreads latency, nothing secret


class Provider(Protocol):
    """How an imitated provider shows the troubles that are the same for all of them."""

    def endpoint_of(self, path: str) -> str | None:
        """The name fault patterns are matched with; ``None`` for paths outside the protocol."""

    def is_call(self, path: str) -> bool:
        """Whether programs call this path, so that latency and rate limits apply."""

    def caller_of(self, scope: Scope) -> tuple[str | None, str | None]:
        """Whose rate the request counts against, and the username behind it."""

    def answer(self, rule: FaultRule) -> Response:
        """The provider's own way to say what the rule asks for; rate limits go to ``too_many_requests``."""

    def too_many_requests(self, retry_after: int | None) -> Response:
        """The provider's answer to a caller over the limit."""

    def revoke(self, scope: Scope) -> None:
        """Take back the access the request came with."""


class Conditions:
    """What the control API can change about the traffic; none of it survives a restart."""

    def __init__(self) -> None:
        self.faults = FaultBook()
        self.limiter: AdaptiveLimiter | None = None
        self.latency_seconds = 0.0
        self.latency_jitter_seconds = 0.0

    def clear(self) -> None:
        self.faults.clear()
        self.limiter = None
        self.latency_seconds = 0.0
        self.latency_jitter_seconds = 0.0

    def latency(self) -> float:
        """Seconds this request waits before it is looked at."""
        if not self.latency_jitter_seconds:
            return self.latency_seconds
        return self.latency_seconds + _RANDOM.uniform(0, self.latency_jitter_seconds)


class TrafficMiddleware:
    """Pure ASGI, so that an answer can be thrown away and a connection closed without one."""

    def __init__(
        self, app: ASGIApp, *, provider: Provider, conditions: Conditions, log: RequestLog, clock: Callable[[], float]
    ) -> None:
        self.app = app
        self._provider = provider
        self._conditions = conditions
        self._log = log
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = self._provider.endpoint_of(scope["path"]) if scope["type"] == "http" else None
        if endpoint is None:
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})
        row = self._log.open(scope["method"], scope["path"], endpoint, self._clock())
        started = time.perf_counter()
        try:
            await self._serve(scope, receive, _noting_status(send, row), row)
        except ClientDisconnect:
            pass  # the client left before its request was complete: there is nobody to answer
        finally:
            row.username = scope["state"].get("username", row.username)
            row.duration_ms = round((time.perf_counter() - started) * 1000, 3)
            self._log.finish(row)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, row: LoggedRequest) -> None:
        caller, row.username = self._provider.caller_of(scope)
        rules = self._conditions.faults.pick(row.method, row.endpoint, caller, row.username, self._clock())
        row.faults = tuple(rule.kind.value for rule in rules)
        is_call = self._provider.is_call(scope["path"])
        fault = rules[-1] if rules and rules[-1].kind is not FaultKind.SLOW else None
        early = _slowness(rules, after_effect=False) + (self._conditions.latency() if is_call else 0.0)
        if (early or fault) and not (fault and fault.kind is FaultKind.DROP_BEFORE):
            # A request that has been sent completely takes effect even if its sender stops waiting.
            receive = await _read_ahead(receive)
        await asyncio.sleep(early)
        if is_call and await self._refused(scope, receive, send, caller):
            return
        await self._answer(scope, receive, send, row, fault, late=_slowness(rules, after_effect=True))

    async def _refused(self, scope: Scope, receive: Receive, send: Send, caller: str | None) -> bool:
        limiter = self._conditions.limiter
        if limiter is None or caller is None:
            return False
        seconds = limiter.seconds_blocked(caller, self._clock())
        if seconds == 0:
            return False
        receive = await _read_ahead(receive)
        await self._provider.too_many_requests(limiter.retry_after(seconds))(scope, receive, send)
        return True

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, row: LoggedRequest, fault: FaultRule | None, *, late: float
    ) -> None:
        if fault is not None and fault.kind is FaultKind.HALF_PUBLISHED:
            scope["state"]["half_publish"] = True
            fault = None
        if fault is None and not late:
            await self.app(scope, receive, send)
            return
        kept: list[Message] = []
        if fault is None or fault.happens_after:
            kept = await self._take_effect(scope, receive, row)
        await asyncio.sleep(late)
        if fault is None:
            for message in kept:
                await send(message)
            return
        await self._misbehave(fault, scope, receive, send)

    async def _take_effect(self, scope: Scope, receive: Receive, row: LoggedRequest) -> list[Message]:
        """Let the request do its work and keep the answer back."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, keep)
        row.effect_status = next((message["status"] for message in messages if "status" in message), None)
        return messages

    async def _misbehave(self, fault: FaultRule, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.kind is FaultKind.HANG:
            await asyncio.sleep(fault.seconds)
        if fault.kind in (FaultKind.HANG, FaultKind.DROP_BEFORE, FaultKind.DROP_AFTER):
            await _close_connection(scope, receive)
            return
        if fault.kind is FaultKind.ACCESS_REVOKED:
            self._provider.revoke(scope)
        await self._told(fault)(scope, receive, send)

    def _told(self, fault: FaultRule) -> Response:
        if fault.kind is FaultKind.RATE_LIMIT:
            return self._provider.too_many_requests(fault.retry_after)
        return _anybodys(fault) or self._provider.answer(fault)


def page(status: int) -> Response:
    """HTML where JSON was expected, as gateways and firewalls answer."""
    return HTMLResponse(
        f"<!DOCTYPE html><html><head><title>{status}</title></head>"
        f"<body><h1>{status}</h1><p>The upstream server did not answer as it should.</p></body></html>",
        status,
    )


def _anybodys(fault: FaultRule) -> Response | None:
    """What looks the same whoever the provider is: it comes from the network in front of it."""
    if fault.kind is FaultKind.HTML_PAGE:
        return page(fault.status)
    return Response(b'{"id": "\xff\x00', media_type="application/json") if fault.kind is FaultKind.RUBBISH else None


def _slowness(rules: list[FaultRule], *, after_effect: bool) -> float:
    slow = (rule for rule in rules if rule.kind is FaultKind.SLOW and rule.after_effect is after_effect)
    return sum(rule.seconds for rule in slow)


def _noting_status(send: Send, row: LoggedRequest) -> Send:
    async def noting(message: Message) -> None:
        if message["type"] == "http.response.start":
            row.status = message["status"]
        await send(message)

    return noting


async def _read_ahead(receive: Receive) -> Receive:
    """Take the whole body off the wire now and hand it over again later."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        more = message.get("more_body", False)
    pending: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return replay


async def _close_connection(scope: Scope, receive: Receive) -> None:
    """End the connection with no answer; the server lends the means in the scope's state."""
    close: Callable[[], None] | None = scope["state"].get("close_connection")
    if close is None:
        raise ConnectionDropped("The sandbox closed the connection without an answer.")
    close()
    while (await receive())["type"] != "http.disconnect":
        pass
