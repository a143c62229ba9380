"""“Next out”: the posts that go out by themselves, with their times."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from html import escape

import streamlit as st

from core.publishing.automations.standing import Expected
from core.publishing.listing import DeviationView
from core.publishing.states import IN_PROGRESS
from core.ui import times
from core.ui.home.headline import runs
from core.ui.links import screen_link
from core.ui.page import blob_url
from core.ui.words import plain, shortened

TITLE_LENGTH = 60
EXPECTED_LIMIT = 3


def show_upcoming(
    posts: Sequence[DeviationView],
    total: int,
    expected: Sequence[Expected],
    sandboxes: Collection[str],
    timezone: str,
    *,
    now: datetime,
) -> None:
    """The next few of ``total`` scheduled posts, or else the automations that run next.

    ``sandboxes`` are accounts that reach no real site.
    """
    st.header("Next out", anchor=False)
    with st.container(border=True, key="home-next", gap="small"):
        if not posts and expected:
            _show_expected(expected, timezone, now=now)
        elif not posts:
            st.markdown(":material/event: Nothing is scheduled.")
            st.caption("Give a draft a time, or let an automation do it, and it stands here until it is out.")
            screen_link("Choose drafts", "content?view=draft", icon=":material/arrow_forward:")
        for post in posts:
            _show(post, post.account_id in sandboxes, timezone, now=now)
        if total > len(posts) > 0:
            screen_link(f"All {total:,} scheduled", "content?view=scheduled", icon=":material/arrow_forward:")


def _show_expected(expected: Sequence[Expected], timezone: str, *, now: datetime) -> None:
    st.markdown(":material/event: Nothing is scheduled yet; automations choose drafts when their time comes.")
    for one in expected[:EXPECTED_LIMIT]:
        with st.container(gap=None):
            screen_link(plain(shortened(one.name, TITLE_LENGTH)), f"automations?open={one.automation_id}")
            st.caption(runs(one, timezone, now=now))
    screen_link("What is foreseen", "calendar", icon=":material/arrow_forward:")


def _show(post: DeviationView, is_sandbox: bool, timezone: str, *, now: datetime) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.html(_thumbnail(post), width=56)
        with st.container(width="stretch", gap=None):
            screen_link(plain(shortened(post.title, TITLE_LENGTH)), f"content?open={post.id}")
            st.caption(f"{time_of(post, timezone, now=now)} · {_account(post, is_sandbox)}")


def time_of(post: DeviationView, timezone: str, *, now: datetime) -> str:
    """When a post goes out, as markdown: its window, or what came in between."""
    if post.is_busy or post.status in IN_PROGRESS:
        return ":material/sync: on its way now"
    promised, due = post.actual_publish_at or post.due_at, post.due_at
    if promised is None or due is None:
        return "soon"
    if due > promised + timedelta(minutes=1) and post.retry_count:
        return f":material/replay: tries again {times.moment(due, timezone, now=now)}"
    if due <= now:
        return "any moment"
    start = post.scheduled_at or promised
    return f"**{times.day(start, timezone, now=now)} {times.window(start, promised, timezone)}**"


def _account(post: DeviationView, is_sandbox: bool) -> str:
    name = plain(post.account_name or "no account")
    return f"{name} :orange-badge[sandbox]" if is_sandbox else name


def _thumbnail(post: DeviationView) -> str:
    if post.first_file is None:
        return '<div class="atelier-thumb"></div>'
    # The title stands beside it, so the picture itself has nothing to say to a screen reader.
    source = escape(blob_url(post.first_file.blob_id, 150), quote=True)
    return f'<div class="atelier-thumb"><img src="{source}" alt="" loading="lazy"></div>'
