"""What ``meta:debug`` asked for: that it is a dry run, or how the text became the items."""

import streamlit as st

from core.studio.orders.placing import DRY_RUN, Preview
from core.ui.words import plain


def show_debugging(seen: Preview) -> None:
    """Nothing, unless the prompt asks."""
    if seen.expansion.debug == DRY_RUN:
        st.info("A dry run: nothing is ordered while “meta:debug:dryrun” stands in the prompt.",
                icon=":material/science:")  # fmt: skip
    if not seen.stages:
        return
    with st.expander("How the text becomes these items", icon=":material/account_tree:", expanded=True):
        for stage in seen.stages:
            st.caption(plain(stage.title))
            st.code("\n".join(stage.lines), language=None, wrap_lines=True)
