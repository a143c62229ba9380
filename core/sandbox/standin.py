"""What the imitated providers of pictures have in common: their place, their traffic, their control API."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Scope

from core.sandbox.errors import InvalidControl
from core.sandbox.faults import FaultKind, FaultRule
from core.sandbox.limits import AdaptiveLimiter
from core.sandbox.orders import RateLimitOrder, read_order, unfit
from core.sandbox.requestlog import RequestLog
from core.sandbox.store import JsonDict, MemoryStore
from core.sandbox.traffic import Conditions, TrafficMiddleware

NOT_HERE = frozenset({FaultKind.ACCESS_REVOKED, FaultKind.HALF_PUBLISHED})


class StandIn(Protocol):
    """One imitated provider, held in memory; ``name`` is the path it is mounted below."""

    name: str

    @property
    def behaviour(self) -> BaseModel:
        """How it is set."""

    def adjust(self, changed: JsonDict) -> None:
        """Set these fields of its behaviour; raises pydantic's ``ValidationError`` for what does not fit."""

    def routes(self) -> Sequence[BaseRoute]:
        """Everything below the provider's root."""

    def caller_of(self, scope: Scope) -> str | None:
        """Whose rate a request counts against."""

    def answer(self, rule: FaultRule) -> Response:
        """The provider's own way to say what the rule asks for; rate limits go to ``too_many_requests``."""

    def too_many_requests(self, retry_after: int | None) -> Response:
        """The provider's answer to a caller over the limit."""

    def reset(self) -> None:
        """As after a fresh start."""

    def report(self) -> JsonDict:
        """``begun`` and ``generations`` (each with ``key``, ``content``, ``state``) and whatever else can be told."""


class Placed:
    """A stand-in at its place: mounted, with faults, limits and a log of its own."""

    def __init__(self, standin: StandIn, clock: Callable[[], float]) -> None:
        self.standin = standin
        self.path = f"/{standin.name}"
        self.conditions = Conditions()
        self.log = RequestLog(MemoryStore())
        self._clock = clock

    def mount(self) -> Mount:
        middleware = Middleware(
            TrafficMiddleware, provider=self, conditions=self.conditions, log=self.log, clock=self._clock
        )
        return Mount(self.path, routes=self.standin.routes(), middleware=[middleware])

    def reset(self) -> None:
        self.standin.reset()
        self.conditions.clear()
        self.log.clear()

    def endpoint_of(self, path: str) -> str | None:
        return path.removeprefix(self.path)

    def is_call(self, path: str) -> bool:
        return True

    def caller_of(self, scope: Scope) -> tuple[str | None, str | None]:
        return self.standin.caller_of(scope), None

    def answer(self, rule: FaultRule) -> Response:
        return self.standin.answer(rule)

    def too_many_requests(self, retry_after: int | None) -> Response:
        return self.standin.too_many_requests(retry_after)

    def revoke(self, scope: Scope) -> None:
        """Keys of these providers are refused by being wrong, not by a fault."""


class PlacedControl:
    """The control API of one stand-in, under ``/_sandbox/{name}``."""

    def __init__(self, placed: Placed) -> None:
        self._placed = placed

    async def state(self, request: Request) -> Any:
        placed = self._placed
        return {
            **placed.standin.report(),
            "behaviour": placed.standin.behaviour.model_dump(mode="json"),
            "faults": [fault.as_json() for fault in placed.conditions.faults],
            "requests": [row.as_json() for row in placed.log],
        }

    async def behave(self, request: Request) -> Any:
        placed = self._placed
        changed = await request.json()
        if not isinstance(changed, dict):
            raise InvalidControl("body: an object is needed.")
        try:
            placed.standin.adjust(changed)
        except ValidationError as error:
            raise unfit(error) from error
        return placed.standin.behaviour.model_dump(mode="json")

    async def add_fault(self, request: Request) -> Any:
        rule = await read_order(request, FaultRule)
        if rule.kind in NOT_HERE:
            raise InvalidControl(f"kind: {rule.kind.value} is not for this provider.")
        return self._placed.conditions.faults.add(rule).as_json()

    async def clear_faults(self, request: Request) -> Any:
        self._placed.conditions.faults.clear()
        return {"faults": []}

    async def rate_limit(self, request: Request) -> Any:
        order = await read_order(request, RateLimitOrder)
        self._placed.conditions.limiter = AdaptiveLimiter(order) if order.enabled else None
        return order.model_dump()

    async def reset(self, request: Request) -> Any:
        self._placed.reset()
        return {"status": "ok"}


def control_mount(placed: Placed) -> Mount:
    """Everything under ``/_sandbox/{name}``."""
    control = PlacedControl(placed)
    table: tuple[tuple[str, str, Callable[[Request], Awaitable[Any]]], ...] = (
        ("GET", "/state", control.state),
        ("POST", "/behaviour", control.behave),
        ("POST", "/faults", control.add_fault),
        ("DELETE", "/faults", control.clear_faults),
        ("POST", "/rate_limit", control.rate_limit),
        ("POST", "/reset", control.reset),
    )
    return Mount(
        f"/_sandbox{placed.path}", routes=[control_route(path, handler, method) for method, path, handler in table]
    )


def root_of(request: Request) -> str:
    """Where the caller reached the stand-in, its own path included, without a slash at the end."""
    return f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}"


def control_route(path: str, handler: Callable[[Request], Awaitable[Any]], method: str) -> Route:
    """A handler as a route; what it refuses is 400 with the reason."""

    async def serve(request: Request) -> Response:
        try:
            return JSONResponse(await handler(request))
        except (InvalidControl, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return Route(path, serve, methods=[method])
