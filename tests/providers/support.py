"""Requests to make, the control API of one stand-in, and the faults that every provider must survive."""

import hashlib
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from core.studio.providers import (
    CatalogueModel,
    Connection,
    ErrorCategory,
    GenerationRequest,
    ImageProvider,
    InputFile,
    ModelRef,
)

E = ErrorCategory


class StandInControl:
    """``/_sandbox/{name}``."""

    def __init__(self, base_url: str, name: str) -> None:
        self._http = httpx.Client(base_url=f"{base_url}/_sandbox/{name}", trust_env=False, timeout=30)
        self.post("/reset")

    def close(self) -> None:
        self._http.close()

    def post(self, path: str, **body: Any) -> Any:
        response = self._http.post(path, json=body)
        assert response.status_code == 200, response.text
        return response.json()

    def behave(self, **changed: Any) -> None:
        self.post("/behaviour", **changed)

    def fault(self, kind: str, endpoint: str = "*", **rule: Any) -> None:
        self.post("/faults", kind=kind, endpoint=endpoint, **rule)

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self._http.get("/state").json()
        return found

    @property
    def begun(self) -> int:
        """How many generations the provider began."""
        count: int = self.state()["begun"]
        return count


@dataclass(frozen=True)
class Fault:
    """What is done to a submission, and what it must be taken for."""

    kind: str
    category: ErrorCategory
    effect_possible: bool
    begun: int
    rule: dict[str, Any]
    retry_after: float | None = None

    def __str__(self) -> str:
        return "-".join([self.kind, *(f"{name}={value}" for name, value in self.rule.items())])


FAULTS = [
    Fault("rate_limit", E.RATE_LIMITED, False, 0, {"retry_after": 7}, 7),
    Fault("rate_limit", E.RATE_LIMITED, False, 0, {}),
    Fault("error_before", E.PROVIDER_OUTAGE, True, 0, {}),
    Fault("error_after", E.PROVIDER_OUTAGE, True, 1, {"status": 503}),
    Fault("drop_before", E.NETWORK, True, 0, {}),
    Fault("drop_after", E.NETWORK, True, 1, {}),
    Fault("hang", E.NETWORK, True, 1, {"seconds": 0.05, "after_effect": True}),
    Fault("html_page", E.PROVIDER_OUTAGE, True, 0, {"status": 502}),
    Fault("html_403", E.PROVIDER_OUTAGE, False, 0, {}),
    Fault("rubbish", E.TRANSIENT, True, 1, {"after_effect": True}),
]


def new_key() -> str:
    return str(uuid.uuid4())


def ref(model: CatalogueModel) -> ModelRef:
    return ModelRef(model.model_id, model.modality, model.version, model.definition)


def model_named(provider: ImageProvider, connection: Connection, model_id: str) -> CatalogueModel:
    return next(model for model in provider.models(connection) if model.model_id == model_id)


def request_for(model: CatalogueModel, *inputs: InputFile, images: int = 1, **parameters: Any) -> GenerationRequest:
    """One call with the model's defaults under what is given."""
    defaults = {spec.name: spec.default for spec in model.parameters if spec.default is not None}
    given = {**defaults, "prompt": "a lighthouse at dusk", **parameters}
    kept = {name: value for name, value in given.items() if value is not None}
    return GenerationRequest(new_key(), ref(model), kept, images, inputs)


def input_file(path: Path, parameter: str = "image") -> InputFile:
    return InputFile(parameter, path, "image/png", hashlib.sha256(path.read_bytes()).hexdigest())


def other_input(given: InputFile, parameter: str) -> InputFile:
    return replace(given, parameter=parameter)
