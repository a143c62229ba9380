"""In the studio, too, another person's id answers like a missing one, and nothing of theirs changes.

Every public service of orders, products, shelves and wording that takes an id for an acting person is called with
everything somebody else has, in the trash or not, and with what nobody has. New services are found by themselves.
"""

import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.base import Base
from core.db.engine import Database
from core.db.ids import new_id
from core.errors import AtelierError
from core.identity.models import User
from core.logs import correlated
from core.studio.catalogue.access import get_provider
from core.studio.orders import placing
from core.studio.orders.forms import OrderForm
from core.studio.orders.listing import OrderFilter, list_orders
from core.studio.orders.models import ItemStatus
from core.studio.products import changing, listing
from core.studio.products.changing import Mark
from core.studio.products.filters import ProductFilter
from core.studio.shelves import smart, tags
from core.studio.shelves.collections import CollectionForm
from core.studio.shelves.models import ProjectStatus, TaggedKind
from core.studio.shelves.projects import ProjectForm
from core.studio.wording.lookups import LookupForm
from core.studio.wording.models import GenerationTemplate
from core.studio.wording.templates import TemplateForm
from core.system.actors import Actor
from core.system.models import AuditEvent
from tests.factories import NOON, make_user
from tests.studio.factories import (
    make_collection,
    make_item,
    make_lookup,
    make_model,
    make_order,
    make_product,
    make_project,
    make_provider,
)
from tests.support.sources import functions

ROOMS = ("core.studio.orders", "core.studio.products", "core.studio.shelves", "core.studio.wording",
         "core.studio.catalogue.terms", "core.publishing.from_products")  # fmt: skip
# What a parameter names; those of several take a list.
KINDS = {
    "order_id": "order", "item_id": "item", "item_ids": "item", "product_id": "product", "product_ids": "product",
    "before": "product", "collection_id": "collection", "project_id": "project", "tag_id": "tag", "tag_ids": "tag",
    "template_id": "template", "lookup_id": "lookup", "ids": "product", "group": "group",
}  # fmt: skip
# These go on with an order, or with rows, that a caller has looked up already.
LOOKED_UP = {"core.studio.orders.states.roll_up", "core.studio.products.changing.apply"}


@dataclass(frozen=True)
class House:
    """Alice, who asks, with one of everything; and what Charlie has, each live and in the trash."""

    database: Database
    alice: Actor
    hers: dict[str, str]
    theirs: dict[str, list[str]]


@pytest.fixture
def house(database: Database) -> House:
    with database.session() as session:
        make_model(session, make_provider(session))
        alice, charlie = make_user(session, "alice"), make_user(session, "charlie")
        hers = {kind: ids[0] for kind, ids in _everything(session, alice, trashed=False).items()}
        live, binned = (_everything(session, charlie, trashed=trashed) for trashed in (False, True))
        return House(database, Actor.person(alice.id), hers, {kind: live[kind] + binned[kind] for kind in live})


def _everything(session: Session, user: User, *, trashed: bool) -> dict[str, list[str]]:
    gone = {"deleted_at": NOON} if trashed else {}
    project = make_project(session, user, **gone)
    order = make_order(session, user, _provider(session), project_id=project.id, **gone)
    item = make_item(session, order, status=ItemStatus.COMPLETE)
    product = make_product(session, user, project_id=project.id, order_item_id=item.id, output_index=0, **gone)
    template = GenerationTemplate(
        user_id=user.id, name="Kept", provider="local", model="painter", parameter_set={"prompt": "x"}, is_global=True,
        created_at=NOON, updated_at=NOON, **gone,
    )  # fmt: skip
    session.add(template)
    lookup = make_lookup(session, user, f"words{'~' + 'x' * 26 if trashed else ''}", ["a"], **gone)
    collection = make_collection(session, user, **gone)
    tag = tags.create_tag(session, Actor.person(user.id), f"tag {trashed}", now=NOON)
    with correlated() as group:
        changing.rename(session, Actor.person(user.id), make_product(session, user).id, "Renamed", now=NOON)
    session.flush()
    return {
        "project": [project.id], "order": [order.id], "item": [item.id], "product": [product.id], "tag": [tag.id],
        "template": [template.id], "lookup": [lookup.id], "collection": [collection.id], "group": [group],
    }  # fmt: skip


def _provider(session: Session) -> Any:
    return get_provider(session, "local")


def services() -> Iterator[tuple[str, Callable[..., Any], str]]:
    """Every public service that takes an id for an acting person, with each of its parameters that names one."""
    for name, one in functions().items():
        module, _, short = name.rpartition(".")
        is_service = one.has_actor and one.is_public and name not in LOOKED_UP and not short[0].isupper()
        if not is_service or not name.startswith(ROOMS):
            continue
        function = getattr(importlib.import_module(module), short, None)
        for parameter in inspect.signature(function).parameters if function is not None else ():
            if parameter in KINDS:
                yield name, function, parameter


def test_the_services_are_found() -> None:
    found = {name.removeprefix("core.studio.") for name, _, _ in services()}
    assert {"orders.actions.cancel_order", "products.trash.purge", "shelves.tags.add_tags"} <= found
    assert len(found) > 60


