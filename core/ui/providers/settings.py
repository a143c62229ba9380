"""The settings of one provider: key, name, address, limits, removal."""

from decimal import Decimal

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError
from core.studio.catalogue import configuring, syncing
from core.studio.catalogue.configuring import ProviderForm
from core.studio.catalogue.kinds import KINDS
from core.studio.catalogue.models import Provider
from core.studio.providers import ProviderKind
from core.ui.errors import guarded
from core.ui.providers.acting import act
from core.ui.providers.context import TOAST, Context
from core.ui.providers.terms import ask_policy
from core.ui.words import plain


def show_settings(context: Context, row: Provider) -> None:
    """Everything about a provider that an administrator can change."""
    if row.kind is not ProviderKind.LOCAL:
        _show_key(context, row)
        st.divider()
    with st.form(f"provider-form-{row.id}", border=False):
        form = ask_form(row.kind, row.id, row)
        if st.form_submit_button("Save"):
            act(context, f"{form.name} is saved.", lambda session: configuring.edit_provider(
                session, context.user.actor, row.id, form, now=utc_now()))  # fmt: skip
    if row.kind is not ProviderKind.LOCAL:
        st.divider()
        ask_policy(context, row)
        st.divider()
        st.caption("Removing forgets the key. What was made with it stays.")
        sure = st.checkbox(f"Remove {plain(row.name)}, with its key", key=f"sure-{row.id}")
        if st.button("Remove", key=f"remove-{row.id}", icon=":material/delete:", disabled=not sure):
            act(context, f"{row.name} is removed.", lambda session: configuring.remove_provider(
                session, context.user.actor, row.id, now=utc_now()))  # fmt: skip


def ask_form(kind: ProviderKind, key: str, row: Provider | None = None) -> ProviderForm:
    """The fields of a provider, filled from ``row`` or with what its kind starts with."""
    facts = KINDS[kind]
    name = st.text_input("Name", row.name if row else facts.name, key=f"name-{key}", max_chars=configuring.NAME_LENGTH)
    address = st.text_input(
        "Address",
        (row.api_base_url if row else "") or "",
        key=f"address-{key}",
        placeholder="http://127.0.0.1:8188" if kind is ProviderKind.COMFYUI else "its own",
        disabled=kind is ProviderKind.LOCAL,
        help="Where it answers. Leave it empty for the provider's own address. With another host the key is forgotten: "
        "give it again.",
        autocomplete="off",
    )
    left, right = st.columns(2)
    minute = left.number_input(
        "Calls a minute", 1, configuring.MOST_PER_MINUTE, row.rate_limit_requests if row else facts.requests_per_minute,
        key=f"rpm-{key}", help="Held across everything that runs. Empty: no limit.",
    )  # fmt: skip
    at_once = right.number_input(
        "Calls at once", 1, configuring.MOST_AT_ONCE, row.concurrent_limit if row else facts.concurrent,
        key=f"concurrent-{key}", help="Empty: no limit.",
    )  # fmt: skip
    cap = row.daily_spend_cap if row else facts.daily_cap
    dollars = st.number_input(
        "Most US dollars a day", 0.0, float(configuring.HIGHEST_CAP), float(cap) if cap is not None else None, step=1.0,
        key=f"cap-{key}", help="A call that could go beyond is not made. Under a cap, a model whose price nobody knows "
        "is not called at all. Empty: no cap.",
    )  # fmt: skip
    return ProviderForm(
        name=name or "",
        api_base_url=address or None,
        rate_limit_requests=minute,
        rate_limit_tokens=row.rate_limit_tokens if row else None,
        concurrent_limit=at_once,
        daily_spend_cap=None if dollars is None else Decimal(str(dollars)),
        settings=dict(row.settings) if row else {},
    )


def _show_key(context: Context, row: Provider) -> None:
    facts = KINDS[row.kind]
    with st.form(f"key-form-{row.id}", border=False, clear_on_submit=True):
        has_one = row.api_key_encrypted is not None
        where = f" [Get one]({facts.key_page})." if facts.key_page else ""
        st.markdown(f"{'A key is kept, sealed.' if has_one else 'No key yet.'}{where}")
        key = st.text_input(
            "New key" if has_one else "Key", type="password", key=f"key-{row.id}", autocomplete="off",
            placeholder="" if facts.needs_key else "only if it asks for one",
        )  # fmt: skip
        if st.form_submit_button("Save key and test", type="primary") and key:
            _save_key(context, row, key)


def _save_key(context: Context, row: Provider, key: str) -> None:
    runtime, actor = context.runtime, context.user.actor
    with guarded():
        with runtime.database.session() as session:
            configuring.set_key(session, actor, row.id, key, now=utc_now())
            configuring.switch_provider(session, actor, row.id, on=True, now=utc_now())
        try:
            with st.spinner(f"Asking {row.name} …"):
                checked = syncing.check_provider(
                    runtime.database, runtime.image_providers, actor, row.id, now=utc_now()
                )
                syncing.refresh_models(runtime.database, runtime.image_providers, actor, row.id, now=utc_now())
            st.session_state[TOAST] = f"The key is good. {checked.message}"
        except AtelierError as error:
            # The key is kept, and the card says what came of the test.
            st.session_state[TOAST] = f"The key is kept, but the test failed: {error}"
        st.rerun()
