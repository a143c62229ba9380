"""The dialog that fills a comment from a post, ready to be copied."""

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError
from core.identity.sessions import SignedIn
from core.publishing.templates.applying import render
from core.publishing.templates.listing import get_template, variables_of
from core.publishing.templates.models import MetadataTemplate
from core.runtime import get_runtime
from core.ui.errors import guarded, show
from core.ui.templates import opened
from core.ui.templates.filling import answer_fields, post_field, show_empty_names
from core.ui.templates.kinds import WORDS
from core.ui.templates.opened import Opened
from core.ui.words import plain


def show_copying(user: SignedIn, dialog: Opened) -> None:
    """Draw the dialog."""
    try:
        with get_runtime().database.read() as session:
            template = get_template(session, user.actor, dialog.template_id or "")
    except AtelierError as error:
        show(error)
        opened.close()
        return
    icon = WORDS[template.type].icon
    st.dialog(f"Use “{plain(template.name)}”", width="medium", icon=icon, on_dismiss=opened.close)(_show)(
        user, template, dialog.key
    )


def _show(user: SignedIn, template: MetadataTemplate, key: str) -> None:
    with guarded():
        post_id = post_field(user, key, label="About")
        answers = answer_fields(key, variables_of(template))
        with get_runtime().database.read() as session:
            rendered = render(session, user.actor, template, post_id, answers, zone=user.timezone, now=utc_now())
        show_empty_names(rendered.empty)
        st.caption("Copy it with the sign at its corner, then paste it at DeviantArt.")
        st.code(rendered.text, language=None, wrap_lines=True)
