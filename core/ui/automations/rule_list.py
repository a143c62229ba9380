"""The rules of an automation: each in words with its fields, and a way to add one."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError
from core.publishing.automations.models import QuotaMode, RuleType
from core.publishing.automations.rules import RuleSpec, check_rule, describe
from core.ui.automations.drafting import Draft, RuleRow
from core.ui.automations.rule_fields import rule_fields
from core.ui.automations.starters import next_hour
from core.ui.words import plain

# The two kinds of numbers a day are easily taken for each other, so their names say what they do.
KINDS: Mapping[str, Callable[[datetime], RuleSpec]] = {
    "At a time of day": lambda now: RuleSpec(RuleType.FIXED_TIME, time_of_day="18:00"),
    "Every so often": lambda now: RuleSpec(
        RuleType.FIXED_INTERVAL, interval_minutes=240, deviations_per_interval=1, anchor_at=next_hour(now)
    ),
    "N a day, spread out (drip)": lambda now: RuleSpec(
        RuleType.DAILY_QUOTA, daily_quota=3, quota_mode=QuotaMode.DRIP, window_start="09:00", window_end="21:00"
    ),
    "At most N a day (maximum)": lambda now: RuleSpec(
        RuleType.DAILY_QUOTA, daily_quota=5, quota_mode=QuotaMode.MAXIMUM
    ),
}


def show_rules(draft: Draft, zone: str) -> None:
    """All rules, and the button that adds one."""
    st.caption(
        "Each rule posts by itself. A maximum posts nothing: it stops the others. "
        f"Times are those of {zone.replace('_', ' ')}."
    )
    for row in draft.rules:
        _show_rule(draft, row, zone)
    if not draft.rules:
        st.markdown(":gray[No rule yet. Say when it is to post:]")
    kind = st.menu_button("Add a rule", list(KINDS), icon=":material/add:", key=draft.key("add-rule"))
    if kind is not None:
        draft.add_rule(KINDS[kind](utc_now()))
        st.rerun()


def _show_rule(draft: Draft, row: RuleRow, zone: str) -> None:
    key = draft.key(f"rule-{row.key}")
    with st.container(border=True, key=f"{key}-box", gap="small"):
        head = st.container(horizontal=True, vertical_alignment="center", gap="small")
        spec = rule_fields(key, row.shown, zone)
        with head:
            words = st.container(width="stretch")
            on = st.toggle("On", value=row.shown.enabled, key=f"{key}-on")
            st.button(
                "", icon=":material/delete:", type="tertiary", key=f"{key}-remove", help="Remove this rule",
                on_click=draft.remove_rule, args=(row.key,),
            )  # fmt: skip
        row.spec = replace(spec, enabled=on)
        words.markdown(f"**{plain(describe(row.spec))}**" if on else f":gray[{plain(describe(row.spec))}]")
        try:
            check_rule(row.spec)
        except AtelierError as error:
            st.markdown(f":orange[:material/edit_note: {plain(str(error))}]")
