"""What the kinds of entries are called on screen, and their icons; the same icons as on their tiles."""

from collections.abc import Mapping

from core.publishing.calendar.entries import Kind

WORDS: Mapping[Kind, str] = {
    Kind.SCHEDULED: "Scheduled",
    Kind.FORESEEN: "Foreseen",
    Kind.UNDER_WAY: "Under way",
    Kind.HELD: "Held",
    Kind.PUBLISHED: "Published",
    Kind.FAILED: "Failed",
    Kind.DRAFT: "Draft",
}
_ICONS: Mapping[Kind, str] = {
    Kind.SCHEDULED: "schedule",
    Kind.FORESEEN: "event_repeat",
    Kind.UNDER_WAY: "hourglass_top",
    Kind.HELD: "pause_circle",
    Kind.PUBLISHED: "check_circle",
    Kind.FAILED: "error",
    Kind.DRAFT: "edit_note",
}


def label(kind: Kind) -> str:
    """Icon and word, for a choice that is the key to the tiles as well."""
    return f":material/{_ICONS[kind]}: {WORDS[kind]}"
