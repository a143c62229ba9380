"""Audit: who changed what, before and after."""

from datetime import datetime

import streamlit as st

from core.clock import utc_now
from core.identity import users
from core.runtime import get_runtime
from core.system import trail
from core.system.models import ActorKind, AuditEvent
from core.system.trail import TrailFilter
from core.ui.audit_filters import ask_filter, describe
from core.ui.gate import require_admin
from core.ui.page import empty_state, page_header, zone_note
from core.ui.tables import csv_button, csv_file
from core.ui.times import precise

PER_PAGE = 50
EXPORT_LIMIT = 50_000
COLUMNS = ("Who", "What", "Subject", "Before", "After", "Why")

user = require_admin()
runtime = get_runtime()
now = utc_now()


def cells(event: AuditEvent, names: dict[str, str]) -> tuple[str, ...]:
    """An event in the order of ``COLUMNS``."""
    who = names.get(event.actor_id or "", event.actor_id or "somebody unknown")
    kind = "" if event.actor_kind is ActorKind.PERSON else f" ({event.actor_kind.value})"
    what = event.action.replace(".", " ").replace("_", " ")
    subject = names.get(event.subject_id, event.subject_id)
    return f"{who}{kind}", what, subject, short(event.before), short(event.after), event.reason or ""


def short(values: dict[str, object] | None) -> str:
    """A change in one line."""
    return ", ".join(f"{name}: {value}" for name, value in (values or {}).items())


def export(wanted: TrailFilter, names: dict[str, str]) -> bytes:
    """The filtered trail as CSV."""
    with runtime.database.read() as session:
        events = trail.iterate_events(session, wanted, limit=EXPORT_LIMIT)
        rows: list[tuple[datetime | str, ...]] = [(event.at, event.id, *cells(event, names)) for event in events]
    columns = ("When", "Id", *COLUMNS)
    filters = describe(wanted, names)
    return csv_file("Atelier audit trail", columns, rows, filters=filters, timezone=user.timezone, now=now)


def show_events(wanted: TrailFilter, names: dict[str, str], total: int) -> None:
    """One page of the trail, and a way to the others."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption("1 event" if total == 1 else f"{total:,} events")
        csv_button("CSV", lambda: export(wanted, names), "atelier-audit", key="audit-csv")
    table = st.container()
    pages = -(-total // PER_PAGE)
    page = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
    with runtime.database.read() as session:
        events = trail.list_events(session, wanted, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    rows = [
        {"When": precise(event.at, user.timezone, now=now), **dict(zip(COLUMNS, cells(event, names), strict=True))}
        for event in events
    ]
    table.dataframe(rows, hide_index=True, height="content")


page_header("Audit", f"Who changed what, before and after. {zone_note(user.timezone)}")
with runtime.database.read() as session:
    people = {person.id: person.username for person in users.list_people(session, now=now)}
    kinds = trail.list_subject_types(session)
chosen = ask_filter(people, kinds, user.timezone)
with runtime.database.read() as session:
    count = trail.count_events(session, chosen)
if count:
    show_events(chosen, people, count)
else:
    empty_state("Nothing here", "No event fits these filters.", icon=":material/history:")
