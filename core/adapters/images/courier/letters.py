"""What lies in the spool, as JSON: a call to be made, and what became of it. Never a key or an address."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.studio.execution.outcomes import outcome_from_json, outcome_to_json, plain
from core.studio.providers import (
    ErrorCategory,
    GenerationError,
    GenerationRequest,
    InputFile,
    Modality,
    ModelRef,
    Outcome,
)


@dataclass(frozen=True, slots=True)
class Errand:
    """A call to be made, and over which connection."""

    provider_id: str
    request: GenerationRequest


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a call: one of the two."""

    outcome: Outcome | None = None
    error: GenerationError | None = None


def errand_to_json(errand: Errand) -> bytes:
    request = errand.request
    model = request.model
    return _bytes(
        {
            "provider_id": errand.provider_id,
            "key": request.key,
            "model": {
                "model_id": model.model_id,
                "modality": model.modality.value,
                "version": model.version,
                "definition": plain(model.definition),
            },
            "parameters": plain(request.parameters),
            "images": request.images,
            "inputs": [
                {"parameter": one.parameter, "mime_type": one.mime_type, "sha256": one.sha256} for one in request.inputs
            ],
        }
    )


def errand_from_json(content: bytes, inputs: Path) -> Errand:
    """``inputs`` is where the pictures lie that go in, by their number."""
    stored = json.loads(content)
    try:
        return _errand(stored, inputs)
    except (KeyError, TypeError) as error:
        raise ValueError("no errand") from error


def _errand(stored: Mapping[str, Any], inputs: Path) -> Errand:
    model = stored["model"]
    request = GenerationRequest(
        key=stored["key"],
        model=ModelRef(model["model_id"], Modality(model["modality"]), model["version"], model["definition"]),
        parameters=stored["parameters"],
        images=stored["images"],
        inputs=tuple(
            InputFile(one["parameter"], inputs / str(number), one["mime_type"], one["sha256"])
            for number, one in enumerate(stored["inputs"])
        ),
    )
    return Errand(stored["provider_id"], request)


def answer_to_json(answer: Answer) -> bytes:
    outcome, error = answer.outcome, answer.error
    return _bytes(
        {
            "outcome": None if outcome is None else outcome_to_json(outcome),
            "error": None if error is None else _error_to_json(error),
        }
    )


def answer_from_json(content: bytes) -> Answer:
    stored = json.loads(content)
    return Answer(
        outcome=None if stored["outcome"] is None else outcome_from_json(stored["outcome"]),
        error=None if stored["error"] is None else _error_from_json(stored["error"]),
    )


def _error_to_json(error: GenerationError) -> dict[str, Any]:
    used = None if error.consumption is None else outcome_to_json(Outcome((), consumption=error.consumption))
    return {
        "message": str(error),
        "category": error.category.value,
        "http_status": error.http_status,
        "provider_code": error.provider_code,
        "retry_after": error.retry_after,
        "effect_possible": error.effect_possible,
        "used": used,
    }


def _error_from_json(stored: Mapping[str, Any]) -> GenerationError:
    return GenerationError(
        stored["message"],
        ErrorCategory(stored["category"]),
        http_status=stored["http_status"],
        provider_code=stored["provider_code"],
        retry_after=stored["retry_after"],
        effect_possible=stored["effect_possible"],
        consumption=None if stored["used"] is None else outcome_from_json(stored["used"]).consumption,
    )


def _bytes(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values).encode()
