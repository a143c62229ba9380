"""Labels and note templates: the person's own, whether or not the site serves notes."""

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.publishing.notes import drafts, labels, templates
from core.publishing.notes.models import NoteLabel, NoteTemplate
from core.runtime import Runtime
from core.ui.errors import guarded
from core.ui.notes.folders_pane import dot
from core.ui.notes.house import leave_notice
from core.ui.page import empty_state
from core.ui.words import plain, shortened

HELP = "In braces: " + ", ".join(f"{{{name}}}" for name in templates.VARIABLES) + ". A brace itself is written twice."


def show_library(runtime: Runtime, user: SignedIn) -> None:
    """Templates on the left, labels on the right."""
    with runtime.database.read() as session:
        own_templates = templates.list_templates(session, user.actor)
        own_labels = labels.list_labels(session, user.actor)
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.header("Note templates", anchor=False)
        if not own_templates:
            empty_state("No templates yet", "Keep answers that you give often.", icon=":material/description:")
        for template in own_templates:
            _show_template(runtime, user, template)
        with st.expander("Add a template", icon=":material/add:"):
            _template_form(runtime, user, None)
    with right:
        st.header("Labels", anchor=False)
        if not own_labels:
            empty_state("No labels yet", "Colours to sort notes and folders by.", icon=":material/label:")
        for label in own_labels:
            _show_label(runtime, user, label)
        with st.expander("Add a label", icon=":material/add:"):
            _label_form(runtime, user, None, len(own_labels))


def _show_template(runtime: Runtime, user: SignedIn, template: NoteTemplate) -> None:
    with st.expander(plain(template.name), icon=":material/description:", key=f"notes-template-{template.id}"):
        st.caption(plain(shortened(template.body, 160)))
        _template_form(runtime, user, template)
        if st.button("Delete template", icon=":material/delete:", key=f"notes-template-delete-{template.id}"):
            with guarded():
                with runtime.database.session() as session:
                    templates.delete_template(session, user.actor, template.id, now=utc_now())
                leave_notice(f"“{plain(template.name)}” is deleted.")
                st.rerun()


def _template_form(runtime: Runtime, user: SignedIn, template: NoteTemplate | None) -> None:
    key = template.id if template else "new"
    with st.form(f"notes-template-form-{key}", border=False, clear_on_submit=template is None):
        name = st.text_input("Name", value=template.name if template else "", key=f"notes-t-name-{key}",
                             max_chars=templates.LONGEST_NAME)  # fmt: skip
        subject = st.text_input("Subject", value=(template.subject or "") if template else "",
                                key=f"notes-t-subject-{key}", max_chars=drafts.LONGEST_SUBJECT)  # fmt: skip
        body = st.text_area("Text", value=template.body if template else "", key=f"notes-t-body-{key}", help=HELP)
        if st.form_submit_button("Save template" if template else "Add template"):
            with guarded():
                with runtime.database.session() as session:
                    saved = templates.save_template(
                        session, user.actor, name or "", subject or "", body or "",
                        template_id=template.id if template else None, now=utc_now(),
                    )  # fmt: skip
                leave_notice(f"“{plain(saved.name)}” is kept.")
                st.rerun()


def _show_label(runtime: Runtime, user: SignedIn, label: NoteLabel) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"notes-label-{label.id}"):
        st.html(dot(label), width=14)
        st.markdown(plain(label.name), width="stretch")
        with st.popover("Change", type="tertiary", key=f"notes-label-change-{label.id}"):
            _label_form(runtime, user, label, 0)
            if st.button("Delete label", icon=":material/delete:", key=f"notes-label-delete-{label.id}"):
                with guarded():
                    with runtime.database.session() as session:
                        labels.delete_label(session, user.actor, label.id, now=utc_now())
                    leave_notice(f"“{plain(label.name)}” is deleted; the notes stay.")
                    st.rerun()


def _label_form(runtime: Runtime, user: SignedIn, label: NoteLabel | None, number: int) -> None:
    key = label.id if label else "new"
    with st.form(f"notes-label-form-{key}", border=False, clear_on_submit=label is None):
        name = st.text_input("Name", value=label.name if label else "", key=f"notes-l-name-{key}",
                             max_chars=labels.LONGEST_NAME)  # fmt: skip
        shade = labels.COLOURS[number % len(labels.COLOURS)]
        color = st.color_picker("Colour", value=label.color if label else shade, key=f"notes-l-color-{key}")
        if st.form_submit_button("Save label" if label else "Add label"):
            with guarded():
                with runtime.database.session() as session:
                    saved = labels.save_label(
                        session, user.actor, name or "", color, label_id=label.id if label else None, now=utc_now()
                    )
                leave_notice(f"“{plain(saved.name)}” is kept.")
                st.rerun()
