"""Dialogs for templates: renaming and moving one, trying it with another model, taking a file of them in."""

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.studio.catalogue.offers import list_offers
from core.studio.shelves.projects import list_projects
from core.studio.wording import template_files, templates
from core.studio.wording.applying import fit_template
from core.studio.wording.templates import TemplateForm
from core.ui.errors import guarded
from core.ui.wording.acting import Opened, close, finish, while_there
from core.ui.words import count, listed, plain

_EVERYWHERE = ""


def show_template_form(user: SignedIn, dialog: Opened) -> None:
    """Rename a template, or change where it can be used."""
    template_id = dialog.subject_id or ""

    @st.dialog("Rename or move the template", on_dismiss=close)
    @while_there
    def ask() -> None:
        with get_runtime().database.read() as session:
            row = templates.get_template(session, user.actor, template_id)
        name = st.text_input("Name", row.name, key=f"{dialog.key}-name", max_chars=templates.NAME_LENGTH)
        about = st.text_area("Description", row.description or "", key=f"{dialog.key}-about", height=80)
        project = _ask_project(user, dialog.key, row.project_id)
        if st.button("Save", type="primary", icon=":material/check:", key=f"{dialog.key}-save"):
            with guarded():
                form = TemplateForm(name or "", about, project)
                with get_runtime().database.session() as session:
                    templates.edit_template(session, user.actor, row.id, form, now=utc_now())
                finish(f"“{form.name.strip()}” was saved.")

    ask()


def _ask_project(user: SignedIn, key: str, current: str | None) -> str | None:
    with get_runtime().database.read() as session:
        names = {one.id: one.name for one in list_projects(session, user.actor)}
    ids = [_EVERYWHERE, *names]
    at = ids.index(current) if current in names else 0
    chosen = st.selectbox("Where it can be used", ids, index=at, key=f"{key}-project",
                          format_func=lambda one: names.get(one, "Everywhere"))  # fmt: skip
    return chosen or None


def show_fit(user: SignedIn, dialog: Opened) -> None:
    """What another model would take of a template. Nothing is changed by looking."""
    template_id = dialog.subject_id or ""

    @st.dialog("With another model", on_dismiss=close)
    @while_there
    def ask() -> None:
        with get_runtime().database.read() as session:
            row = templates.get_template(session, user.actor, template_id)
            offers = {one.key: one for one in list_offers(session)}
        others = [key for key in offers if key != (row.provider, row.model)]
        if not others:
            st.caption("There is no other model on offer.")
            return
        chosen = st.selectbox("Model", others, key=f"{dialog.key}-model",
                              format_func=lambda one: offers[one].label)  # fmt: skip
        provider_id, model_id = chosen
        with get_runtime().database.read() as session:
            fit = fit_template(session, user.actor, row.id, provider_id=provider_id, model_id=model_id)
        kept = listed([f"{plain(name)} {plain(str(value))}" for name, value in fit.kept.items()])
        st.markdown(f":material/check: Kept: the prompt{f', {kept}' if kept else ''}.")
        if fit.dropped:
            st.markdown("\n".join(f"- :orange[{plain(one)}]" for one in fit.dropped))
        else:
            st.markdown("Nothing would be dropped.")
        st.caption("Use the template under Generate and choose the model there: it says the same again.")

    ask()


def show_taking_templates(user: SignedIn, dialog: Opened) -> None:
    """Take templates from a file."""

    @st.dialog("Import templates", on_dismiss=close)
    @while_there
    def ask() -> None:
        file = st.file_uploader("JSON file of templates", ["json"], key=f"{dialog.key}-file",
                                max_upload_size=template_files.MOST_BYTES // 1024**2)  # fmt: skip
        project = _ask_project(user, dialog.key, None)
        if file is None:
            return
        with guarded():
            entries = template_files.read_templates(file.name, file.getvalue())
            st.markdown(f"{count(len(entries), 'template')}: {plain(listed([one.name for one in entries[:8]]))}")
            if st.button("Import them", type="primary", icon=":material/upload:", key=f"{dialog.key}-take"):
                with get_runtime().database.session() as session:
                    template_files.take_templates(session, user.actor, entries, project_id=project, now=utc_now())
                finish(f"{count(len(entries), 'template')} added.")

    ask()
