"""A template with another model: what of it the other one takes, and what it would drop."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.studio.catalogue.access import get_model
from core.studio.catalogue.errors import ModelNotFound
from core.studio.parameters import ParameterSpecSet, carry_over
from core.studio.wording.templates import get_template
from core.system.actors import Actor


@dataclass(frozen=True, slots=True)
class Fit:
    """``kept`` by the other model's names; ``dropped`` in sentences."""

    kept: dict[str, Any]
    dropped: tuple[str, ...]


def fit_template(session: Session, actor: Actor, template_id: str, *, provider_id: str, model_id: str) -> Fit:
    """What becomes of a template under another model. Nothing is changed.

    Raises what ``get_template`` and ``get_model`` raise; a template's own model may be gone.
    """
    row = get_template(session, actor, template_id)
    other = get_model(session, provider_id, model_id)
    specs = ParameterSpecSet.from_json(other.parameter_schema)
    kept = dict(row.parameter_set.get("parameters") or {})
    carried = carry_over(kept, _specs_of(session, row.provider, row.model), specs)
    dropped = [one.message for one in carried.dropped]
    names = {spec.name for spec in specs}
    for name in row.parameter_set.get("inputs") or {}:
        if name not in names:
            dropped.append(f"“{other.name}” takes no picture as “{name}”.")
    if row.parameter_set.get("negative_prompt") and not other.capabilities.get("accepts_negative_prompt", True):
        dropped.append(f"“{other.name}” takes no words for what is not to be in the picture.")
    return Fit(carried.kept, tuple(dropped))


def _specs_of(session: Session, provider_id: str, model_id: str) -> ParameterSpecSet:
    try:
        return ParameterSpecSet.from_json(get_model(session, provider_id, model_id).parameter_schema)
    except ModelNotFound:
        return ParameterSpecSet.of(())
