"""The part of the control API that is about published works: a gallery from before, deletion, the audience."""

from typing import Any

from pydantic import Field
from starlette.requests import Request

from core.sandbox.deviantart.models import Deviation
from core.sandbox.deviantart.past import add_past_works
from core.sandbox.deviantart.state import Site
from core.sandbox.errors import InvalidControl
from core.sandbox.orders import Order, read_order


class GalleryOrder(Order):
    username: str
    works: int = Field(60, ge=1, le=12_000)
    days: float = Field(365, gt=0)


class WorkOrder(Order):
    deviationid: str


class WithholdOrder(WorkOrder):
    withheld: bool = True


class AudienceOrder(Order):
    views_a_day: float = Field(ge=0)


class WorksControl:
    """The handlers, as those of ``Control``."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def gallery(self, request: Request) -> Any:
        order = await read_order(request, GalleryOrder)
        user = self._site.add_user(order.username)
        works = add_past_works(self._site, user.username, order.works, days=order.days)
        return {"username": user.username, "added": len(works), "deviationids": [work.deviationid for work in works]}

    async def delete(self, request: Request) -> Any:
        work = self._work(await read_order(request, WorkOrder))
        work.is_deleted = True
        self._site.deviations.put(work)
        return {"deviationid": work.deviationid, "is_deleted": True}

    async def withhold(self, request: Request) -> Any:
        order = await read_order(request, WithholdOrder)
        work = self._work(order)
        work.is_picture_withheld = order.withheld
        self._site.deviations.put(work)
        return {"deviationid": work.deviationid, "withheld": order.withheld}

    async def audience(self, request: Request) -> Any:
        self._site.behaviour.views_a_day = (await read_order(request, AudienceOrder)).views_a_day
        self._site.save_behaviour()
        return dict(vars(self._site.behaviour))

    def _work(self, order: WorkOrder) -> Deviation:
        work = self._site.deviations.find(order.deviationid.upper())
        if work is None:
            raise InvalidControl("deviationid: there is no such work.")
        return work
