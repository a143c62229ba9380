"""Answers that hold their pictures themselves, kept in the store until the pictures are products.

Such an answer exists once: whoever asked for it cannot ask again. It is put away before anything else is done with it,
so that a crash, a full database or a disk without room for thumbnails costs nothing.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from core.media.storage import ObjectMissing, ObjectStore
from core.studio.execution.work import Work
from core.studio.providers import Consumption, Outcome, Output

_DECIMALS = ("megapixels", "seconds", "reported_cost")


def spool_key(work: Work) -> str:
    """Below its owner, like every object of theirs."""
    return f"{work.user_id}/answers/{work.attempt.id}.json"


def keep(store: ObjectStore, work: Work, outcome: Outcome) -> None:
    """Put an answer away. Raises what the store raises."""
    store.put(spool_key(work), json.dumps(outcome_to_json(outcome)).encode(), content_type="application/json")


def find(store: ObjectStore, work: Work) -> Outcome | None:
    """The answer that was put away for this call; ``None`` when there is none. Raises what the store raises."""
    try:
        content = store.get(spool_key(work))
    except ObjectMissing:
        return None
    return outcome_from_json(json.loads(content))


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
