"""Dialogs that make or change a collection by hand, a project, or a tag."""

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.studio.shelves import collections, projects, tags
from core.studio.shelves.collections import CollectionForm
from core.studio.shelves.projects import ProjectForm
from core.ui.errors import guarded
from core.ui.shelves import opened
from core.ui.shelves.opened import Opened, while_there

_GREEN = "#3d7a5c"


def show_collection_form(user: SignedIn, dialog: Opened) -> None:
    """A collection by hand: new, or ``dialog``'s."""
    is_new = dialog.subject_id is None

    @st.dialog("New collection" if is_new else "Edit the collection", on_dismiss=opened.close)
    @while_there
    def ask() -> None:
        with get_runtime().database.read() as session:
            row = None if dialog.subject_id is None else collections.get_collection(
                session, user.actor, dialog.subject_id)  # fmt: skip
        form = collection_fields(
            dialog.key, *((row.name, row.description, row.is_public) if row else ("", None, False))
        )
        if not st.button("Save", type="primary", icon=":material/check:", key=f"{dialog.key}-save"):
            return
        with guarded():
            with get_runtime().database.session() as session:
                if row is None:
                    made = collections.create_collection(session, user.actor, form, now=utc_now()).id
                else:
                    collections.edit_collection(session, user.actor, row.id, form, now=utc_now())
                    made = row.id
            finish(f"“{form.name.strip()}” was saved.", show=made)

    ask()


def collection_fields(key: str, name: str, description: str | None, is_public: bool) -> CollectionForm:
    """What both kinds of collection are asked."""
    said = st.text_input("Name", name, key=f"{key}-name", max_chars=collections.NAME_LENGTH)
    about = st.text_area("Notes", description or "", key=f"{key}-about", height=90, max_chars=5000)
    public = st.checkbox("Public", is_public, key=f"{key}-public",
                         help="A mark for what may be shown to others. Nothing leaves the house by it.")  # fmt: skip
    return CollectionForm(said or "", about, public)


def finish(sentence: str, *, show: str | None = None) -> None:
    """Say it, close the dialog, and open what was made."""
    if show is not None:
        st.query_params["open"] = show
    opened.finish(sentence)


def show_project_form(user: SignedIn, dialog: Opened) -> None:
    """A project: new, or ``dialog``'s."""

    @st.dialog("New project" if dialog.subject_id is None else "Edit the project", on_dismiss=opened.close)
    @while_there
    def ask() -> None:
        with get_runtime().database.read() as session:
            row = None if dialog.subject_id is None else projects.get_project(session, user.actor, dialog.subject_id)
        name = st.text_input("Name", row.name if row else "", key=f"{dialog.key}-name", max_chars=projects.NAME_LENGTH)
        about = st.text_area("About it", (row.description if row else None) or "", key=f"{dialog.key}-about",
                             height=90, max_chars=5000)  # fmt: skip
        works_here = row is None and st.checkbox(
            "Work in it from now on", True, key=f"{dialog.key}-current", help="New orders go into it."
        )
        if not st.button("Save", type="primary", icon=":material/check:", key=f"{dialog.key}-save"):
            return
        form = ProjectForm(name or "", about)
        with guarded():
            with get_runtime().database.session() as session:
                if row is not None:
                    projects.edit_project(session, user.actor, row.id, form, now=utc_now())
                else:
                    made = projects.create_project(session, user.actor, form, now=utc_now())
                    if works_here:
                        projects.set_current(session, user.actor, made.id, now=utc_now())
            finish(f"“{form.name.strip()}” was saved.")

    ask()


def show_tag_form(user: SignedIn, dialog: Opened) -> None:
    """A tag: new, or ``dialog``'s. A name that another has joins the two, which is said before."""

    @st.dialog("New tag" if dialog.subject_id is None else "Edit the tag", on_dismiss=opened.close)
    @while_there
    def ask() -> None:
        with get_runtime().database.read() as session:
            row = None if dialog.subject_id is None else tags.get_tag(session, user.actor, dialog.subject_id)
            others = {one.name_key: one for one in tags.list_tags(session, user.actor)}
        name = (
            st.text_input("Name", row.name if row else "", key=f"{dialog.key}-name", max_chars=tags.NAME_LENGTH) or ""
        )
        coloured = st.checkbox("With a colour", row is None or row.color is not None, key=f"{dialog.key}-coloured")
        colour = st.color_picker("Colour", (row.color if row else None) or _GREEN, key=f"{dialog.key}-colour",
                                 disabled=not coloured)  # fmt: skip
        other = others.get(" ".join(name.split()).lstrip("#").casefold())
        joins = row is not None and other is not None and other.id != row.id
        if joins and other is not None:
            st.warning(f"There is a tag “{other.name}” already. Saving puts it on everything this one is on, "
                       "and this one goes.", icon=":material/merge:")  # fmt: skip
        label = "Join them" if joins else "Save"
        if not st.button(label, type="primary", icon=":material/check:", key=f"{dialog.key}-save"):
            return
        chosen = colour if coloured else None
        with guarded():
            with get_runtime().database.session() as session:
                if row is None:
                    tags.create_tag(session, user.actor, name, color=chosen, now=utc_now())
                else:
                    tags.edit_tag(session, user.actor, row.id, name=name, color=chosen, description=row.description,
                                  now=utc_now())  # fmt: skip
            finish("The tags were joined." if joins else f"“{name.strip()}” was saved.")

    ask()
