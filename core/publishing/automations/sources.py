"""Which drafts an automation may take: its source filter, as the database asks it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from sqlalchemy import ColumnElement, TextClause, and_, exists, func, or_, select, text
from sqlalchemy.orm import Session

from core.publishing import tags as tagging
from core.publishing.automations.errors import AutomationRefused
from core.publishing.models import POOL, Deviation, DeviationFile

NAMES_AT_MOST = 50


class SourceFilter(BaseModel):
    """What a draft must be like. Everything that is left empty lets all drafts through.

    Tags are compared without regard to upper and lower case. ``min_rating`` leaves out what is not rated.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    tags: list[str] = Field(default=[], max_length=NAMES_AT_MOST)
    tags_match: Literal["any", "all"] = "any"
    excluded_tags: list[str] = Field(default=[], max_length=NAMES_AT_MOST)
    gallery_ids: list[str] = Field(default=[], max_length=NAMES_AT_MOST)
    projects: list[str] = Field(default=[], max_length=NAMES_AT_MOST)
    min_rating: int | None = Field(default=None, ge=1, le=5)
    max_rating: int | None = Field(default=None, ge=1, le=5)
    mature: Literal["any", "only", "none"] = "any"
    # What to do with a draft that looks like something that is out or planned.
    lookalikes: Literal["allow", "warn", "pass_over"] = "warn"

    @field_validator("tags", "excluded_tags")
    @classmethod
    def _tidy(cls, value: list[str]) -> list[str]:
        return tagging.tidy(value)

    @model_validator(mode="after")
    def _not_against_itself(self) -> "SourceFilter":
        if self.min_rating and self.max_rating and self.min_rating > self.max_rating:
            raise ValueError("The lowest rating is above the highest, so no draft would match.")
        both = {tag.casefold() for tag in self.tags} & {tag.casefold() for tag in self.excluded_tags}
        if both:
            raise ValueError(f"“{min(both)}” is asked for and left out at the same time, so no draft would match.")
        return self

    @property
    def is_empty(self) -> bool:
        return self == SourceFilter()


def read_filter(stored: dict[str, Any]) -> SourceFilter:
    """A filter from a row or a form. Raises :class:`AutomationRefused` with all that cannot be used."""
    try:
        return SourceFilter.model_validate(stored)
    except ValidationError as error:
        said = [str(one["msg"]).removeprefix("Value error, ").rstrip(".") + "." for one in error.errors()]
        raise AutomationRefused("The source cannot be used. " + " ".join(said)) from error


def matching(session: Session, source: SourceFilter) -> list[ColumnElement[bool]]:
    """The conditions of a filter on deviations, for the engine of ``session``."""
    found: list[ColumnElement[bool]] = []
    if source.tags:
        each = [_has(session, Deviation.tags, [tag]) for tag in source.tags]
        found.append(and_(*each) if source.tags_match == "all" else _has(session, Deviation.tags, source.tags))
    if source.excluded_tags:
        found.append(~_has(session, Deviation.tags, source.excluded_tags))
    if source.gallery_ids:
        found.append(_has(session, Deviation.gallery_ids, source.gallery_ids, fold=False))
    if source.projects:
        found.append(Deviation.project.in_(source.projects))
    if source.min_rating is not None:
        found.append(Deviation.rating >= source.min_rating)
    if source.max_rating is not None:
        found.append(or_(Deviation.rating <= source.max_rating, Deviation.rating.is_(None)))
    if source.mature != "any":
        found.append(Deviation.is_mature.is_(source.mature == "only"))
    return found


def in_pool(user_id: str, account_id: str | None) -> list[ColumnElement[bool] | TextClause]:
    """The conditions every automation asks: a draft of the person, without a time, with a file, for this account."""
    return [
        Deviation.user_id == user_id,
        text(POOL),
        or_(Deviation.account_id.is_(None), Deviation.account_id == account_id),
        exists().where(DeviationFile.deviation_id == Deviation.id),
    ]


def count_matching(
    session: Session, user_id: str, account_id: str | None, source: SourceFilter, *, limit: int = 10_000
) -> int:
    """How many drafts an automation could take now; counting stops at ``limit``."""
    conditions = [*in_pool(user_id, account_id), *matching(session, source)]
    some = select(Deviation.id).where(*conditions).limit(limit).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _has(session: Session, column: Any, wanted: list[str], *, fold: bool = True) -> ColumnElement[bool]:
    """True when a JSON list has one of ``wanted``."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    unpack = func.jsonb_array_elements_text if is_postgresql else func.json_each
    items = unpack(column).table_valued("value")
    if not fold:
        return exists(select(1).select_from(items).where(items.c.value.in_(wanted)))
    lower = func.lower if is_postgresql else func.unicode_lower
    return exists(select(1).select_from(items).where(lower(items.c.value).in_([tag.lower() for tag in wanted])))
