"""From a provider's row to what its adapter is called with."""

from core.studio.catalogue.models import Model, Provider
from core.studio.providers import Connection, ModelRef


def connection_of(provider: Provider) -> Connection:
    """The connection of a provider; the adapter knows its protocol's own address when the row has none."""
    secret = {"webhook_secret": provider.webhook_secret} if provider.webhook_secret else {}
    return Connection(
        provider_id=provider.id,
        kind=provider.kind,
        base_url=provider.api_base_url,
        api_key=provider.api_key_encrypted,
        settings={**provider.settings, **secret},
    )


def model_ref(model: Model) -> ModelRef:
    """What an adapter needs to know of a model."""
    return ModelRef(model.model_id, model.modality, model.version, model.definition)
