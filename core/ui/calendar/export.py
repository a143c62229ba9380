"""The period that is shown, as a CSV file."""

import functools
from collections.abc import Iterator, Sequence

from core.identity.sessions import SignedIn
from core.publishing.calendar.entries import Entry
from core.publishing.csv_cells import cell
from core.ui.calendar.kinds import WORDS
from core.ui.calendar.query import Query
from core.ui.calendar.shown import Shown, read_everything
from core.ui.calendar.toolbar import filters_in_words
from core.ui.page import local
from core.ui.tables import csv_button, csv_bytes

_HEAD = ("Date", "From", "Until", "Time zone", "Kind", "Title", "Account", "Automation", "Note", "Id", "Address")


def show_export(user: SignedIn, query: Query, shown: Shown) -> None:
    """The button; the file is made when it is pressed."""
    names = [(one.id, one.username) for one in shown.accounts] + [(one.id, one.name) for one in shown.automations]
    make = functools.partial(make_csv, user, query, names)
    csv_button(make, f"calendar-{query.period.first.isoformat()}", key="calendar-csv")


def make_csv(user: SignedIn, query: Query, names: Sequence[tuple[str, str]]) -> bytes:
    """Everything in the period, with the filters in the first line."""
    entries = read_everything(user, query)
    first = [cell(f"Calendar: {filters_in_words(query, names)}")]
    return csv_bytes([first, _HEAD, *_rows(entries, user.timezone)])


def _rows(entries: Sequence[Entry], timezone: str) -> Iterator[Sequence[str]]:
    for entry in entries:
        start, end = local(entry.starts_at, timezone), local(entry.at, timezone)
        values = (
            end.date().isoformat(),
            f"{start:%H:%M:%S}",
            f"{end:%H:%M:%S}",
            timezone,
            WORDS[entry.kind],
            entry.title,
            entry.account_name,
            entry.automation.name if entry.automation else None,
            entry.note,
            entry.deviation_id,
            entry.url,
        )
        yield [cell(value) for value in values]
