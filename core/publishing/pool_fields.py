"""What a post is chosen and sold by: the projects a person has named so far, and their price presets."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.publishing.errors import ChangeRefused
from core.publishing.models import Deviation
from core.sales.models import PricePreset
from core.system.actors import Actor

SUGGESTED = 200


@dataclass(frozen=True, slots=True)
class PresetChoice:
    """A preset as a field offers it; prices in cents, ``lowest`` and ``highest`` the same when it is fixed."""

    id: str
    name: str
    lowest: int
    highest: int
    currency: str
    is_archived: bool


def list_projects(session: Session, actor: Actor, *, limit: int = SUGGESTED) -> list[str]:
    """The projects of posts outside the trash, the one used last first."""
    query = (
        select(Deviation.project)
        .where(Deviation.user_id == actor.user_id, Deviation.deleted_at.is_(None), Deviation.project.is_not(None))
        .group_by(Deviation.project)
        .order_by(func.max(Deviation.updated_at).desc(), Deviation.project)
        .limit(limit)
    )
    return [project for project in session.scalars(query) if project]


def list_presets(session: Session, actor: Actor, *, also: Sequence[str] = ()) -> list[PresetChoice]:
    """The person's presets in their order; archived ones only when ``also`` names them."""
    wanted = PricePreset.archived_at.is_(None) | PricePreset.id.in_(also)
    query = select(PricePreset).where(PricePreset.user_id == actor.user_id, wanted)
    return [_choice(row) for row in session.scalars(query.order_by(PricePreset.sort_order, PricePreset.id))]


def require_preset(session: Session, actor: Actor, preset_id: str) -> None:
    """Raise :class:`ChangeRefused` unless posts of this person can be given the preset."""
    query = select(PricePreset.id, PricePreset.archived_at)
    row = session.execute(query.where(PricePreset.id == preset_id, PricePreset.user_id == actor.user_id)).one_or_none()
    if row is None:
        raise ChangeRefused("There is no such price preset. Choose one of yours under Sell › Price presets.")
    if row.archived_at is not None:
        raise ChangeRefused("This price preset is archived. Choose another one, or restore it first.")


def _choice(row: PricePreset) -> PresetChoice:
    lowest, highest = row.min_price or row.price, row.max_price or row.price
    return PresetChoice(row.id, row.name, lowest, highest, row.currency, row.archived_at is not None)
