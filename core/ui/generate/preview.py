"""What an order would become: batches, first items, what to mind, what it costs."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.studio.expansion import ExpandedItem, Expansion, ExpansionWarning, Severity, number_in_words
from core.studio.orders.estimating import Estimate
from core.studio.orders.placing import Preview
from core.ui.generate.debugging import show_debugging
from core.ui.generate.draft import Draft
from core.ui.money import dollars
from core.ui.words import count, plain, shortened

FIRST = 12
_ICONS = {Severity.ERROR: ":material/error:", Severity.WARNING: ":material/warning:", Severity.INFO: ":material/info:"}


def show_headline(seen: Preview, provider: str, *, is_admin: bool) -> None:
    """How many, and for how much; what stands against it today."""
    st.markdown(_headline(seen))
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
    _show_warnings(draft, expansion.warnings)
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
    return " · ".join(parts)


def _range(estimate: Estimate) -> str:
    if estimate.lowest is None or estimate.highest is None or estimate.lowest == estimate.highest:
        return ""
    return f", {dollars(estimate.lowest)} to {dollars(estimate.highest)} an item"


def _show_warnings(draft: Draft, warnings: Sequence[ExpansionWarning]) -> None:
    if not warnings:
        return
    texts = {"prompt": draft.prompt, "negative_prompt": draft.negative_prompt}
    names = {"prompt": "Prompt", "negative_prompt": "Negative prompt"}
    with st.container(border=True, gap="xsmall"):
        for warning in warnings[:8]:
            where = names.get(warning.field, plain(warning.field.replace("_", " ").capitalize()))
            st.markdown(f"{_ICONS[warning.severity]} {plain(warning.message)}")
            excerpt = _excerpt(texts.get(warning.field, ""), warning.start, warning.end)
            place = f", characters {warning.start + 1} to {warning.end}" if excerpt else ""
            st.caption(f"{where}{place}{excerpt}")
        if len(warnings) > 8:
            st.caption(f"And {len(warnings) - 8} more.")


def _excerpt(text: str, start: int, end: int) -> str:
    if not text or end <= start:
        return ""
    before = "…" if start > 20 else ""
    after = "…" if end + 20 < len(text) else ""
    left, marked, right = text[max(0, start - 20) : start], text[start : min(end, start + 60)], text[end : end + 20]
    return f": {before}{plain(left)} **{plain(marked)}** {plain(right)}{after}"


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
