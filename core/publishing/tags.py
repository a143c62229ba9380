"""Tags: what a person wrote, and what DeviantArt will take of it.

DeviantArt takes letters without accents, digits and ``_``, at most 30 tags. The person's own text
stays in our database; :func:`for_site` is what goes out, and says what it had to change.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

MAX_SENT = 30
MAX_KEPT = 50
MAX_LENGTH = 100

_SEPARATORS = re.compile(r"[,;\n\r]+")
_GAPS = re.compile(r"\s+")
_FOREIGN = re.compile(r"[^A-Za-z0-9_]")
# Latin letters that Unicode does not take apart into a base letter and an accent.
_LATIN = str.maketrans(
    {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
     "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "ħ": "h", "Ħ": "H"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TagNote:
    """What became of one tag: ``sent`` is ``None`` when it stays behind; ``reason`` is a sentence."""

    given: str
    sent: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class SiteTags:
    """``sent`` goes to DeviantArt, in order; ``notes`` tells of every tag that is not sent as written."""

    sent: tuple[str, ...]
    notes: tuple[TagNote, ...]


def split(text: str) -> list[str]:
    """The tags in what a person typed: parted by commas, semicolons or lines."""
    return tidy(_SEPARATORS.split(text))


def tidy(tags: Iterable[str]) -> list[str]:
    """Tags as we keep them: no blanks around, none empty, none twice (upper and lower case count as the same)."""
    kept: dict[str, str] = {}
    for tag in tags:
        text = _GAPS.sub(" ", tag.replace("\0", "")).strip().lstrip("#").strip()
        if text:
            kept.setdefault(text.casefold(), text)
    return list(kept.values())


def site_form(tag: str) -> str:
    """One tag in DeviantArt's form; empty when nothing of it is left.

    Accents are taken off (``café`` becomes ``cafe``); other scripts have no such form and vanish.
    """
    plain = unicodedata.normalize("NFKD", tag.translate(_LATIN))
    return _FOREIGN.sub("", _GAPS.sub("_", plain.strip())).strip("_")


def for_site(tags: Iterable[str]) -> SiteTags:
    """What DeviantArt is sent for ``tags``, with a note for each that differs."""
    sent: dict[str, str] = {}
    notes: list[TagNote] = []
    for tag in tags:
        form = site_form(tag)
        reason = _why_left_behind(tag, form, sent)
        if reason is not None:
            notes.append(TagNote(tag, None, reason))
            continue
        sent[form.casefold()] = form
        if form != tag:
            notes.append(TagNote(tag, form, f"“{tag}” is sent as “{form}”."))
    return SiteTags(tuple(sent.values()), tuple(notes))


def site_tags(tags: Iterable[str]) -> list[str]:
    """Only what is sent; see :func:`for_site`."""
    return list(for_site(tags).sent)


def _why_left_behind(tag: str, form: str, sent: dict[str, str]) -> str | None:
    if not form:
        return f"“{tag}” has no letters that DeviantArt takes and is not sent. Add it in Latin letters as well."
    if form.casefold() in sent:
        return f"“{tag}” is the same to DeviantArt as “{sent[form.casefold()]}” and is sent once."
    if len(sent) >= MAX_SENT:
        return f"“{tag}” is not sent: DeviantArt takes {MAX_SENT} tags. Move it further up or remove another."
    return None
