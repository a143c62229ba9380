"""Adding a provider: another ComfyUI, a server that speaks like OpenAI, or one that was removed."""

from collections.abc import Sequence

import streamlit as st

from core.clock import utc_now
from core.studio.catalogue import configuring
from core.studio.catalogue.kinds import KINDS
from core.studio.catalogue.models import Provider
from core.studio.providers import ProviderKind
from core.ui.errors import guarded
from core.ui.providers.context import TOAST, Context
from core.ui.providers.settings import ask_form


def show_adding(context: Context, rows: Sequence[Provider]) -> None:
    """The form for one more provider."""
    there = {row.kind for row in rows}
    kinds = [kind for kind, facts in KINDS.items() if facts.several or kind not in there]
    with st.expander("Add a provider", icon=":material/add:"):
        kind = st.selectbox("Kind", kinds, format_func=lambda one: KINDS[one].name, key="add-kind")
        st.caption(KINDS[kind].description)
        with st.form(f"add-provider-{kind.value}", border=False):
            form = ask_form(kind, f"new-{kind.value}")
            if st.form_submit_button("Add", type="primary"):
                _add(context, kind, form)


def _add(context: Context, kind: ProviderKind, form: configuring.ProviderForm) -> None:
    with guarded():
        with context.runtime.database.session() as session:
            row = configuring.add_provider(session, context.user.actor, kind, form, now=utc_now())
        st.session_state[TOAST] = f"{row.name} is added. Test the connection to read its models."
        st.rerun()
