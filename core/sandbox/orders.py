"""Reading what the control API is told."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request

from core.sandbox.errors import InvalidControl
from core.sandbox.limits import LimitPolicy


class Order(BaseModel):
    """The body of one control call; what nobody declared is refused."""

    model_config = ConfigDict(extra="forbid")


class RateLimitOrder(LimitPolicy):
    enabled: bool = True


B = TypeVar("B", bound=BaseModel)


async def read_order(request: Request, kind: type[B]) -> B:
    """The body as ``kind``; raises ``InvalidControl`` naming what is wrong."""
    raw = await request.body()
    try:
        return kind.model_validate_json(raw or b"{}")
    except ValidationError as error:
        raise unfit(error) from error


def unfit(error: ValidationError) -> InvalidControl:
    """The first thing that does not fit, by its place."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "body"
    return InvalidControl(f"{where}: {first['msg']}")
