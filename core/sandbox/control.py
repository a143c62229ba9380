"""The control API under ``/_sandbox``: what a test, a benchmark or a person sets and reads."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.routing import Mount

from core.sandbox.deviantart.access import SCOPES
from core.sandbox.deviantart.state import Site
from core.sandbox.deviantart.tokens import expire_access, issue, new_grant, revoke_user
from core.sandbox.errors import InvalidControl
from core.sandbox.faults import FaultRule
from core.sandbox.limits import AdaptiveLimiter
from core.sandbox.notes_control import NotesControl
from core.sandbox.orders import Order, RateLimitOrder, read_order
from core.sandbox.report import LISTS, report, user_json
from core.sandbox.standin import Placed, control_route
from core.sandbox.store import JsonDict
from core.sandbox.traffic import Conditions
from core.sandbox.works_control import WorksControl


class ResetOrder(Order):
    keep_accounts: bool = False


class UserOrder(Order):
    username: str
    folders: list[str] = Field(default_factory=list)


class GrantOrder(Order):
    username: str
    scope: str = "basic user browse browse.mlt stash publish gallery message note"
    expires_in: int | None = Field(None, ge=0)  # seconds; the site's setting when absent
    client_id: str = "atelier-sandbox"


class UsernameOrder(Order):
    username: str


class LatencyOrder(Order):
    seconds: float = Field(ge=0)
    jitter_seconds: float = Field(0.0, ge=0)


class SecondsOrder(Order):
    seconds: float = Field(ge=0)


class LifetimeOrder(Order):
    access_seconds: int | None = Field(None, ge=0)
    refresh_seconds: int | None = Field(None, ge=0)


class AgreementsOrder(Order):
    required: bool


class Control:
    """The handlers; each reads one order, applies it and answers with the new state of that one thing."""

    def __init__(self, site: Site, conditions: Conditions, placed: Sequence[Placed]) -> None:
        self._site = site
        self._conditions = conditions
        self._placed = placed

    async def health(self, request: Request) -> Any:
        return {"status": "ok"}

    async def state(self, request: Request) -> Any:
        only = request.query_params.get("only")
        wanted = set(only.split(",")) if only else set(LISTS)
        if wanted - set(LISTS):
            raise InvalidControl(f"only: choose from {', '.join(LISTS)}.")
        return report(self._site, self._conditions, wanted)

    async def add_fault(self, request: Request) -> Any:
        return self._conditions.faults.add(await read_order(request, FaultRule)).as_json()

    async def list_faults(self, request: Request) -> Any:
        return {"faults": [fault.as_json() for fault in self._conditions.faults]}

    async def clear_faults(self, request: Request) -> Any:
        self._conditions.faults.clear()
        return {"faults": []}

    async def remove_fault(self, request: Request) -> Any:
        if not self._conditions.faults.remove(request.path_params["fault_id"]):
            raise InvalidControl("There is no fault with this id.")
        return await self.list_faults(request)

    async def reset(self, request: Request) -> Any:
        order = await read_order(request, ResetOrder)
        self._site.reset(keep_accounts=order.keep_accounts)
        self._conditions.clear()
        for one in self._placed:
            one.reset()
        return {"status": "ok"}

    async def list_users(self, request: Request) -> Any:
        return {"users": [user_json(self._site, user) for user in self._site.users]}

    async def add_user(self, request: Request) -> Any:
        order = await read_order(request, UserOrder)
        return user_json(self._site, self._site.add_user(order.username, order.folders))

    async def grant(self, request: Request) -> Any:
        order = await read_order(request, GrantOrder)
        scope = order.scope.split()
        unknown = sorted(set(scope) - SCOPES)
        if unknown:
            raise InvalidControl(f"scope: unknown {' '.join(unknown)}.")
        if self._site.clients.find(order.client_id) is None:
            raise InvalidControl("client_id: no such client.")
        user = self._site.add_user(order.username)
        grant = new_grant(self._site, order.client_id, user.username, scope)
        tokens = issue(self._site, grant, access_seconds=order.expires_in)
        return {**tokens, "username": user.username, "userid": user.userid}

    async def revoke(self, request: Request) -> Any:
        username = (await read_order(request, UsernameOrder)).username
        return {"revoked": revoke_user(self._site, self._known(username))}

    async def expire(self, request: Request) -> Any:
        username = (await read_order(request, UsernameOrder)).username
        return {"expired": expire_access(self._site, self._known(username))}

    def _known(self, username: str) -> str:
        user = self._site.find_user(username)
        if user is None:
            raise InvalidControl("username: nobody of this name is here.")
        return user.username

    async def latency(self, request: Request) -> Any:
        order = await read_order(request, LatencyOrder)
        self._conditions.latency_seconds = order.seconds
        self._conditions.latency_jitter_seconds = order.jitter_seconds
        return order.model_dump()

    async def rate_limit(self, request: Request) -> Any:
        order = await read_order(request, RateLimitOrder)
        self._conditions.limiter = AdaptiveLimiter(order) if order.enabled else None
        return order.model_dump()

    async def gallery_lag(self, request: Request) -> Any:
        self._site.behaviour.gallery_lag_seconds = (await read_order(request, SecondsOrder)).seconds
        return self._saved_behaviour()

    async def lifetimes(self, request: Request) -> Any:
        order = await read_order(request, LifetimeOrder)
        for name, value in order.model_dump(exclude_none=True).items():
            setattr(self._site.behaviour, name, value)
        return self._saved_behaviour()

    async def agreements(self, request: Request) -> Any:
        self._site.behaviour.agreements_required = (await read_order(request, AgreementsOrder)).required
        return self._saved_behaviour()

    def _saved_behaviour(self) -> JsonDict:
        self._site.save_behaviour()
        return dict(vars(self._site.behaviour))


def control_routes(site: Site, conditions: Conditions, placed: Sequence[Placed]) -> Mount:
    """Everything under ``/_sandbox``; ``placed`` begin anew with a reset."""
    control, works, notes = Control(site, conditions, placed), WorksControl(site), NotesControl(site)
    table = (
        ("GET", "/health", control.health),
        ("GET", "/state", control.state),
        ("POST", "/faults", control.add_fault),
        ("GET", "/faults", control.list_faults),
        ("DELETE", "/faults", control.clear_faults),
        ("DELETE", "/faults/{fault_id:int}", control.remove_fault),
        ("POST", "/reset", control.reset),
        ("GET", "/users", control.list_users),
        ("POST", "/users", control.add_user),
        ("POST", "/grant", control.grant),
        ("POST", "/revoke", control.revoke),
        ("POST", "/expire", control.expire),
        ("POST", "/latency", control.latency),
        ("POST", "/rate_limit", control.rate_limit),
        ("POST", "/gallery_lag", control.gallery_lag),
        ("POST", "/lifetimes", control.lifetimes),
        ("POST", "/agreements", control.agreements),
        ("POST", "/notes", notes.serve),
        ("POST", "/note", notes.deliver),
        ("POST", "/gallery", works.gallery),
        ("POST", "/delete_work", works.delete),
        ("POST", "/withhold_picture", works.withhold),
        ("POST", "/audience", works.audience),
    )
    return Mount("/_sandbox", routes=[control_route(path, handler, method) for method, path, handler in table])
