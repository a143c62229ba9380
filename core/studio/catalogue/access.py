"""Finding providers and models. They belong to the house, so everybody in it sees them; keys are never shown."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.studio.catalogue.errors import ModelNotFound, ProviderNotFound
from core.studio.catalogue.models import Model, Provider


def get_provider(session: Session, provider_id: str) -> Provider:
    """Raises :class:`ProviderNotFound`, also for one in the trash."""
    row = session.get(Provider, provider_id)
    if row is None or row.deleted_at is not None:
        raise ProviderNotFound("There is no such provider here. Choose one under Providers & models.")
    return row


def list_providers(session: Session) -> list[Provider]:
    """All providers in their order, with their keys decrypted."""
    query = select(Provider).where(Provider.deleted_at.is_(None)).order_by(Provider.position, Provider.id)
    return list(session.scalars(query))


def get_model(session: Session, provider_id: str, model_id: str) -> Model:
    """A model by the provider's own name for it, available or not; raises :class:`ModelNotFound`."""
    row = session.scalar(select(Model).where(Model.provider_id == provider_id, Model.model_id == model_id))
    if row is None:
        raise ModelNotFound("There is no such model any more. Choose another.")
    return row


def list_models(
    session: Session, provider_ids: Sequence[str] | None = None, *, available_only: bool = True
) -> list[Model]:
    """Models by provider and position; ``available_only`` leaves out hidden ones too."""
    query = select(Model).join(Provider, Provider.id == Model.provider_id).where(Provider.deleted_at.is_(None))
    if provider_ids is not None:
        query = query.where(Model.provider_id.in_(provider_ids))
    if available_only:
        query = query.where(Model.is_available, Model.is_hidden.is_(False))
    return list(session.scalars(query.order_by(Provider.position, Provider.id, Model.position, Model.name)))
