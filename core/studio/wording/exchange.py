"""Lookups as files, out of the house and into it.

A table has one row for each value: ``key,category,description,value``. A text has the values of one lookup, one a
line, named by its file; or of several, each below its key in brackets on a line of its own.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath

from sqlalchemy.orm import Session

from core.studio.wording.errors import LookupRefused
from core.studio.wording.lookups import LookupForm, create_lookup, edit_lookup, list_lookups
from core.studio.wording.models import Lookup
from core.system.actors import Actor

MOST_BYTES = 5 * 1024 * 1024
MOST_LOOKUPS = 500
COLUMNS = ("key", "category", "description", "value")
_HEADING = re.compile(r"\[([^\[\],]+)\]")
# A value that looks like a heading has a backslash in front of it, in texts of several.
_ESCAPED_HEADING = re.compile(r"\\+\[[^\[\],]+\]")
# What files for spreadsheets put in front of a cell that could be taken for a formula.
_GUARDED = re.compile(r"'[=+\-@\t\r\n＝＋－＠]")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file: keys that are new, that were replaced, and that were left as they are."""

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def table_of(lookups: Iterable[Lookup]) -> list[list[str]]:
    """Rows of a table, the head first."""
    rows = [list(COLUMNS)]
    for one in lookups:
        rows += [[one.key, one.category or "", one.description or "", value] for value in one.values]
    return rows


def text_of(lookups: Sequence[Lookup]) -> str:
    """One lookup: its values alone. Several: each below its key in brackets."""
    if len(lookups) == 1:
        return "\n".join(lookups[0].values) + "\n"
    return "\n".join("\n".join([f"[{one.key}]", *map(_as_value, one.values), ""]) for one in lookups)


def read_file(name: str, content: bytes) -> list[LookupForm]:
    """The lookups of a file. Raises :class:`LookupRefused` saying what is wrong with it."""
    if len(content) > MOST_BYTES:
        raise LookupRefused(f"“{name}” is larger than {MOST_BYTES // 1024**2} MB. Split it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LookupRefused(
            f"“{name}” is no text in UTF-8. Save it as UTF-8 or as CSV UTF-8, then try again."
        ) from error
    if "\0" in text:
        raise LookupRefused(f"“{name}” is no text. Export the list as text or CSV, then try again.")
    found = _of_table(name, text) if name.lower().endswith(".csv") else _of_text(name, text)
    if not found:
        raise LookupRefused(f"There are no values in “{name}”. Write one a line.")
    if len(found) > MOST_LOOKUPS:
        raise LookupRefused(f"“{name}” has {len(found):,} lookups; at most {MOST_LOOKUPS} are taken at once. Split it.")
    return found


def take_lookups(session: Session, actor: Actor, forms: Sequence[LookupForm], *, replace: bool, now: datetime) -> Taken:
    """Add these to a person's own; of keys they have, the file's count with ``replace``, else theirs.

    All or none: raises :class:`LookupRefused` naming the one that cannot be taken.
    """
    own = {row.key.casefold(): row for row in list_lookups(session, actor) if not row.is_system}
    taken = Taken()
    for form in forms:
        there = own.get(form.key.strip().casefold())
        try:
            if there is None:
                made = create_lookup(session, actor, form, now=now)
                own[made.key.casefold()] = made
                taken.added.append(made.key)
            elif replace:
                edit_lookup(session, actor, there.id, _filled(form, there), now=now)
                taken.replaced.append(there.key)
            else:
                taken.left.append(there.key)
        except LookupRefused as error:
            raise LookupRefused(f"“{form.key[:80]}” cannot be taken. {error} Nothing of the file was taken.") from error
    return taken


def _filled(form: LookupForm, there: Lookup) -> LookupForm:
    """What a file does not say stays: a text knows neither category nor description."""
    return LookupForm(there.key, form.values, form.description or there.description, form.category or there.category)


def _as_value(value: str) -> str:
    return f"\\{value}" if _HEADING.fullmatch(value) or _ESCAPED_HEADING.fullmatch(value) else value


def _of_text(name: str, text: str) -> list[LookupForm]:
    lines = [line.strip() for line in text.splitlines()]
    if not any(_HEADING.fullmatch(line) for line in lines):
        values = [line for line in lines if line]
        return [LookupForm(_key_of(name), values)] if values else []
    found: dict[str, list[str]] = {}
    values = []
    for line in lines:
        heading = _HEADING.fullmatch(line)
        if heading:
            values = found.setdefault(heading[1].strip(), [])
        elif line and not found:
            raise LookupRefused(f"“{name}” begins with “{line[:40]}”, which is below no key. Put [key] above it.")
        elif line:
            values.append(line[1:] if _ESCAPED_HEADING.fullmatch(line) else line)
    return [LookupForm(key, values) for key, values in found.items()]


def _key_of(name: str) -> str:
    """A key from the name of a file: ``Art styles.txt`` is ``Art-styles``."""
    return "-".join(PurePath(name).stem.split())


def _of_table(name: str, text: str) -> list[LookupForm]:
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row and not row[0].startswith("# ")]
    except csv.Error as error:
        raise LookupRefused(f"“{name}” is no CSV file that can be read: {error}. Export it anew.") from error
    head = [one.strip().lower() for one in rows[0]] if rows else []
    if "key" not in head or "value" not in head:
        raise LookupRefused(f"“{name}” needs a first line with at least the columns key and value.")
    forms: dict[str, dict[str, str]] = {}
    values: dict[str, list[str]] = {}
    for number, row in enumerate(rows[1:], start=2):
        cells = {column: _bare(cell) for column, cell in zip(head, row, strict=False)}
        key = cells.get("key", "").strip()
        if not key:
            raise LookupRefused(f"Row {number} of “{name}” has no key. Fill it in, or take the row out.")
        forms.setdefault(key, cells)
        values.setdefault(key, []).append(cells.get("value", ""))
    return [
        LookupForm(key, values[key], cells.get("description"), cells.get("category")) for key, cells in forms.items()
    ]


def _bare(cell: str) -> str:
    return cell[1:] if _GUARDED.match(cell) else cell
