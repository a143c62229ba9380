"""A card for each provider: how it stands, what it cost today, and what can be done with it."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError
from core.studio.catalogue import configuring, syncing
from core.studio.catalogue.kinds import KINDS
from core.studio.catalogue.models import Provider
from core.studio.catalogue.seeding import is_stand_in
from core.studio.providers import ProviderKind
from core.ui.money import dollars
from core.ui.providers.acting import act
from core.ui.providers.context import TOAST, Context
from core.ui.providers.settings import show_settings
from core.ui.providers.standing import COLOURS, Standing, sentence, standing_of, today_of
from core.ui.providers.terms import show_policy
from core.ui.times import ago
from core.ui.words import count, plain

ACROSS = 2
_COUNTED = (
    "A call whose cost is not known counts here with what it was expected to cost; “Usage & costs” leaves it out."
)


def show_cards(context: Context, rows: Sequence[Provider], models: Mapping[str, int]) -> None:
    """Two side by side where there is room; ``models`` is how many each offers."""
    for start in range(0, len(rows), ACROSS):
        for column, row in zip(st.columns(ACROSS), rows[start : start + ACROSS], strict=False):
            with column:
                _show_card(context, row, models[row.id])


def _show_card(context: Context, row: Provider, models: int) -> None:
    """One provider."""
    standing = standing_of(row, context.day, context.now)
    with st.container(border=True, key=f"provider-{row.id}", height="stretch"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(row.name)}**", width="content")
            st.badge(standing.value, color=COLOURS[standing])  # type: ignore[arg-type]  # a literal from the table
            if is_stand_in(row):
                st.badge("sandbox", icon=":material/science:", color="orange")
        st.caption(" · ".join(_facts(context, row, models)))
        if said := sentence(row, standing, context.user.timezone, context.now, is_admin=context.user.is_admin):
            st.markdown(plain(said))
        elif row.check_message and row.kind is not ProviderKind.LOCAL:
            sign = ":orange[:material/warning:] " if syncing.has_old_models(row) else ""
            st.markdown(f"{sign}{plain(row.check_message)}")
        if standing is not Standing.NEEDS_KEY:
            _show_spending(context, row)
        show_policy(row)
        if context.user.is_admin:
            _show_buttons(context, row, standing)


def _facts(context: Context, row: Provider, models: int) -> list[str]:
    facts = [KINDS[row.kind].description.rstrip(".")]
    if row.api_base_url:
        facts.append(plain(row.api_base_url.partition("://")[2]))  # without its scheme it is no link
    facts.append(count(models, "model") if models else "no models yet")
    if row.rate_limit_requests:
        facts.append(f"{row.rate_limit_requests:,} calls a minute")
    if row.concurrent_limit:
        facts.append(f"{row.concurrent_limit} at once")
    if row.checked_at and row.check_passed:
        facts.append(f"tested {ago(row.checked_at, now=context.now)}")
    return facts


def _show_spending(context: Context, row: Provider) -> None:
    today = today_of(row, context.day)
    if today.cap is None:
        if today.spent:
            st.caption(f"At most {dollars(today.spent)} today, no cap", help=_COUNTED)
        return
    under_way = f", {dollars(today.held)} under way" if today.held else ""
    text = f"{dollars(today.spent)} of {dollars(today.cap)} today{under_way}"
    used = float((today.spent + today.held) / today.cap) if today.cap else 1.0
    st.progress(min(used, 1.0), text=text)


def _show_buttons(context: Context, row: Provider, standing: Standing) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if standing is not Standing.NEEDS_KEY and st.button(
            "Test connection", key=f"test-{row.id}", icon=":material/network_check:"
        ):
            _test(context, row)
        if standing is Standing.WAITING and st.button("Go on now", key=f"resume-{row.id}"):
            _resume(context, row)
        is_on = st.toggle("On", row.is_enabled, key=f"on-{row.id}-{row.is_enabled}",
                          disabled=standing is Standing.NEEDS_KEY)  # fmt: skip
        if is_on is not row.is_enabled:
            _switch(context, row, on=is_on)
        is_new = standing is Standing.NEEDS_KEY
        with st.popover("Key" if is_new else "Change", icon=":material/key:" if is_new else ":material/tune:",
                        key=f"change-provider-{row.id}", type="primary" if is_new else "secondary"):  # fmt: skip
            show_settings(context, row)


def _test(context: Context, row: Provider) -> None:
    runtime, actor = context.runtime, context.user.actor
    try:
        with st.spinner(f"Asking {row.name} …"):
            checked = syncing.check_provider(runtime.database, runtime.image_providers, actor, row.id, now=utc_now())
            changed = 0
            if row.kind is not ProviderKind.LOCAL:
                changed = syncing.refresh_models(
                    runtime.database, runtime.image_providers, actor, row.id, now=utc_now()
                )
        models = f" {count(changed, 'model')} changed." if changed else ""
        st.session_state[TOAST] = f"{row.name} answers. {checked.message}{models}"
    except AtelierError as error:
        st.session_state[TOAST] = str(error)  # the card says it from now on
    st.rerun()


def _switch(context: Context, row: Provider, *, on: bool) -> None:
    act(context, f"{row.name} is {'on' if on else 'off'}.", lambda session: configuring.switch_provider(
        session, context.user.actor, row.id, on=on, now=utc_now()))  # fmt: skip


def _resume(context: Context, row: Provider) -> None:
    act(context, f"{row.name} is tried again at once.", lambda session: configuring.resume_provider(
        session, context.user.actor, row.id, now=utc_now()))  # fmt: skip
