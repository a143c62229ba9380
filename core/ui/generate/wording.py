"""Help with the words: lookups to put in, templates to begin with or to keep, the marks of the language."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import Runtime
from core.studio.hooks import registry
from core.studio.orders.forms import OrderForm
from core.studio.shelves.models import Project
from core.studio.wording import templates
from core.studio.wording.models import GenerationTemplate, Lookup
from core.studio.wording.templates import TemplateForm
from core.ui.errors import guarded
from core.ui.generate.draft import Draft
from core.ui.words import count, plain, shortened

TOAST = "generate.toast"
_MARKUP = """
- `[red,blue]` tries each; a trailing comma adds nothing as a choice
- `[color]` every value of a lookup; `[color:2]` two at random
- `[color_1]` a turn of its own, `[=color]` the same again
- `(&)` between batches, `||` between parts
- `10,20` in a parameter's field, as Steps, tries both
- `batch:sample:20` takes 20 of all combinations
- `\\[` for a bracket that is meant as one
HOOKS
- `meta:debug:debug` shows how the text becomes items
- `meta:debug:dryrun` keeps it from being ordered
"""


def show_lookups(draft: Draft, lookups: Sequence[Lookup]) -> None:
    """A menu of lookups; choosing one puts it at the end of the prompt."""
    with st.popover("Lookups", icon=":material/data_array:", type="tertiary"):
        if not lookups:
            st.caption("None yet. Make some under Lookups & templates.")
        for lookup in lookups:
            with st.container(horizontal=True, vertical_alignment="center"):
                if st.button(f"[{lookup.key}]", key=f"put-{lookup.id}", help="Put it at the end of the prompt"):
                    draft.prompt = f"{draft.prompt.rstrip()} [{lookup.key}]".lstrip()
                    draft.version += 1
                    st.rerun()
                examples = shortened(", ".join(lookup.values), 60)
                st.caption(f"{count(len(lookup.values), 'value')}: {plain(examples)}")


def show_templates(draft: Draft, kept: Sequence[GenerationTemplate], models: Mapping[tuple[str, ...], str]) -> None:
    """A menu of saved forms; ``models`` are the names of theirs, by provider and model."""
    with st.popover("Templates", icon=":material/bookmarks:", type="tertiary"):
        if not kept:
            st.caption("None yet. Save this form as one, below the preview.")
        for one in kept:
            with st.container(horizontal=True, vertical_alignment="center"):
                if st.button(plain(one.name), key=f"use-{one.id}"):
                    draft.take(OrderForm.of_set(one.provider, one.model, one.parameter_set, template_id=one.id))
                    st.rerun()
                st.caption(f"{plain(models[one.provider, one.model])} · used {count(one.usage_count, 'time')}")


def show_markup() -> None:
    """A menu to read: what can be written in a prompt besides words."""
    with st.popover("Markup", icon=":material/help:", type="tertiary"):
        st.markdown(_MARKUP.replace("HOOKS", registry.markup_help()))


def show_saving(
    runtime: Runtime, user: SignedIn, form: OrderForm, project: Project | None, *, toast: str = TOAST
) -> None:
    """Keep a form as a template; ``toast`` is where the word about it waits."""
    with (
        st.popover("Save as template", icon=":material/bookmark_add:", type="tertiary"),
        st.form("save-template", border=False),
    ):
        name = st.text_input("Name", key="template-name", max_chars=templates.NAME_LENGTH)
        here = st.checkbox(f"Only in {plain(project.name)}") if project is not None else False
        if not st.form_submit_button("Save", type="primary"):
            return
        with guarded():
            with runtime.database.session() as session:
                templates.save_template(
                    session,
                    user.actor,
                    TemplateForm(name or "", project_id=project.id if project is not None and here else None),
                    provider=form.provider_id,
                    model=form.model_id,
                    parameter_set=form.parameter_set(),
                    now=utc_now(),
                )
            st.session_state[toast] = f"“{name}” is kept."
            st.rerun()
