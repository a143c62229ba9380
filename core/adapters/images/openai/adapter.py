"""OpenAI as a provider of pictures.

Over our own line rather than OpenAI's client: that would bring a second set of retries, time limits and errors, all of
which would have to be switched off or translated again.
"""

from collections.abc import Sequence

from core.adapters.images.at_once import AnswersAtOnce
from core.adapters.images.calls import base_of
from core.adapters.images.catalogue.openai import MODELS
from core.adapters.images.openai import calls
from core.studio.providers import (
    CatalogueModel,
    CheckedConnection,
    Connection,
    GenerationError,
    GenerationRequest,
    ProviderKind,
    Submitted,
)

NAME = "OpenAI"
VERSION = "/v1"


class OpenAiImages(AnswersAtOnce):
    """``/images/generations`` and ``/images/edits``; ``root`` ends in the version, as ``https://api.openai.com/v1``."""

    kind = ProviderKind.OPENAI

    def root_of(self, connection: Connection) -> str:
        return base_of(connection, self._root, VERSION)

    def check(self, connection: Connection) -> CheckedConnection:
        answer = self._line.call(
            "GET", f"{self.root_of(connection)}/models", endpoint="models", headers=calls.headers_of(connection)
        )
        offered = calls.model_names(answer.body)
        known = [model.model_id for model in MODELS if model.model_id in offered]
        names = ", ".join(dict.fromkeys(known))
        message = (
            f"The key is good. Models of pictures: {names}." if names else "The key is good, for no model of ours."
        )
        return CheckedConnection(answer.headers.get("openai-organization"), message)

    def models(self, connection: Connection) -> Sequence[CatalogueModel]:
        return MODELS

    def submit(self, connection: Connection, request: GenerationRequest) -> Submitted:
        try:
            return calls.make(self._line, self.root_of(connection), connection, request, seconds=self._call_seconds)
        except GenerationError as error:
            raise calls.explained(error, NAME) from error
