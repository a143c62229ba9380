"""What can be ordered: the models on offer of the providers that are switched on."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.studio.catalogue.models import Model, Provider
from core.studio.parameters import ParameterSpecSet
from core.studio.providers import ProviderKind


@dataclass(frozen=True, slots=True)
class Offer:
    """A model on offer, and as much of its provider as an order form shows: no key among it."""

    model: Model
    kind: ProviderKind
    provider_name: str

    @property
    def key(self) -> tuple[str, str]:
        """What names it: the provider's id, and the provider's own name for the model."""
        return self.model.provider_id, self.model.model_id

    @property
    def label(self) -> str:
        """What people call it."""
        return f"{self.model.name} · {self.provider_name}"

    @property
    def specs(self) -> ParameterSpecSet:
        return ParameterSpecSet.from_json(self.model.parameter_schema)


def list_offers(session: Session) -> list[Offer]:
    """By provider and position."""
    query = (
        select(Model, Provider.kind, Provider.name)
        .join(Provider, Provider.id == Model.provider_id)
        .where(Provider.deleted_at.is_(None), Provider.is_enabled, Model.is_available, Model.is_hidden.is_(False))
        .order_by(Provider.position, Provider.id, Model.position, Model.name)
    )
    return [Offer(model, kind, name) for model, kind, name in session.execute(query)]
