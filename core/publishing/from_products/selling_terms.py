"""Posts with pictures of models whose terms forbid selling."""

from collections.abc import Sequence

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from core.db.chunks import chunked
from core.publishing.models import Deviation, DeviationFile
from core.studio.catalogue.models import Model, Provider
from core.studio.catalogue.terms import NotForSale, added_up
from core.studio.providers import CommercialUse
from core.system.actors import Actor


def posts_not_for_sale(session: Session, actor: Actor, ids: Sequence[str]) -> tuple[NotForSale, ...]:
    """The models that made pictures of the person's posts and forbid selling them, those of most posts first.

    Read from what each file was made with, which stays when the picture has left the gallery.
    """
    made_with = DeviationFile.generation
    made_by = and_(
        Model.provider_id == made_with["provider"].as_string(), Model.model_id == made_with["model"].as_string()
    )
    rows: list[Row[str, str, str, int]] = []
    for some in chunked(dict.fromkeys(ids)):
        query = (
            select(Model.id, Model.name, Provider.name, func.count(Deviation.id.distinct()))
            .select_from(Deviation)
            .join(DeviationFile, DeviationFile.deviation_id == Deviation.id)
            .join(Model, made_by)
            .join(Provider, Provider.id == Model.provider_id)
            .where(Deviation.id.in_(some), Deviation.user_id == actor.user_id)
            .where(Model.commercial_use == CommercialUse.FORBIDDEN)
            .group_by(Model.id, Model.name, Provider.name)
        )
        rows += session.execute(query)
    return added_up(rows)
