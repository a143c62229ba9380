"""Lookups & templates: lists of words for prompts, and saved order forms."""

import streamlit as st

from core.clock import utc_now
from core.ui.errors import guarded
from core.ui.gate import current_user
from core.ui.links import show_address
from core.ui.page import page_header, zone_note
from core.ui.wording import acting
from core.ui.wording.lookup_form import show_lookup_form, show_taking_lookups
from core.ui.wording.lookup_list import show_lookups
from core.ui.wording.template_form import show_fit, show_taking_templates, show_template_form
from core.ui.wording.template_list import show_templates

LOOKUPS, TEMPLATES = "Lookups", "Templates"
DIALOGS = {
    "lookup": show_lookup_form,
    "take-lookups": show_taking_lookups,
    "template": show_template_form,
    "fit": show_fit,
    "take-templates": show_taking_templates,
}

user = current_user()
show_address()
page_header("Lookups & templates", f"Words for prompts, and order forms to begin with. {zone_note(user.timezone)}")
acting.SAID.show()
with guarded():
    shown = st.segmented_control(
        "Show", [LOOKUPS, TEMPLATES], default=LOOKUPS, required=True, key="show", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    if shown == TEMPLATES:
        show_templates(user, utc_now())
    else:
        show_lookups(user)
dialog = acting.current()
if dialog is not None:
    DIALOGS[dialog.kind](user, dialog)
