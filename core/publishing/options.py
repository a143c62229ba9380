"""The less used settings of a post, kept together in ``deviations.publish_options``."""

from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

SUBJECT_KINDS = {1: "model", 3: "object", 4: "character", 5: "artist"}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class License(_Part):
    """Creative Commons terms; ``share`` lets others change the work if they share alike."""

    creative_commons: bool = True
    commercial: Literal["yes", "no"] = "no"
    modify: Literal["yes", "no", "share"] = "no"


class GroupTarget(_Part):
    """A group to submit to, and the folder in it."""

    group_id: str = Field(min_length=1, max_length=64)
    folder_id: str = Field(min_length=1, max_length=64)

    @field_validator("group_id", "folder_id", mode="before")
    @classmethod
    def _both_given(cls, value: Any) -> Any:
        if value is None or (isinstance(value, str) and not value.strip()):
            raise ValueError("A group needs the id of one of its folders as well, and a folder the id of its group.")
        return value


class SubjectTag(_Part):
    """Who or what is shown; ``kind`` is DeviantArt's number, see ``SUBJECT_KINDS``."""

    text: str = Field(min_length=1, max_length=100)
    kind: Literal[1, 3, 4, 5]


class PublishOptions(_Part):
    """Licence, sharing, critique, groups, subjects, place and source of a post. The defaults are the site's."""

    license: License | None = None
    sharing: Literal["allow", "hide_share_buttons", "hide_and_members_only"] | None = None
    request_critique: bool = False
    groups: tuple[GroupTarget, ...] = Field(default=(), max_length=20)
    subject_tags: tuple[SubjectTag, ...] = Field(default=(), max_length=30)
    location_tag: str | None = Field(default=None, max_length=100)
    original_url: str | None = Field(default=None, max_length=500)

    @field_validator("original_url")
    @classmethod
    def _a_web_address(cls, value: str | None) -> str | None:
        if not value:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("The source link must be a web address that begins with https:// or http://.")
        return value

    @field_validator("location_tag")
    @classmethod
    def _empty_is_none(cls, value: str | None) -> str | None:
        return value or None

    def stored(self) -> dict[str, Any]:
        """As kept in the database: JSON, without what is as the site has it anyway."""
        return self.model_dump(mode="json", include=self._chosen())

    def _chosen(self) -> set[str]:
        fields = type(self).model_fields
        return {name for name, field in fields.items() if getattr(self, name) != field.default}
