"""Audit: who changed what, before and after."""

import streamlit as st

from core.clock import utc_now
from core.identity import api_keys, trail, users
from core.identity.trail import TrailFilter
from core.runtime import get_runtime
from core.system.models import ActorKind, AuditEvent
from core.ui.audit_export import trail_csv
from core.ui.audit_filters import ask_filter, describe
from core.ui.gate import require_admin
from core.ui.page import empty_state, local, page_header, zone_note

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
    return ", ".join(f"{name}: {plain(value)}" for name, value in (values or {}).items())


def plain(value: object) -> str:
    """A value as a person writes it."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def export(wanted: TrailFilter, names: dict[str, str]) -> bytes:
    """The filtered trail as CSV."""
    with runtime.database.read() as session:
        events = trail.iterate_events(session, user.actor, wanted, limit=EXPORT_LIMIT)
        rows = [(event.at.isoformat(timespec="seconds"), event.id, *cells(event, names)) for event in events]
    return trail_csv(("When (UTC)", "Id", *COLUMNS), rows, describe(wanted, names))


def show_events(wanted: TrailFilter, names: dict[str, str], total: int) -> None:
    """One page of the trail, and a way to the others."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption("1 event" if total == 1 else f"{total:,} events")
        st.download_button(
            "CSV",
            lambda: export(wanted, names),
            "atelier-audit.csv",
            "text/csv",
            key="audit-csv",
            icon=":material/download:",
            on_click="ignore",
            type="tertiary",
            help=f"Everything that fits the filters, up to {EXPORT_LIMIT:,} events.",
        )
    table = st.container()
    pages = -(-total // PER_PAGE)
    page = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
    with runtime.database.read() as session:
        events = trail.list_events(session, user.actor, wanted, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    rows = [
        {
            "When": f"{local(event.at, user.timezone):%Y-%m-%d %H:%M:%S}",
            **dict(zip(COLUMNS, cells(event, names), strict=True)),
        }
        for event in events
    ]
    table.dataframe(rows, hide_index=True, height="content")


page_header("Audit", f"Who changed what, before and after. {zone_note(user.timezone)}")
with runtime.database.read() as session:
    people = {person.id: person.username for person in users.list_people(session, user.actor, now=now)}
    keys = api_keys.list_names(session, user.actor)
    kinds = trail.list_subject_types(session, user.actor)
chosen = ask_filter(people, kinds, user.timezone)
with runtime.database.read() as session:
    count = trail.count_events(session, user.actor, chosen)
if count:
    show_events(chosen, people | keys, count)
else:
    empty_state("Nothing here", "No event fits these filters.", icon=":material/history:")
