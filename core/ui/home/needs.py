"""“Needs you”: everything that waits for the person, each with the one link that helps."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import streamlit as st

from core.publishing.listing import DeviationView
from core.publishing.models import DeviationStatus
from core.ui import times
from core.ui.home.need import Need
from core.ui.home.other_needs import automation_needs, delivery_needs, sale_needs, takeover_needs
from core.ui.home.reading import HomeReading
from core.ui.home.studio_needs import culling_needs, order_needs, provider_needs
from core.ui.links import screen_button
from core.ui.words import count, listed, plain, shortened

TITLE_LENGTH = 40
NAMED = 3


def list_needs(home: HomeReading, *, is_admin: bool, now: datetime) -> list[Need]:
    """What waits for the person, the most pressing first."""
    kinds: tuple[Callable[[HomeReading], Iterator[Need]], ...] = (
        _accounts, _failed, _agreement, _late, automation_needs, provider_needs, order_needs, sale_needs,
        takeover_needs, delivery_needs, _review, culling_needs,
    )  # fmt: skip
    needs = [_sidecar(home, is_admin=is_admin, now=now)] if _is_missed(home) else []
    return needs + [need for kind in kinds for need in kind(home)]


def show_needs(needs: Sequence[Need]) -> None:
    """The list, or that there is nothing on it."""
    st.header("Needs you", anchor=False)
    with st.container(border=True, key="home-needs", gap="small"):
        if not needs:
            st.markdown(":material/check_circle: Nothing needs you.")
            st.caption(
                "Failed posts and sales, accounts to reconnect, automations without drafts and pictures to review "
                "appear here."
            )
        for need in needs:
            _show(need)


def _show(need: Need) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
        with st.container(width="stretch", gap=None):
            st.markdown(f"{need.icon} **{need.title}**")
            st.caption(need.detail)
        if need.link:
            with st.container(width="content"):
                screen_button(need.action, need.link, key=f"need-{need.key}")


def _is_missed(home: HomeReading) -> bool:
    """A house where nothing was ever planned does not miss the sidecar yet."""
    return not home.is_running and home.steps.has_plan


def _sidecar(home: HomeReading, *, is_admin: bool, now: datetime) -> Need:
    heard = f"It was last heard of {times.ago(home.pulse.seen_at, now=now)}. " if home.pulse else ""
    return Need(
        "sidecar",
        ":material/power_off:",
        "Nothing goes out by itself right now",
        f"The sidecar is not running. {heard}Start it with `atelier scheduler`; posts keep their times and nothing "
        "is lost.",
        "Health & jobs" if is_admin else "",
        "health" if is_admin else "",
    )


def _accounts(home: HomeReading) -> Iterator[Need]:
    for account in home.attention.accounts:
        held = account.held
        waiting = f"{count(held, 'post')} {'keeps its time and waits' if held == 1 else 'keep their times and wait'}."
        yield Need(
            f"reconnect-{account.account_id}",
            ":material/link_off:",
            f"{plain(account.username)} must be connected again",
            waiting if held else "No post waits for it yet.",
            "Reconnect",
            "accounts",
        )
    # Before anything was planned, the first-steps card says it.
    if not home.steps.has_account and home.steps.has_plan:
        yield Need(
            "connect",
            ":material/add_link:",
            "No DeviantArt account is connected",
            "Connect one, so that pictures have somewhere to go.",
            "Connect",
            "accounts",
        )


def _failed(home: HomeReading) -> Iterator[Need]:
    posts, total = home.attention.failed, home.attention.failed_total
    if total == 1:
        why = plain(shortened(posts[0].error_message or "Open it to see why.", 160))
        yield Need("failed", ":material/error:", f"{_title(posts[0])} failed", why, "Open", _open(posts[0]))
    elif total:
        yield Need("failed", ":material/error:", f"{count(total, 'post')} failed", _names(posts, total),
                   "See failed posts", "content?view=failed")  # fmt: skip


def _late(home: HomeReading) -> Iterator[Need]:
    posts, total = home.attention.held_late, home.attention.held_late_total
    if total == 1:
        yield Need("late", ":material/pause_circle:", f"{_title(posts[0])} is late and waits for you",
                   "Publish it now, or choose another time.", "Open", _open(posts[0]))  # fmt: skip
    elif total:
        yield Need("late", ":material/pause_circle:", f"{count(total, 'post')} are late and wait for you",
                   _names(posts, total), "See late posts", "content?view=scheduled&held=late")  # fmt: skip


def _agreement(home: HomeReading) -> Iterator[Need]:
    posts, total = home.attention.held_agreement, home.attention.held_agreement_total
    if total:
        wait = "waits" if total == 1 else "wait"
        yield Need(
            "agreement",
            ":material/gavel:",
            "DeviantArt asks for your agreement",
            f"{_names(posts, total)} {wait} until its submission policy and terms are accepted.",
            "Accept",
            "accounts",
        )


def _review(home: HomeReading) -> Iterator[Need]:
    number = home.counts.of(DeviationStatus.REVIEW)
    if number:
        yield Need(
            "review",
            ":material/rate_review:",
            f"{count(number, 'picture')} to review",
            "Programs delivered them. Approve or bin them.",
            "Review",
            "review",
        )


def _names(posts: Sequence[DeviationView], total: int) -> str:
    names = [_title(post) for post in posts[:NAMED]]
    others = total - len(names)
    return listed([*names, f"{others:,} more"] if others > 0 else names)


def _title(post: DeviationView) -> str:
    return f"“{plain(shortened(post.title, TITLE_LENGTH))}”"


def _open(post: DeviationView) -> str:
    return f"content?open={post.id}"
