"""What can be changed about a post, and the limits of each field."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from core.publishing import tags as tagging
from core.publishing.errors import ChangeRefused
from core.publishing.models import LatePolicy, MatureLevel
from core.publishing.options import PublishOptions
from core.publishing.validation import MAX_GALLERIES

TITLE_LENGTH = 200
DESCRIPTION_LENGTH = 50_000
PROJECT_LENGTH = 100
Classification = Literal["nudity", "sexual", "gore", "language", "ideology"]


def _one_line(text: str) -> str:
    text = " ".join(text.replace("\0", "").split())
    if not text:
        raise ValueError("Give it a title.")
    return text


def _many_lines(text: str | None) -> str | None:
    return (text or "").replace("\0", "").strip() or None


def _one_line_or_none(text: str | None) -> str | None:
    return " ".join((text or "").replace("\0", "").split()) or None


def _known_once(items: list[Any]) -> list[Any]:
    return list(dict.fromkeys(items))


class DeviationChanges(BaseModel):
    """The fields to change; what is not given stays as it is.

    ``display_resolution``: 0 original, 1 to 8 as DeviantArt's sizes. ``max_lateness_minutes`` goes with
    ``late_policy`` hold. Lists replace what is there. ``rating`` (1 to 5) and ``project`` stay in the house:
    automations and lists go by them. ``sale_preset_id`` is what it is priced with once it is out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Annotated[str, Field(max_length=TITLE_LENGTH), AfterValidator(_one_line)] = ""
    description: Annotated[str | None, Field(max_length=DESCRIPTION_LENGTH), AfterValidator(_many_lines)] = None
    tags: Annotated[list[str], AfterValidator(tagging.tidy)] = []
    category_path: Annotated[str | None, Field(max_length=200), AfterValidator(_many_lines)] = None
    gallery_ids: Annotated[list[Annotated[str, Field(min_length=1, max_length=64)]], AfterValidator(_known_once)] = []
    account_id: str | None = None
    is_mature: bool = False
    mature_level: MatureLevel | None = None
    mature_classification: Annotated[list[Classification], AfterValidator(_known_once)] = []
    allow_comments: bool = True
    allow_free_download: bool = False
    is_ai_generated: bool = False
    no_ai: bool = False
    stash_only: bool = False
    add_watermark: bool = False
    display_resolution: int = Field(default=0, ge=0, le=8)
    feature: bool = True
    late_policy: LatePolicy = LatePolicy.PUBLISH
    max_lateness_minutes: int | None = Field(default=None, ge=1, le=7 * 24 * 60)
    publish_options: PublishOptions = PublishOptions()
    rating: int | None = Field(default=None, ge=1, le=5)
    project: Annotated[str | None, Field(max_length=PROJECT_LENGTH), AfterValidator(_one_line_or_none)] = None
    sale_preset_id: str | None = None

    @field_validator("tags")
    @classmethod
    def _tags_in_limits(cls, value: list[str]) -> list[str]:
        if len(value) > tagging.MAX_KEPT:
            raise ValueError(f"At most {tagging.MAX_KEPT} tags are kept; these are {len(value)}.")
        long = next((tag for tag in value if len(tag) > tagging.MAX_LENGTH), None)
        if long is not None:
            raise ValueError(f"A tag has at most {tagging.MAX_LENGTH} characters: “{long[:30]}…” has {len(long)}.")
        return value

    @field_validator("gallery_ids")
    @classmethod
    def _galleries_in_limits(cls, value: list[str]) -> list[str]:
        if len(value) > MAX_GALLERIES:
            raise ValueError(f"At most {MAX_GALLERIES} galleries can be chosen; these are {len(value)}.")
        return value

    @model_validator(mode="after")
    def _not_against_itself(self) -> Self:
        given = self.given()
        if given.get("is_mature") is False and (given.get("mature_level") or given.get("mature_classification")):
            raise ValueError("A mature level or classification needs the post to be marked as mature.")
        if given.get("add_watermark") and given.get("display_resolution") == 0:
            raise ValueError("A watermark needs a display size smaller than the original.")
        return self

    def given(self) -> dict[str, Any]:
        """Only what is to be changed, as the columns take it."""
        values = {name: getattr(self, name) for name in self.model_fields_set}
        if "publish_options" in values:
            values["publish_options"] = self.publish_options.stored()
        return values


def read_changes(values: dict[str, Any]) -> DeviationChanges:
    """Changes from a form or a request; raises :class:`ChangeRefused` naming each field that cannot be taken."""
    try:
        return DeviationChanges.model_validate(values)
    except ValidationError as error:
        raise ChangeRefused(
            " ".join(_sentence(one["loc"], one["msg"], one["type"]) for one in error.errors())
        ) from error


_LABELS = {"is_ai_generated": "AI", "no_ai": "No AI", "gallery_ids": "Galleries", "publish_options": "Options"}


def _sentence(place: tuple[int | str, ...], message: str, kind: str) -> str:
    if kind == "extra_forbidden":
        return f"“{place[-1]}” is not a field that can be changed."
    message = message.removeprefix("Value error, ").rstrip(".") + "."
    if not place:
        return message
    field = str(place[0])
    return f"{_LABELS.get(field, field.replace('_', ' ').capitalize())}: {message}"
