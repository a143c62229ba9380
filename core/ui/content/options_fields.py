"""The less used settings of a post as widgets: licence, sharing, critique, source, and the rarest folded away."""

from typing import Any

import streamlit as st

from core.publishing.options import License, PublishOptions
from core.ui.content.more_fields import more_fields

_LICENCES: dict[str, License | None] = {
    "All rights reserved": None,
    "CC BY (any use, with credit)": License(commercial="yes", modify="yes"),
    "CC BY-SA (share alike)": License(commercial="yes", modify="share"),
    "CC BY-ND (no changes)": License(commercial="yes", modify="no"),
    "CC BY-NC (not commercial)": License(commercial="no", modify="yes"),
    "CC BY-NC-SA (not commercial, share alike)": License(commercial="no", modify="share"),
    "CC BY-NC-ND (not commercial, no changes)": License(commercial="no", modify="no"),
}
# Terms that a program set and that this list has no name for.
_OTHER_LICENCE = "As it was set elsewhere"
_SHARING: dict[str, str] = {
    "": "As the account has it",
    "allow": "Share buttons shown",
    "hide_share_buttons": "Share buttons hidden",
    "hide_and_members_only": "Hidden, and for members only",
}


def options_fields(key: str, options: PublishOptions) -> dict[str, Any]:
    """Widgets for what people change now and then; the values of all options."""
    licences = dict(_LICENCES)
    if options.license not in licences.values():
        licences[_OTHER_LICENCE] = options.license
    with st.container(horizontal=True, gap="medium"):
        licence = st.selectbox(
            "Licence",
            list(licences),
            index=list(licences.values()).index(options.license),
            key=f"{key}-licence",
            width=320,
        )
        sharing = st.selectbox(
            "Sharing",
            list(_SHARING),
            index=list(_SHARING).index(options.sharing or ""),
            format_func=lambda one: _SHARING[one],
            key=f"{key}-sharing",
            width=260,
        )
    source = st.text_input(
        "Source link (optional)", value=options.original_url or "", key=f"{key}-source", max_chars=500, type="url"
    )
    critique = st.toggle("Ask for critique", value=options.request_critique, key=f"{key}-critique")
    more = more_fields(key, options)
    chosen = licences[licence]
    return more | {
        "license": chosen.model_dump(mode="json") if chosen else None,
        "sharing": sharing or None,
        "request_critique": critique,
        "original_url": (source or "").strip() or None,
    }
