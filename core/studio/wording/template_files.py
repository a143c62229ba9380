"""Templates as JSON files, from one house to another."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.studio.orders.forms import OrderForm
from core.studio.wording.errors import GenerationTemplateRefused
from core.studio.wording.models import GenerationTemplate
from core.studio.wording.templates import TemplateForm, save_template
from core.system.actors import Actor

KIND = "atelier.templates"
VERSION = 1
MOST_BYTES = 5 * 1024 * 1024
MOST_TEMPLATES = 500
MOST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class TemplateEntry:
    """A template of a file, checked."""

    name: str
    description: str | None
    provider: str
    model: str
    parameter_set: dict[str, Any]


def templates_json(rows: Sequence[GenerationTemplate]) -> bytes:
    """A file of templates. The pictures that go in stay here: their ids mean nothing elsewhere."""
    entries = [
        {
            "name": row.name,
            "description": row.description,
            "provider": row.provider,
            "model": row.model,
            "parameter_set": {name: value for name, value in row.parameter_set.items() if name != "inputs"},
        }
        for row in rows
    ]
    said = {"kind": KIND, "version": VERSION, "templates": entries}
    return json.dumps(said, ensure_ascii=False, indent=2).encode()


def read_templates(name: str, content: bytes) -> list[TemplateEntry]:
    """The templates of a file. Raises :class:`GenerationTemplateRefused` saying what is wrong with it."""
    if len(content) > MOST_BYTES:
        raise GenerationTemplateRefused(f"“{name}” is larger than {MOST_BYTES // 1024**2} MB. Split it.")
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise GenerationTemplateRefused(f"“{name}” is no JSON file that can be read. Export it anew.") from error
    entries = found.get("templates") if isinstance(found, dict) and found.get("kind") == KIND else None
    if not isinstance(entries, list):
        raise GenerationTemplateRefused(
            f"“{name}” holds no templates of Atelier. Choose a file that was exported here."
        )
    if found.get("version") != VERSION:
        raise GenerationTemplateRefused(f"“{name}” was written by another version of Atelier. Export it there anew.")
    if not 0 < len(entries) <= MOST_TEMPLATES:
        raise GenerationTemplateRefused(f"“{name}” must hold 1 to {MOST_TEMPLATES} templates, not {len(entries):,}.")
    return [_entry(name, number, one) for number, one in enumerate(entries, start=1)]


def take_templates(
    session: Session, actor: Actor, entries: Sequence[TemplateEntry], *, project_id: str | None = None, now: datetime
) -> list[GenerationTemplate]:
    """Keep all of a file's templates, everywhere or for one project; raises what :func:`save_template` raises."""
    return [
        save_template(
            session,
            actor,
            TemplateForm(one.name, one.description, project_id),
            provider=one.provider,
            model=one.model,
            parameter_set=one.parameter_set,
            now=now,
        )
        for one in entries
    ]


def _entry(name: str, number: int, stored: Any) -> TemplateEntry:
    said = f"Template {number} of “{name}”"
    if not isinstance(stored, Mapping):
        raise GenerationTemplateRefused(f"{said} is nothing that can be read. Take it out of the file.")
    texts = {key: stored.get(key) for key in ("name", "provider", "model")}
    lengths = {"name": 255, "provider": 100, "model": 200}
    for key, value in texts.items():
        if not isinstance(value, str) or not 0 < len(value.strip()) <= lengths[key] or "\0" in value:
            raise GenerationTemplateRefused(f"{said} has no {key} that can be used. Correct it in the file.")
    kept = stored.get("parameter_set")
    description = stored.get("description")
    if not isinstance(kept, Mapping) or not isinstance(description, str | None) or not _is_usable(kept):
        raise GenerationTemplateRefused(f"{said} has no order form that can be used. Export it anew.")
    form = OrderForm.of_set(str(texts["provider"]), str(texts["model"]), kept)
    return TemplateEntry(
        str(texts["name"]), description, form.provider_id, form.model_id, {**form.parameter_set(), "inputs": {}}
    )


def _is_usable(kept: Mapping[str, Any]) -> bool:
    """Whether it has the shape of an order form and can be stored."""
    prompts = [kept.get("prompt", ""), kept.get("negative_prompt", "")]
    parameters, images = kept.get("parameters") or {}, kept.get("images_per_item", 1)
    return (
        all(isinstance(one, str) and len(one) <= MOST_TEXT for one in prompts)
        and isinstance(parameters, Mapping)
        and all(isinstance(value, str | int | float | bool | list) for value in parameters.values())
        and isinstance(images, int)
        and 1 <= images <= 100
        and "\\u0000" not in json.dumps(kept)
    )
