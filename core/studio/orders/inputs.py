"""Pictures that go into an order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.studio.orders.errors import OrderRefused
from core.studio.parameters import ParameterSpecSet, ParameterType
from core.studio.products.models import Product, ProductType
from core.system.actors import Actor


def check_inputs(session: Session, actor: Actor, inputs: Mapping[str, str], specs: ParameterSpecSet) -> None:
    """Raise :class:`OrderRefused` unless the model takes these pictures, and they are there and the person's own."""
    accepted = {spec.name: spec for spec in specs if spec.type is ParameterType.IMAGE}
    for name in inputs:
        if name not in accepted:
            raise OrderRefused("This model takes no picture there. Remove it, or choose a model that does.")
    for name, spec in accepted.items():
        if spec.required and not inputs.get(name):
            raise OrderRefused(f"This model works on a picture: choose one for “{spec.label or spec.name}”.")
    wanted = set(inputs.values())
    own = select(Product.id).where(
        Product.id.in_(wanted),
        Product.user_id == actor.user_id,
        Product.deleted_at.is_(None),
        Product.type == ProductType.IMAGE,
    )
    if wanted and set(session.scalars(own)) != wanted:
        raise OrderRefused("A picture that was chosen is no longer there. Choose another.")


@dataclass(frozen=True, slots=True)
class InputChoice:
    """A product that can go in."""

    id: str
    blob_id: str
    label: str


def input_choices(session: Session, actor: Actor, *, also: Sequence[str] = (), limit: int = 60) -> list[InputChoice]:
    """The liked and the latest pictures of a person, and those of ``also``; liked ones first."""
    own = (
        Product.user_id == actor.user_id,
        Product.deleted_at.is_(None),
        Product.type == ProductType.IMAGE,
        or_(Product.rejected.is_(False), Product.id.in_(also)),
    )
    columns = (Product.id, Product.blob_id, Product.name, Product.prompt, Product.liked)
    newest = (Product.created_at.desc(), Product.id.desc())
    rows = {
        row.id: row
        for query in (
            select(*columns).where(*own, Product.id.in_(also)),
            select(*columns).where(*own, Product.liked).order_by(*newest).limit(limit // 2),
            select(*columns).where(*own).order_by(*newest).limit(limit // 2),
        )
        for row in session.execute(query)
    }
    return [
        InputChoice(row.id, row.blob_id, f"{'♥ ' if row.liked else ''}{row.name} · {row.prompt or ''}".rstrip(" ·"))
        for row in rows.values()
    ]


def latest_pictures(session: Session, actor: Actor, *, limit: int) -> list[InputChoice]:
    """The newest pictures of a person."""
    query = (
        select(Product.id, Product.blob_id, Product.name)
        .where(Product.user_id == actor.user_id, Product.deleted_at.is_(None))
        .order_by(Product.created_at.desc(), Product.id.desc())
    )
    return [InputChoice(row.id, row.blob_id, row.name) for row in session.execute(query.limit(limit))]
