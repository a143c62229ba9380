"""What a person sets about a template, and what of it each type takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.publishing.changes import DESCRIPTION_LENGTH, read_changes
from core.publishing.templates.errors import TemplateRefused
from core.publishing.templates.models import TemplateType
from core.publishing.templates.variables import read_text, read_variables

NAME_LENGTH = 100
CATEGORY_LENGTH = 60
COMMENT_LENGTH = 10_000

_LONGEST = {TemplateType.DESCRIPTION: DESCRIPTION_LENGTH, TemplateType.COMMENT: COMMENT_LENGTH}


@dataclass(frozen=True, slots=True)
class TemplateForm:
    """A template as it is typed. ``tags`` are for tag templates, ``content`` and ``variables`` for the others,
    ``category`` for comments; what a type does not take is left out."""

    name: str
    content: str = ""
    tags: Sequence[str] = ()
    variables: Sequence[Mapping[str, Any]] = ()
    category: str = ""

    def columns(self, kind: TemplateType) -> dict[str, Any]:
        """The columns it fills; raises ``TemplateRefused``, ``PatternRefused`` and ``ChangeRefused``."""
        values: dict[str, Any] = {
            "name": _name(self.name), "content": None, "tags": [], "variables": [], "category": None,
        }  # fmt: skip
        if kind is TemplateType.TAG:
            return values | {"tags": _tags(self.tags)}
        declared = read_variables(self.variables)
        content = _content(self.content, _LONGEST[kind])
        read_text(content, declared)
        values |= {"content": content, "variables": [one.stored() for one in declared]}
        if kind is TemplateType.COMMENT:
            values["category"] = _category(self.category)
        return values


def _name(text: str) -> str:
    text = _line(text)
    if not text:
        raise TemplateRefused("Give the template a name.")
    if len(text) > NAME_LENGTH:
        raise TemplateRefused(f"A name has at most {NAME_LENGTH} characters; this one has {len(text)}.")
    return text


def _category(text: str) -> str | None:
    text = _line(text)
    if len(text) > CATEGORY_LENGTH:
        raise TemplateRefused(f"A category has at most {CATEGORY_LENGTH} characters; this one has {len(text)}.")
    return text or None


def _tags(tags: Sequence[str]) -> list[str]:
    # The same rules as for the tags of a post.
    tidy: list[str] = read_changes({"tags": list(tags)}).tags
    if not tidy:
        raise TemplateRefused("Give the template at least one tag.")
    return tidy


def _content(text: str, longest: int) -> str:
    text = text.replace("\0", "").replace("\r\n", "\n").strip()
    if not text:
        raise TemplateRefused("Give the template a text.")
    if len(text) > longest:
        raise TemplateRefused(f"A text has at most {longest:,} characters; this one has {len(text):,}.")
    return text


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())
