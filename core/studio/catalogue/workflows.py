"""Models of a person's own: ComfyUI workflows added to the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.ids import new_id
from core.identity.roles import require_admin
from core.studio.catalogue.access import get_model, get_provider
from core.studio.catalogue.errors import ProviderRefused
from core.studio.catalogue.models import Model
from core.studio.parameters import ParameterSpecSet
from core.studio.providers import Modality, ProviderKind
from core.studio.workflow_parameters import with_choices
from core.system import audit
from core.system.actors import Actor


@dataclass(frozen=True, slots=True)
class CustomModel:
    """A workflow with its bound parameters. ``definition`` has the shape that :class:`ModelRef` states."""

    name: str
    modality: Modality
    parameters: ParameterSpecSet
    definition: Mapping[str, Any]
    family: str | None = None
    capabilities: Mapping[str, Any] = field(default_factory=dict)


def add_workflow(session: Session, actor: Actor, provider_id: str, model: CustomModel, *, now: datetime) -> Model:
    """Put a workflow into the catalogue; raises :class:`ProviderRefused`. Refreshing leaves it alone."""
    require_admin(session, actor)
    provider = get_provider(session, provider_id)
    if provider.kind is not ProviderKind.COMFYUI:
        raise ProviderRefused("Workflows can be added to ComfyUI only.")
    name = " ".join(model.name.split())
    if not name or len(name) > 200:
        raise ProviderRefused("Give the workflow a name of at most 200 characters.")
    model_id = f"workflow/{name.lower()}"
    if session.scalar(select(Model.id).where(Model.provider_id == provider.id, Model.model_id == model_id)):
        raise ProviderRefused(f"There is a workflow called “{name}” already. Choose another name.")
    row = Model(
        id=new_id("mdl"),
        provider_id=provider.id,
        model_id=model_id,
        name=name,
        family=model.family,
        modality=model.modality,
        parameter_schema=_with_choices(session, provider.id, model).to_json(),
        capabilities=dict(model.capabilities),
        definition=dict(model.definition),
        is_custom=True,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "model.added", row.id, after={"provider": provider.id, "name": name}, now=now)
    return row


def _with_choices(session: Session, provider_id: str, model: CustomModel) -> ParameterSpecSet:
    """What the server's own models know to choose from: the file says only what it was set to."""
    schemas = session.scalars(
        select(Model.parameter_schema).where(Model.provider_id == provider_id, ~Model.is_custom, Model.is_available)
    )
    known = [spec for schema in schemas for spec in ParameterSpecSet.from_json(schema)]
    return with_choices(model.parameters, model.definition.get("bindings") or {}, known)


def offer_model(session: Session, actor: Actor, provider_id: str, model_id: str, *, on: bool, now: datetime) -> Model:
    """Show a model in the order form, or no longer; what was made with it stays."""
    require_admin(session, actor)
    row = get_model(session, provider_id, model_id)
    if row.is_hidden is on:
        row.is_hidden, row.updated_at = not on, now
        session.flush()
        audit.record(session, actor, "model.offered" if on else "model.hidden", row.id, now=now)
    return row
