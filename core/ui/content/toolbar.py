"""What can be done to the chosen posts, and choosing all of them."""

import streamlit as st

from core.identity.sessions import SignedIn
from core.publishing.listing import MAX_SELECTION, DeviationView
from core.ui.content import actions, dialogs, selection
from core.ui.content.actions import Action
from core.ui.content.confirm_dialog import must_ask
from core.ui.content.listed import Listed
from core.ui.content.query import Query, View
from core.ui.content.selection import Selection
from core.ui.content.table import Click

EDIT = ":material/edit: Edit"
SCHEDULE = ":material/schedule: Schedule"
RESCHEDULE = ":material/schedule: Reschedule"
SELL = ":material/sell: Sell"
_NOUNS = {
    View.DRAFT: ("draft", "drafts"),
    View.SCHEDULED: ("scheduled post", "scheduled posts"),
    View.PUBLISHED: ("published post", "published posts"),
    View.FAILED: ("failed post", "failed posts"),
    View.TRASH: ("post in the trash", "posts in the trash"),
}


def menu_of(row: DeviationView, view: View) -> list[str]:
    """The entries of one row's menu."""
    return [*_dialog_entries(view), *(action.text for action in actions.ACTIONS[view])]


def _dialog_entries(view: View) -> list[str]:
    entries = {
        View.DRAFT: [EDIT, SCHEDULE, SELL],
        View.SCHEDULED: [EDIT, RESCHEDULE, SELL],
        View.PUBLISHED: [SELL, EDIT],
        View.FAILED: [EDIT, SCHEDULE, SELL],
    }
    return entries.get(view, [])


def act_on_click(user: SignedIn, view: View, click: Click | None) -> None:
    """Open what was clicked, or do what was chosen from its menu."""
    if click is None:
        return
    if click.label in {None, EDIT}:
        dialogs.open_post(click.id)
        st.rerun()
    _act(user, view, click.label, (click.id,))


def show_toolbar(user: SignedIn, query: Query, listed: Listed) -> None:
    """One line above the list: how many there are, or what to do with those chosen."""
    ids = selection.picked(listed.ids)
    if len(ids) < len(listed.ids):
        selection.end_everything()
    chosen = Selection(
        ids=ids,
        everything=selection.is_everything(query),
        total=min(listed.page.total, MAX_SELECTION),
        query=query,
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="content-toolbar"):
        if chosen.count == 0:
            _show_total(query, listed)
            return
        st.markdown(f"**{chosen.count:,} selected**")
        label = _show_buttons(query.view)
        # Not to the right end: the table's own small toolbar floats there.
        _show_widening(query, listed, chosen)
        st.button("Clear", type="tertiary", on_click=selection.clear, key="content-unpick")
    if label is not None:
        _act(user, query.view, label, tuple(chosen.resolve(user)))


def _show_total(query: Query, listed: Listed) -> None:
    total = listed.page.total
    noun = _NOUNS[query.view][total != 1]
    verb = "" if not query.is_narrowed else " matches" if total == 1 else " match"
    st.caption(f"{total:,} {noun}{verb}", width="content")
    if listed.rows:
        st.button(
            "Select this page", type="tertiary", icon=":material/select_all:", key="content-pick-page",
            on_click=selection.choose, args=(listed.ids,),
        )  # fmt: skip


def _show_widening(query: Query, listed: Listed, chosen: Selection) -> None:
    """From some to the page, from the page to all that match."""
    if chosen.everything:
        return
    if len(chosen.ids) < len(listed.rows):
        st.button(
            "Select this page", type="tertiary", on_click=selection.choose, args=(listed.ids,), key="content-pick-page"
        )
    elif listed.page.total > len(listed.rows):
        st.button(
            f"Select all {chosen.total:,} that match", type="tertiary", key="content-pick-all",
            on_click=selection.choose_everything, args=(query,),
        )  # fmt: skip


def _show_buttons(view: View) -> str | None:
    """The entry that was pressed, if any: the first as buttons, the rest in a menu."""
    entries = [*_dialog_entries(view), *(action.text for action in actions.ACTIONS[view])]
    if view is View.FAILED:
        entries = [actions.RETRY.text, *(entry for entry in entries if entry != actions.RETRY.text)]
    in_sight, rest = entries[:2], entries[2:]
    pressed = [entry for entry in in_sight if st.button(_label(entry), icon=_icon(entry), key=f"bulk-{entry}")]
    chosen = st.menu_button("More", rest, key="bulk-more", icon=":material/more_horiz:") if rest else None
    return pressed[0] if pressed else chosen


def _act(user: SignedIn, view: View, label: str | None, ids: tuple[str, ...]) -> None:
    if label == EDIT:
        if len(ids) == 1:
            dialogs.open_post(ids[0])
        else:
            dialogs.open_dialog("bulk", ids)
        st.rerun()
    if label in {SCHEDULE, RESCHEDULE}:
        dialogs.open_dialog("schedule", ids)
        st.rerun()
    if label == SELL:
        dialogs.open_dialog("sell", ids)
        st.rerun()
    action = _action(view, label)
    question = must_ask(action, len(ids)) if action else None
    if question is not None:
        dialogs.open_dialog(question, ids)
        st.rerun()
    if action is not None:
        selection.clear()
        actions.perform(user, action, ids)


def _action(view: View, label: str | None) -> Action | None:
    return next((action for action in actions.ACTIONS[view] if action.text == label), None)


def _icon(entry: str) -> str:
    return entry.partition(" ")[0]


def _label(entry: str) -> str:
    return entry.partition(" ")[2]
