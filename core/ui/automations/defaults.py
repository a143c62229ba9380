"""What an automation sets on the drafts it takes: fields with a value, the title, and where they end."""

from datetime import date

import streamlit as st

from core.errors import AtelierError
from core.identity.sessions import SignedIn
from core.publishing.automations import overview
from core.publishing.automations.checking import PATTERN_LENGTH
from core.publishing.automations.defaults import check_default
from core.publishing.automations.forms import DefaultForm
from core.publishing.patterns import AUTOMATION_VARIABLES, day_values, read_pattern
from core.runtime import get_runtime
from core.ui.automations.default_fields import FIELDS, Asked
from core.ui.automations.drafting import Draft
from core.ui.words import plain


def show_defaults(user: SignedIn, draft: Draft) -> None:
    """The fields that have a default, each with its value."""
    st.caption("Set on each draft when it gets its time. What you do not choose stays as the draft has it.")
    shown = {one.field_name: one for one in draft.shown.defaults}
    names = st.multiselect(
        "Fields to set",
        list(FIELDS),
        default=[name for name in FIELDS if name in shown],
        format_func=lambda one: FIELDS[one].label,
        key=draft.key("default-names"),
        placeholder="Choose a field",
    )
    with get_runtime().database.read() as session:
        account_id = overview.posting_account_id(session, user.actor, draft.form)
    found = [_show_default(user, draft, name, shown.get(name), account_id) for name in FIELDS if name in names]
    draft.defaults = tuple(sorted(found, key=lambda one: one.field_name))
    st.divider()
    pattern = _pattern_field(draft)
    stash_only = st.toggle(
        "Keep in Sta.sh only",
        value=draft.shown.form.stash_only_by_default,
        key=draft.key("stash"),
        help="The file is sent to Sta.sh and not shown to others.",
    )
    draft.put(title_pattern=pattern, stash_only_by_default=stash_only)


def _show_default(
    user: SignedIn, draft: Draft, name: str, shown: DefaultForm | None, account_id: str | None
) -> DefaultForm:
    field, key = FIELDS[name], draft.key(f"default-{name}")
    with st.container(border=True, gap="small", key=f"{key}-box"):
        start = shown.value if shown else field.start
        value = field.ask(field.label, Asked(key, start, user, account_id))
        only_empty = _only_empty(key, shown, can_be_empty=field.can_be_empty)
        try:
            value = check_default(name, value)
        except AtelierError as error:
            st.markdown(f":orange[:material/edit_note: {plain(str(error))}]")
        if value is None or (only_empty and value == []):
            st.markdown(":orange[:material/edit_note: Give it a value, or take the field off the list.]")
    return DefaultForm(name, value, only_empty)


def _only_empty(key: str, shown: DefaultForm | None, *, can_be_empty: bool) -> bool:
    """Whether what a draft has is left alone. A yes or no is never empty, so there the question makes no sense."""
    if not can_be_empty and (shown is None or not shown.apply_if_empty):
        return False
    only = st.toggle(
        "Only where the draft has nothing", value=shown.apply_if_empty if shown else True, key=f"{key}-empty"
    )
    if only and not can_be_empty:
        st.caption(":orange[Every draft has a yes or no here, so this default never takes effect. Switch it off.]")
    return only


def _pattern_field(draft: Draft) -> str | None:
    names = ", ".join(f"{{{name}}}" for name in AUTOMATION_VARIABLES)
    text = st.text_input(
        "Title (optional)",
        value=draft.shown.form.title_pattern or "",
        max_chars=PATTERN_LENGTH,
        key=draft.key("pattern"),
        placeholder="As the draft has it",
        help=f"A pattern that may use {names}. {{n:03}} counts what this automation has posted: 001, 002 and so on.",
    )
    pattern = (text or "").strip()
    if pattern:
        _show_sample(draft, pattern)
    return pattern or None


def _show_sample(draft: Draft, pattern: str) -> None:
    """What becomes of a pattern, or why it cannot be read."""
    sample = {"title": "Winter fox", "filename": "fox-17", "n": "1", "automation": draft.form.name, "tags": "fox, snow"}
    try:
        read = read_pattern(pattern, AUTOMATION_VARIABLES)
        st.caption(f"A draft “Winter fox” becomes “{plain(read.fill(sample | day_values(date(2026, 3, 2))))}”.")
    except AtelierError as error:
        st.markdown(f":orange[:material/edit_note: {plain(str(error))}]")
