"""What a provider answered, as JSON: so an answer that holds its pictures can wait until they are products."""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from core.studio.providers import Consumption, Outcome, Output

_DECIMALS = ("megapixels", "seconds", "reported_cost")


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """An outcome with the bytes of its pictures."""
    return {
        "outputs": [
            {
                "url": one.url,
                "data": None if one.data is None else base64.b64encode(one.data).decode(),
                "seed": one.seed,
                "details": plain(one.details),
            }
            for one in outcome.outputs
        ],
        "returned": plain(outcome.returned),
        "consumption": plain(asdict(outcome.consumption)),
        "model_answered": outcome.model_answered,
    }


def outcome_from_json(stored: Mapping[str, Any]) -> Outcome:
    """The same outcome again."""
    used: dict[str, Any] = {
        key: Decimal(value) if key in _DECIMALS and value is not None else value
        for key, value in stored["consumption"].items()
    }
    outputs = [
        Output(
            url=one["url"],
            data=None if one["data"] is None else base64.b64decode(one["data"]),
            seed=one["seed"],
            details=one["details"],
        )
        for one in stored["outputs"]
    ]
    return Outcome(outputs, stored["returned"], Consumption(**used), stored["model_answered"])


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same as JSON can hold it."""
    found: dict[str, Any] = json.loads(json.dumps(dict(values), default=str))
    return found
