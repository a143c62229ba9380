"""Planned posts as HTML: the picture, when it goes out, what it is called, and why it is not at its own time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape

import streamlit as st

from core.errors import AtelierError
from core.identity.sessions import SignedIn
from core.publishing.automations.forecast import PlannedPost, PlannedRun
from core.publishing.automations.forms import AutomationForm
from core.publishing.automations.models import RunOutcome
from core.ui import palette
from core.ui.automations.drafting import Draft
from core.ui.automations.reading import Views, foresee, read_posts
from core.ui.content.thumbs import cover_url
from core.ui.page import zone_note
from core.ui.times import clock, day, window
from core.ui.words import plain

SHOWN = 5
_LOOK_AHEAD = timedelta(days=30)


def when(post: PlannedPost, form: AutomationForm, timezone: str, *, now: datetime) -> str:
    """``today 18:00–18:05``: the window that the random delay leaves open."""
    return window_of(post.scheduled_at, form, timezone, now=now)


def window_of(at: datetime, form: AutomationForm, timezone: str, *, now: datetime) -> str:
    """When a post at ``at`` goes out, from the shortest to the longest delay."""
    first, last = at + timedelta(seconds=form.jitter_min_seconds), at + timedelta(seconds=form.jitter_max_seconds)
    return f"{day(first, timezone, now=now)} {window(first, last, timezone)}"


def post_html(post: PlannedPost, form: AutomationForm, views: Views, timezone: str, *, now: datetime) -> str:
    """One planned post as a row."""
    moved = ""
    if post.moved_because:
        colour = palette.colour("orangeTextColor")
        moved = f'<small style="color: {colour}">Moved because of {escape(post.moved_because)}</small>'
    return (
        f'<div class="atl-post">{thumb(post.deviation_id, views)}<div>'
        f"<b>{escape(when(post, form, timezone, now=now))}</b><p>{escape(post.title)}</p>{moved}</div></div>"
    )


def thumb(deviation_id: str, views: Views) -> str:
    """A post's picture; an empty frame when there is none any more."""
    url = cover_url(views[deviation_id]) if deviation_id in views else None
    return f'<img loading="lazy" alt="" src="{url}">' if url else "<i></i>"


def show_beside(user: SignedIn, draft: Draft) -> None:
    """The next few posts as the automation is described now, beside what is being changed."""
    with st.container(border=True, gap="xsmall", key="automation-beside"):
        st.markdown("**What comes next**")
        try:
            found = foresee(user, draft, ahead=_LOOK_AHEAD, limit=60)
        except AtelierError as error:
            st.markdown(f":orange[:material/edit_note: {plain(str(error))}]")
            return
        posts = found.forecast.posts[:SHOWN]
        if posts:
            views = read_posts(user, posts)
            st.html("".join(post_html(one, draft.form, views, user.timezone, now=found.now) for one in posts))
        for line in _remarks(found.forecast.runs, found.forecast.dry_at, bool(posts), user, found.now):
            st.markdown(line)
        st.caption(f"As it is described here, saved or not. {zone_note(user.timezone)}")


def _remarks(
    runs: Sequence[PlannedRun], dry_at: dict[str, datetime], has_posts: bool, user: SignedIn, now: datetime
) -> list[str]:
    if not runs:
        return ["Nothing in the next 30 days: no rule fires."]
    found = []
    dry = next(iter(dry_at.values()), None)
    if dry is not None:
        at = f"{day(dry, user.timezone, now=now)} {clock(dry, user.timezone)}"
        found.append(f":orange[:material/inventory_2: No drafts are left from {at} on.]")
    trouble = next((run for run in runs if not run.posts and run.outcome is not RunOutcome.NO_DRAFTS), None)
    if trouble is not None and trouble.reason and not has_posts:
        found.append(f":orange[:material/block: {plain(trouble.reason)}]")
    return found