def test_what_is_anothers_answers_like_what_is_not_there(house: House) -> None:
    before = everything_of(house)
    different = []
    for name, service, parameter in services():
        kinds = list(TaggedKind) if parameter == "ids" else [None]
        for tagged in kinds:
            kind = tagged.value if tagged else KINDS[parameter]
            for stranger in house.theirs[kind]:
                missing = new_id(stranger.partition("_")[0]) if kind != "group" else "0" * len(stranger)
                answers = [_outcome(house, service, parameter, one, tagged) for one in (stranger, missing)]
                if answers[0] != answers[1]:
                    different.append((name, parameter, *answers))
    assert different == []
    assert _changed(before, everything_of(house)) == []


def _outcome(house: House, service: Callable[..., Any], parameter: str, value: str, tagged: TaggedKind | None) -> str:
    hers = house.hers
    given: dict[str, Any] = {
        "actor": house.alice, "now": NOON, "form": _form(service), "rule": ProductFilter(liked=True),
        "kind": tagged or TaggedKind.PRODUCT, "names": ["mine now"], "name": "mine now", "notes": "mine now",
        "color": "#112233", "liked": True, "rejected": True, "rating": 5, "status": ProjectStatus.ARCHIVED,
        "with_contents": True, "provider": "local", "provider_id": "local", "model": "painter", "model_id": "painter",
        "parameter_set": {"prompt": "mine now"}, "entries": [], "forms": [], "scope": [hers["product"]],
    }  # fmt: skip
    for name, kind in KINDS.items():
        given[name] = [hers[kind]] if name.endswith("ids") else hers[kind]
    given[parameter] = [value] if parameter.endswith("ids") else value
    if parameter not in {"product_ids", "ids"} and "compare" in service.__name__:
        given["product_ids"] = [value]
    wanted = inspect.signature(service).parameters
    return answer(house, lambda session: service(
        session=session, **{name: one for name, one in given.items() if name in wanted}), value)  # fmt: skip


def _form(service: Callable[..., Any]) -> Any:
    forms = {"collections": CollectionForm, "smart": CollectionForm, "projects": ProjectForm, "templates": TemplateForm}
    module = service.__module__.rpartition(".")[2]
    return LookupForm("mine", ["now"]) if module == "lookups" else forms.get(module, CollectionForm)("Mine now")


def answer(house: House, call: Callable[[Session], object], value: str) -> str:
    """What comes back, or what is raised, without the id in it; what it changed is taken back."""
    with house.database.session() as session:
        try:
            said = repr(call(session))
        except AtelierError as error:
            said = f"{type(error).__name__}: {error}"
            session.rollback()
        return re.sub(r"0x[0-9a-f]+|group='[0-9a-f]+'", "", said.replace(value, "it"))


FIELDS = {"project_id": "project", "tag_id": "tag", "collection_id": "collection", "order_id": "order"}


def _hidden_in_forms(kind: str) -> list[Callable[[Session, Actor, str], object]]:
    """Services that take an id inside of something else."""
    found: list[Callable[[Session, Actor, str], object]] = []
    for field in (field for field, one in FIELDS.items() if one == kind):
        found.append(lambda s, a, one, f=field: listing.list_ids(s, a, ProductFilter(**{f: one})))
        found.append(lambda s, a, one, f=field: listing.list_ids(s, a, ProductFilter(**{f: one}, trashed=True)))
        found.append(lambda s, a, one, f=field: listing.count_products(s, a, ProductFilter(**{f: one})))
        if field != "order_id":
            rule = lambda s, a, one, f=field: smart.create_smart(  # noqa: E731 - one of a list
                s, a, CollectionForm("Mine"), ProductFilter(**{f: one}), now=NOON)  # fmt: skip
            found.append(rule)
    order = {"project": "project_id", "template": "template_id", "order": "repeats_id"}.get(kind)
    if order is not None:
        form = lambda one: OrderForm("local", "painter", "x", **{order: one})  # noqa: E731 - of this loop alone
        found.append(lambda s, a, one: placing.preview(s, a, form(one), now=NOON) and None)
        found.append(lambda s, a, one: placing.place(s, a, form(one), now=NOON) and None)
    if kind == "project":
        found.append(lambda s, a, one: list_orders(s, a, OrderFilter(project_id=one)))
    if kind == "product":
        found.append(lambda s, a, one: changing.mark(s, a, [Mark(one, liked=True)], now=NOON))
        found.append(lambda s, a, one: placing.place(
            s, a, OrderForm("local", "painter", "x", inputs={"image": one}), now=NOON) and None)  # fmt: skip
    return found


@pytest.mark.parametrize("kind", ["project", "tag", "collection", "order", "template", "product"])
def test_an_id_inside_a_filter_or_a_form_is_looked_up_like_any_other(house: House, kind: str) -> None:
    theirs = _only(everything_of(house), house)
    for call in _hidden_in_forms(kind):
        for stranger in house.theirs[kind]:
            missing = new_id(stranger.partition("_")[0])
            answers = [
                answer(house, lambda s, call=call, one=one: call(s, house.alice, one), one)
                for one in (stranger, missing)
            ]
            assert answers[0] == answers[1]
    assert _changed(theirs, _only(everything_of(house), house)) == []


Rows = dict[str, list[tuple[Any, ...]]]


def everything_of(house: House) -> Rows:
    """Every row of every table, events aside."""
    with house.database.read() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
            if table.name != AuditEvent.__tablename__
        }


def _only(rows: Rows, house: House) -> Rows:
    """Those that are not Alice's: placing an order of hers is no harm."""
    return {name: [row for row in some if house.alice.user_id not in row] for name, some in rows.items()}


def _changed(before: Rows, after: Rows) -> list[str]:
    return [name for name in before if before[name] != after[name]]
