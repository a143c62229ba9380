"""Servers that speak OpenAI's protocol for pictures: local ones, gateways, other vendors. What they answer varies."""

from collections.abc import Sequence

from core.adapters.images.at_once import AnswersAtOnce
from core.adapters.images.calls import named_models
from core.adapters.images.catalogue.openai import generic_model
from core.adapters.images.inputs import refused
from core.adapters.images.openai import calls
from core.studio.providers import (
    CatalogueModel,
    CheckedConnection,
    Connection,
    ErrorCategory,
    GenerationError,
    GenerationRequest,
    ProviderKind,
    ProviderTraits,
    Submitted,
)

NAME = "The server"


class OpenAiCompatibleImages(AnswersAtOnce):
    """The same calls as OpenAI's, at the connection's own address, with or without a key."""

    kind = ProviderKind.OPENAI_COMPATIBLE
    traits = ProviderTraits(answers_at_once=True, needs_key=False)

    def root_of(self, connection: Connection) -> str:
        if not connection.base_url:
            raise refused("This provider has no address. Enter one that ends in the version, as http://host:8000/v1.")
        return connection.base_url.rstrip("/")

    def check(self, connection: Connection) -> CheckedConnection:
        named = named_models(connection.settings)
        try:
            offered = self._offered(connection)
        except GenerationError as error:
            if not named or error.http_status not in {404, 405, 501}:
                raise
            return CheckedConnection(None, "The server answers. It does not list its models, so yours are used.")
        return CheckedConnection(None, f"The server answers and lists {len(offered)} models.")

    def models(self, connection: Connection) -> Sequence[CatalogueModel]:
        names = named_models(connection.settings) or self._offered(connection)
        return [generic_model(name) for name in names]

    def submit(self, connection: Connection, request: GenerationRequest) -> Submitted:
        return calls.make(self._line, self.root_of(connection), connection, request, seconds=self._call_seconds)

    def _offered(self, connection: Connection) -> list[str]:
        answer = self._line.call(
            "GET", f"{self.root_of(connection)}/models", endpoint="models", headers=calls.headers_of(connection)
        )
        names = calls.model_names(answer.body)
        if not names:
            raise GenerationError(
                "The server lists no models. Name them in the provider's settings.", ErrorCategory.VALIDATION
            )
        return names
