"""What an order would become: batches, first items, what to mind, what it costs."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.studio.expansion import ExpandedItem, Expansion, Severity, number_in_words
from core.studio.orders.estimating import Estimate
from core.studio.orders.placing import Preview
from core.ui.generate.debugging import show_debugging
from core.ui.generate.draft import Draft
from core.ui.generate.remarks import grouped, show_remarks
from core.ui.money import dollars
from core.ui.words import count, plain, shortened

FIRST = 12


def show_headline(seen: Preview) -> None:
    """How many, for how much, and whether there is anything to mind below."""
    st.markdown(_headline(seen))


def show_standing(seen: Preview, provider: str, *, is_admin: bool) -> None:
    """What stands against it today; nothing, when nothing does."""
    cost, left = seen.estimate.cost, seen.left_today
    if cost is None:
        _show_unknown_price(seen, is_admin=is_admin)
    elif left is not None and cost > left:
        st.warning(
            f"This may cost {dollars(cost)}, and today's cap of {plain(provider)} leaves {dollars(left)}. What goes "
            "beyond waits until tomorrow, or until the cap is raised.",
            icon=":material/savings:",
        )


def _show_unknown_price(seen: Preview, *, is_admin: bool) -> None:
    if seen.left_today is not None:
        st.warning(
            "Under a daily cap, a model without a known price is not called: the items would fail. "
            f"{'Set a price' if is_admin else 'Ask an administrator to set a price'} for it first.",
            icon=":material/savings:",
        )
    if is_admin:
        st.page_link("pages/insights/usage.py", label="Set the price under Usage & costs", icon=":material/sell:")


def show_preview(draft: Draft, seen: Preview) -> None:
    """The preview of a form that can be ordered, below its headline."""
    expansion = seen.expansion
    show_debugging(seen)
    show_remarks(grouped(expansion.warnings), {"prompt": draft.prompt, "negative_prompt": draft.negative_prompt})
    for batch in expansion.batches:
        if len(expansion.batches) > 1:
            of = f" of {batch.possible_in_words}" if batch.capped else ""
            st.caption(f"Batch {batch.number}: {count(batch.count, 'item')}{of}")
    if expansion.items:
        _show_items(expansion)


def _headline(seen: Preview) -> str:
    expansion = seen.expansion
    of = f" of {number_in_words(expansion.possible)}" if expansion.is_capped else ""
    parts = [f"**{count(len(expansion.items), 'item')}**{of}"]
    if seen.images != len(expansion.items):
        parts.append(count(seen.images, "picture"))
    if len(expansion.batches) > 1:
        parts.append(count(len(expansion.batches), "batch", "batches"))
    cost = seen.estimate.cost
    if cost is None:
        parts.append(f"price unknown: {plain(seen.estimate.note)}")
    else:
        parts.append("free" if cost == 0 else f"about **{dollars(cost)}**{_range(seen.estimate)}")
    if mind := _to_mind(seen):
        parts.append(f":material/warning: {mind} to mind below")
    return " · ".join(parts)


def _to_mind(seen: Preview) -> int:
    """How much is said below that may change a person's mind: on a phone it is out of sight when they order."""
    cost, left = seen.estimate.cost, seen.left_today
    is_capped = left is not None and (cost is None or cost > left)
    return is_capped + sum(one.first.severity is not Severity.INFO for one in grouped(seen.expansion.warnings))


def _range(estimate: Estimate) -> str:
    if estimate.lowest is None or estimate.highest is None or estimate.lowest == estimate.highest:
        return ""
    return f", {dollars(estimate.lowest)} to {dollars(estimate.highest)} an item"


def _show_items(expansion: Expansion) -> None:
    shown = expansion.items[:FIRST]
    st.dataframe(_frame(shown), hide_index=True, width="stretch", height=min(35 * (len(shown) + 1) + 3, 353))
    first = expansion.items[0]
    if len(expansion.items) > FIRST:
        st.caption(f"The first {FIRST} of {len(expansion.items):,}.")
    with st.expander("The first item in full"):
        st.code(first.prompt or "–", language=None, wrap_lines=True)
        if first.negative_prompt:
            st.caption("Negative prompt")
            st.code(first.negative_prompt, language=None, wrap_lines=True)
        st.caption(plain(_parameters(first)) or "The model's own defaults.")
        for when, hooks in (("Before the call", first.before), ("After the call", first.after)):
            if hooks:
                st.caption(f"{when}: {', '.join(hooks)}")


def _frame(items: Sequence[ExpandedItem]) -> pd.DataFrame:
    rows = []
    for item in items:
        row = {"No.": item.sequence, "Prompt": shortened(" ".join(item.prompt.split()), 300)}
        if item.negative_prompt:
            row["Negative prompt"] = shortened(item.negative_prompt, 120)
        if item.parameters:
            row["Parameters"] = _parameters(item)
        rows.append(row)
    return pd.DataFrame(rows).fillna("")


def _parameters(item: ExpandedItem) -> str:
    return ", ".join(f"{name} {value}" for name, value in item.parameters.items())
