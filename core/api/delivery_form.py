"""The fields that may come with a file, and how each may be written."""

import json
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from core.api.forms import Form
from core.api.problems import invalid, refused
from core.api.texts import Line, Text, one_line
from core.publishing import tags as tagging
from core.publishing.changes import DESCRIPTION_LENGTH, PROJECT_LENGTH, TITLE_LENGTH
from core.publishing.ingest import Delivery
from core.publishing.models import MatureLevel
from core.publishing.validation import MAX_GALLERIES
from core.system.idempotency import digest_of

# These take several values; all others take one.
LISTS = ("tags", "gallery_ids")


def _spread(values: list[str]) -> list[str]:
    """Repeated fields, a JSON array, or a list with commas: all mean the same."""
    spread: list[str] = []
    for value in values:
        spread += _array(value) if value.lstrip().startswith("[") else value.split(",")
    return [one.strip() for one in spread if one.strip()]


def _array(text: str) -> list[str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("This begins like a JSON array, but is none.") from error
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ValueError("This must be an array of texts.")
    return found


def _all_lines(texts: list[str]) -> list[str]:
    return [one_line(text) for text in texts]


_Tag = Annotated[str, Field(max_length=tagging.MAX_LENGTH)]
_GalleryId = Annotated[str, Field(max_length=64)]
Tags = Annotated[list[_Tag], BeforeValidator(_spread), AfterValidator(_all_lines)]
GalleryIds = Annotated[list[_GalleryId], BeforeValidator(_spread), AfterValidator(_all_lines)]


class DeliveryFields(BaseModel):
    """Everything beside the file may be left out."""

    model_config = ConfigDict(extra="forbid")

    title: Line | None = Field(None, max_length=TITLE_LENGTH, description="Left out: made of the file's name.")
    description: Text | None = Field(None, max_length=DESCRIPTION_LENGTH)
    tags: Tags = Field(
        default=[],
        max_length=tagging.MAX_KEPT,
        description="Repeated, as a JSON array, or with commas between them.",
    )
    is_mature: bool | None = Field(None, description="Left out: as `mature_level` says.")
    mature_level: MatureLevel | None = None
    is_ai_generated: bool = True
    no_ai: bool = Field(False, description="Ask that nobody trains models with it.")
    project: Line | None = Field(
        None, max_length=PROJECT_LENGTH, description="What it belongs to; automations choose by it."
    )
    rating: int | None = Field(None, ge=1, le=5, description="Your own; automations choose by it.")
    gallery_ids: GalleryIds = Field(
        default=[], max_length=MAX_GALLERIES, description="Ids of gallery folders, written as tags may be."
    )
    account: Line | None = Field(
        None, max_length=64, description="Name or id of a linked account; left out: the default."
    )
    allow_duplicate: bool = Field(False, description="Make a second deviation of a picture that is here already.")

    @model_validator(mode="after")
    def _level_of_mature_only(self) -> Self:
        if self.mature_level is not None and self.is_mature is False:
            raise ValueError("A mature level needs the post to be marked as mature.")
        return self


def read_delivery(form: Form, key: str | None) -> Delivery:
    """What a program says about the file it sends; raises ``Problem`` naming each field that cannot be used."""
    if form.file is None:
        raise invalid("file", "Send the picture or film in this field.")
    try:
        fields = DeliveryFields.model_validate(_single(form.fields))
    except ValidationError as error:
        raise refused(error.errors(), ["file", *DeliveryFields.model_fields]) from error
    values = fields.model_dump(
        include={"title", "description", "tags", "mature_level", "gallery_ids", "project", "rating"}, exclude_none=True
    )
    if not values.get("title"):
        values.pop("title", None)  # made of the file's name
    is_mature = fields.is_mature if fields.is_mature is not None else fields.mature_level is not None
    values |= {"is_mature": is_mature, "is_ai_generated": fields.is_ai_generated, "no_ai": fields.no_ai}
    said = fields.model_dump(mode="json") | {"file": form.file.sha256, "file_name": form.file.name}
    return Delivery(
        fields=values, account=fields.account or None,
        allow_duplicate=fields.allow_duplicate, key=key, digest=digest_of(said),
    )  # fmt: skip


def form_schema() -> dict[str, Any]:
    """The whole form for OpenAPI."""
    schema = DeliveryFields.model_json_schema()
    file = {"type": "string", "format": "binary", "description": "JPEG, PNG, GIF, WebP, MP4, WebM or MOV."}
    fields = {name: _plain(one, schema.get("$defs", {})) for name, one in schema["properties"].items()}
    return {
        "type": "object",
        "required": ["file"],
        "properties": {"file": file} | fields,
        "additionalProperties": False,
    }


def _plain(field: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A form has no null: an optional field is left out."""
    (kind,) = [one for one in field.pop("anyOf", [{}]) if one.get("type") != "null"]
    merged: dict[str, Any] = kind | {
        name: value for name, value in field.items() if not (name == "default" and value is None)
    }
    reference = merged.pop("$ref", "").rpartition("/")[2]
    return dict(definitions.get(reference, {})) | merged


def _single(fields: dict[str, list[str]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, given in fields.items():
        if name in LISTS:
            values[name] = given
        elif len(given) > 1:
            raise invalid(name, "This field comes once.")
        elif given[0].strip():
            # Empty is left out: forms send fields that nobody filled in.
            values[name] = given[0]
    return values
