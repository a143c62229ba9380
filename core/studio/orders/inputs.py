"""Pictures that go into an order."""

from collections.abc import Mapping

from sqlalchemy import select
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
