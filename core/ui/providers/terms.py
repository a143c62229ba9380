"""What is noted of the terms of a model and the policy of a provider; administrators write it down."""

import streamlit as st
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.studio.catalogue import terms
from core.studio.catalogue.models import Model, Provider
from core.studio.catalogue.terms import Policy, Terms
from core.studio.providers import CommercialUse
from core.ui.providers.acting import act
from core.ui.providers.context import Context
from core.ui.terms import WORDS, web_link
from core.ui.words import plain, shortened

_UNDO = "providers.terms.undo"
_SHOWN = 240


def show_terms(context: Context, model: Model) -> None:
    """Whether pictures of the model may be sold, for everybody; and the form, for administrators."""
    now = terms.terms_of(model)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        parts = [f"Selling its pictures: **{WORDS[now.commercial_use]}**", web_link("its terms", now.url)]
        st.markdown(" · ".join(part for part in parts if part), width="content")
        if context.user.is_admin:
            with st.popover("Terms of sale", icon=":material/gavel:", key=f"terms-{model.id}-{hash(now)}"):
                _show_form(context, model, now)
            _offer_undo(context, model)
    if now.note:
        st.caption(plain(now.note))


def show_policy(row: Provider) -> None:
    """A line on the card; nothing where nothing is noted."""
    note = plain(shortened(row.policy_note, _SHOWN)) if row.policy_note else ""
    link = web_link("Content policy", row.policy_url)
    if note or link:
        whole = plain(row.policy_note) if row.policy_note and len(row.policy_note) > _SHOWN else None
        st.caption(" ".join(part for part in (note, link) if part), help=whole)


def ask_policy(context: Context, row: Provider) -> None:
    """The fields of a provider's policy."""
    now = Policy(row.policy_url, row.policy_note)
    key = f"{row.id}-{hash(now)}"
    with st.form(f"policy-form-{key}", border=False):
        url = _ask_address("Content policy", now.url, f"policy-url-{key}")
        note = st.text_area(
            "Note", now.note or "", key=f"policy-note-{key}", height=80, max_chars=terms.NOTE_LENGTH,
            help="What it refuses to draw, and which marks it leaves in pictures. Everybody reads it on the card.",
        )  # fmt: skip
        if st.form_submit_button("Save policy"):
            act(context, f"The policy of {row.name} is noted.", lambda session: terms.set_provider_policy(
                session, context.user.actor, row.id, url=url, note=note, now=utc_now()))  # fmt: skip


def _show_form(context: Context, model: Model, now: Terms) -> None:
    key = f"{model.id}-{hash(now)}"
    with st.form(f"terms-form-{key}", border=False):
        st.caption("Read the model's licence and the provider's terms, then note what they say.")
        use = st.selectbox(
            "Selling", list(CommercialUse), index=list(CommercialUse).index(now.commercial_use),
            format_func=lambda one: WORDS[one].capitalize(), key=f"terms-use-{key}",
        )  # fmt: skip
        url = _ask_address("Address of the terms", now.url, f"terms-url-{key}")
        note = st.text_area(
            "Note", now.note or "", key=f"terms-note-{key}", height=80, max_chars=terms.NOTE_LENGTH,
            placeholder="Up to what income, from which plan on, with which credit",
        )  # fmt: skip
        if st.form_submit_button("Save terms", type="primary"):
            _set(
                context,
                model,
                Terms(use or now.commercial_use, url, note),
                f"The terms of “{model.name}” are noted.",
                now,
            )


def _ask_address(label: str, now: str | None, key: str) -> str:
    return st.text_input(label, now or "", key=key, max_chars=terms.ADDRESS_LENGTH, placeholder="https://…",
                         autocomplete="off")  # fmt: skip


def _offer_undo(context: Context, model: Model) -> None:
    """Until other terms are noted, or the person leaves."""
    row_id, before = st.session_state.get(_UNDO) or (None, None)
    if row_id == model.id and before and st.button("Undo", icon=":material/undo:", key=f"terms-undo-{model.id}"):
        _set(context, model, before, f"The terms of “{model.name}” are as they were.", None)


def _set(context: Context, model: Model, new: Terms, said: str, before: Terms | None) -> None:
    def write(session: Session) -> None:
        terms.set_model_terms(session, context.user.actor, model.id, commercial_use=new.commercial_use, url=new.url,
                              note=new.note, now=utc_now())  # fmt: skip
        st.session_state[_UNDO] = (model.id, before)

    act(context, said, write)
