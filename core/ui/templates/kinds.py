"""How each type of template is called on screens."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.publishing.templates.models import TemplateType


@dataclass(frozen=True, slots=True)
class KindWords:
    """``heading`` names the list, ``new`` the dialog for a new one, ``none`` and ``use`` an empty list."""

    heading: str
    new: str
    none: str
    use: str
    icon: str


WORDS: Mapping[TemplateType, KindWords] = {
    TemplateType.TAG: KindWords(
        "Tags", "New set of tags", "No tags kept yet",
        "Keep tags you use together, and put them on one post or on many.", ":material/sell:",
    ),
    TemplateType.DESCRIPTION: KindWords(
        "Descriptions", "New description", "No description kept yet",
        "Keep a text with variables such as {title}; each post gets its own.", ":material/notes:",
    ),
    TemplateType.COMMENT: KindWords(
        "Comments", "New comment", "No comment kept yet",
        "Keep what you often answer, ready to be copied with names filled in.", ":material/chat:",
    ),
}  # fmt: skip

# The words of the address.
ADDRESSES = {words.heading: kind for kind, words in WORDS.items()}
