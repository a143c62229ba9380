"""Selling posts: published ones join the sale queue, the others are queued once they are out."""

from dataclasses import dataclass

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.publishing import bulk, listing, selling
from core.publishing.access import load_posts
from core.publishing.from_products.selling_terms import posts_not_for_sale
from core.publishing.listing import DeviationView
from core.publishing.models import DeviationStatus
from core.publishing.reports import BatchReport
from core.runtime import get_runtime
from core.sales.listing import PresetView, list_presets
from core.studio.catalogue.terms import NotForSale
from core.ui.content import dialogs, selection
from core.ui.content.actions import rng, undo_with
from core.ui.content.dialogs import Dialog
from core.ui.content.notices import Undo, leave, notice_of, working
from core.ui.errors import guarded
from core.ui.links import screen_button
from core.ui.terms import show_not_for_sale
from core.ui.words import count


@dataclass(frozen=True, slots=True)
class _Subject:
    """What the dialog is about: posts that are out, posts that are not, and the models that forbid selling them."""

    user: SignedIn
    out: tuple[DeviationView, ...]
    coming: tuple[DeviationView, ...]
    forbidden: tuple[NotForSale, ...]

    @property
    def noun(self) -> str:
        return count(len(self.out) + len(self.coming), "post")


def show_sell_dialog(user: SignedIn, dialog: Dialog) -> None:
    """Draw the dialog for ``dialog.ids``."""
    with get_runtime().database.read() as session:
        own = tuple(load_posts(session, user.actor, dialog.ids, lock=False))
        views = listing.views_of(session, own, now=utc_now())
        presets = list_presets(session, user.actor)
        forbidden = posts_not_for_sale(session, user.actor, dialog.ids)
    is_out = DeviationStatus.PUBLISHED
    subject = _Subject(
        user,
        tuple(view for view in views if view.status is is_out),
        tuple(view for view in views if view.status is not is_out),
        forbidden,
    )
    draw = st.dialog(f"Sell {subject.noun}", icon=":material/sell:", on_dismiss=dialogs.close)
    draw(_show if presets else _show_without)(subject, presets, f"sell-{dialog.number}")


def _show_without(_subject: _Subject, _presets: tuple[PresetView, ...], key: str) -> None:
    st.markdown("A price preset says what a piece costs. Make one first, then come back.")
    screen_button("Make a price preset", "presets", key=f"{key}-make", icon=":material/add:", type="primary")


def _show(subject: _Subject, presets: tuple[PresetView, ...], key: str) -> None:
    names = {one.id: f"{one.name} · {one.price_text}" for one in presets}
    first = next((place for place, one in enumerate(presets) if one.is_default), 0)
    chosen = st.selectbox("Price preset", list(names), index=first, format_func=lambda one: names[one],
                          key=f"{key}-preset")  # fmt: skip
    show_not_for_sale(subject.forbidden, "post")
    if subject.out:
        st.caption("They wait in the sale queue until their price is set, each at a price of its own.")
    if subject.coming:
        st.caption(
            "They join the sale queue as soon as they are out. So that nobody takes the original for free, they get "
            "a watermark, are shown at 1920 pixels at most, and cannot be downloaded."
        )
    with st.container(horizontal=True, horizontal_alignment="right"):
        if subject.coming and st.button("Not for sale", key=f"{key}-none"):
            _choose(subject, None)
        if st.button("Sell", type="primary", key=f"{key}-go", disabled=not chosen):
            _sell(subject, chosen)


def _sell(subject: _Subject, preset_id: str) -> None:
    if subject.coming:
        _choose(subject, preset_id)
        return
    actor, ids = subject.user.actor, [view.id for view in subject.out]
    with guarded():
        with working(len(ids)), get_runtime().database.session() as session:
            report = selling.sell(session, actor, ids, preset_id, rng=rng, now=utc_now())
        added = [item.id for item in report.changed]
        undo = undo_with(subject.user, lambda session, doing: selling.withdraw(session, actor, added, now=doing.now))
        _end(report, "put into the sale queue", undo)


def _choose(subject: _Subject, preset_id: str | None) -> None:
    runtime, actor, ids = get_runtime(), subject.user.actor, [view.id for view in subject.coming]
    with guarded():
        with working(len(ids)), runtime.database.session() as session:
            lease_seconds = runtime.settings.lease_seconds
            report = selling.choose_preset(session, actor, ids, preset_id, now=utc_now(), lease_seconds=lease_seconds)
        group = report.group or ""
        undo = undo_with(subject.user, lambda session, doing: bulk.undo(
            session, actor, group, now=doing.now, lease_seconds=doing.lease_seconds))  # fmt: skip
        _end(report, "given a price preset" if preset_id else "taken off sale", undo)


def _end(report: BatchReport, done: str, undo: Undo) -> None:
    leave(notice_of(report, done, undo=undo))
    selection.clear()
    dialogs.close()
    st.rerun()
