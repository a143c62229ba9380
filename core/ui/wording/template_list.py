"""Templates for orders: per project or for all, and what can be done with each."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.metering import names
from core.runtime import get_runtime
from core.studio.shelves.projects import list_projects
from core.studio.wording import templates
from core.studio.wording.models import GenerationTemplate
from core.studio.wording.template_files import templates_json
from core.ui.desk import Change
from core.ui.page import empty_state, format_instant
from core.ui.tables import csv_button, csv_bytes
from core.ui.wording.acting import act, open_dialog
from core.ui.words import count, plain, shortened

EVERYWHERE = "Everywhere"
RENAME, FIT, DELETE = "Rename or move", "With another model …", "Delete"


def show_templates(user: SignedIn, now: datetime) -> None:
    """The cards."""
    with get_runtime().database.read() as session:
        rows = templates.list_templates(session, user.actor)
        binned = templates.list_trashed_templates(session, user.actor)
        projects = {one.id: one.name for one in list_projects(session, user.actor)}
        models = names.of_models(session, list({(row.provider, row.model) for row in rows}))
    if not rows:
        empty_state("No template yet", "Save an order form under Generate, and begin with it the next time.",
                    icon=":material/bookmarks:")  # fmt: skip
        st.page_link("pages/create/generate.py", label="Generate", icon=":material/brush:")
    shown = _narrow(rows, projects, models)
    for row in shown:
        _show_card(user, row, projects, models[row.provider, row.model], now)
    if rows and not shown:
        st.caption("No template is like this.")
    _show_trash(user, binned)


def _narrow(
    rows: Sequence[GenerationTemplate], projects: Mapping[str, str], models: Mapping[tuple[str, ...], str]
) -> list[GenerationTemplate]:
    used = {row.project_id for row in rows if row.project_id}
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("Import", icon=":material/upload:", key="templates-take", on_click=open_dialog,
                  args=("take-templates",))  # fmt: skip
        if not rows:
            return []
        wanted = st.text_input("Find", key="template-words", placeholder="Name, model or prompt", width=220,
                               label_visibility="collapsed")  # fmt: skip
        where = st.selectbox(
            "Where",
            ["", EVERYWHERE, *sorted(used)],
            width=200,
            key="template-where",
            format_func=lambda one: projects.get(one, one) or "All",
            label_visibility="collapsed",
        )
        st.space("stretch")
        st.download_button("JSON", lambda: templates_json(rows), "atelier-templates.json", "application/json",
                           key="templates-json", icon=":material/download:", on_click="ignore",
                           help="All of them, for another Atelier.")  # fmt: skip
        csv_button(lambda: _csv(rows, projects), "atelier-templates", key="templates-csv")
    sought = (wanted or "").strip().casefold()
    return [
        row
        for row in rows
        if (not where or (row.is_global if where == EVERYWHERE else row.project_id == where))
        and sought
        in " ".join(
            (row.name, row.model, models[row.provider, row.model], str(row.parameter_set.get("prompt", "")))
        ).casefold()
    ]


def _show_card(user: SignedIn, row: GenerationTemplate, projects: Mapping[str, str], model: str, now: datetime) -> None:
    with st.container(border=True, key=f"template-{row.id}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            place = EVERYWHERE if row.project_id is None else projects.get(row.project_id, "A project in the trash")
            st.markdown(f"**{plain(row.name)}** :gray-badge[{plain(place)}]", width="stretch")
            st.page_link("pages/create/generate.py", label="Use", icon=":material/brush:",
                         query_params={"template": row.id})  # fmt: skip
            st.download_button("", lambda: templates_json([row]), "atelier-template.json", "application/json",
                               key=f"json-{row.id}", icon=":material/download:", type="tertiary", on_click="ignore",
                               help="As JSON, for another Atelier")  # fmt: skip
            chosen = st.menu_button(
                "",
                [RENAME, FIT, DELETE],
                icon=":material/more_vert:",
                type="tertiary",
                key=f"menu-{row.id}",
                help="Rename, move, try with another model, delete",
            )
        if row.description:
            st.caption(plain(row.description))
        st.text(shortened(str(row.parameter_set.get("prompt", "")), 200) or "Without words")
        values = row.parameter_set.get("parameters") or {}
        facts = [model, f"used {count(row.usage_count, 'time')}",
                 f"kept {format_instant(row.created_at, user.timezone, now=now)}"]  # fmt: skip
        facts += [", ".join(f"{name} {value}" for name, value in values.items())] if values else []
        st.caption(plain(shortened(" · ".join(facts), 240)))
    if chosen == DELETE:
        act(lambda session: templates.delete_template(session, user.actor, row.id, now=utc_now()),
            f"“{row.name}” is in the trash.", undo=_restoring(user, row.id))  # fmt: skip
    elif chosen is not None:
        open_dialog("template" if chosen == RENAME else "fit", row.id)
        st.rerun()


def _restoring(user: SignedIn, template_id: str) -> Change:
    return lambda session: templates.restore_template(session, user.actor, template_id, now=utc_now())


def _show_trash(user: SignedIn, binned: Sequence[GenerationTemplate]) -> None:
    if not binned:
        return
    with st.expander(f"Trash · {len(binned)}", icon=":material/delete:"):
        for row in binned[:50]:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{plain(row.name)} :gray[{plain(row.model)}]", width="stretch")
                if st.button("Restore", key=f"restore-{row.id}", type="tertiary", icon=":material/restore:"):
                    act(_restoring(user, row.id), f"“{row.name}” is back.")


def _csv(rows: Sequence[GenerationTemplate], projects: Mapping[str, str]) -> bytes:
    head = ["template", "name", "description", "provider", "model", "project", "used", "prompt", "created_at"]
    lines = [
        [row.id, row.name, row.description or "", row.provider, row.model, projects.get(row.project_id or "", ""),
         row.usage_count, str(row.parameter_set.get("prompt", "")), row.created_at.isoformat(timespec="seconds")]
        for row in rows
    ]  # fmt: skip
    return csv_bytes([["# Atelier templates, all"], head, *lines])
