"""The preview: every occurrence of the coming days with the very posts, saved or not, switched on or not."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from html import escape

import streamlit as st

from core.errors import AtelierError
from core.identity.sessions import SignedIn
from core.publishing.automations.forecast import PlannedPost, PlannedRun
from core.publishing.automations.models import RunOutcome
from core.publishing.csv_cells import cell
from core.ui.automations import address
from core.ui.automations.cards import outcome_html
from core.ui.automations.drafting import Draft
from core.ui.automations.reading import Foreseen, Views, foresee, read_posts
from core.ui.automations.upcoming import thumb, when
from core.ui.links import screen_link
from core.ui.page import empty_state, format_day, zone_note
from core.ui.tables import csv_button, csv_bytes
from core.ui.times import moment
from core.ui.words import count, plain, shortened

PAGE_SIZE = 20
SPANS = {"7": "7 days", "30": "30 days", "90": "90 days"}
_CSV_HEADER = (
    "occurrence_at",
    "rule",
    "outcome",
    "post",
    "deviation_id",
    "scheduled_at",
    "goes_out_at",
    "account",
    "why",
)


def show_preview(user: SignedIn, draft: Draft) -> None:
    """What it will do until then, occurrence by occurrence."""
    days = _days_field()
    try:
        found = foresee(user, draft, ahead=timedelta(days=int(days)))
    except AtelierError as error:
        st.markdown(f":orange[:material/edit_note: {plain(str(error))}]")
        return
    runs = found.forecast.runs
    if not runs:
        empty_state("Nothing would happen", f"No rule fires within {SPANS[days]}.", icon=":material/event_busy:")
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        _show_summary(user, found, SPANS[days])
        csv_button(partial(_csv, draft, found, days), "automation-preview", key=draft.key("preview-csv"))
    _show_runs(user, draft, found)


def _days_field() -> str:
    said = st.query_params.get("days", "")
    key = "automation-days"
    if key not in st.session_state:
        st.session_state[key] = said if said in SPANS else "7"
    chosen = st.segmented_control(
        "Look ahead", list(SPANS), format_func=lambda one: SPANS[one], key=key, required=True, on_change=_choose_days
    )
    return chosen or "7"


def _choose_days() -> None:
    st.query_params["days"] = st.session_state["automation-days"]
    address.turn_to(1)


def _show_summary(user: SignedIn, found: Foreseen, span: str) -> None:
    posts, runs = found.forecast.posts, found.forecast.runs
    parts = [f"**{count(len(posts), 'post')}** in {span}"]
    moved = sum(post.moved_because is not None for post in posts)
    if moved:
        parts.append(f"{moved:,} moved")
    held = sum(run.outcome in {RunOutcome.BLOCKED, RunOutcome.QUOTA} for run in runs)
    if held:
        parts.append(f"{count(held, 'time')} without a post because of limits")
    dry = next(iter(found.forecast.dry_at.values()), None)
    if dry is not None:
        parts.append(f":orange[no drafts left from {format_day(dry, user.timezone, now=found.now)} on]")
    st.markdown(" · ".join(parts))
    st.caption(f"If nothing else happens. {zone_note(user.timezone)}")


def _show_runs(user: SignedIn, draft: Draft, found: Foreseen) -> None:
    runs = _joined(found.forecast.runs)
    pages = max(1, -(-len(runs) // PAGE_SIZE))
    number = min(address.page_number(), pages)
    shown = runs[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    views = read_posts(user, (post for run, _ in shown for post in run.posts))
    words = draft.words
    with st.container(gap=None, key="automation-preview"):
        for run, more in shown:
            _show_run(user, draft, found, run, more, words.get(run.rule_id, ""), views)
    if pages > 1:
        with st.container(horizontal_alignment="center"):
            st.session_state["automation-page"] = number
            st.pagination(
                pages, key="automation-page", on_change=lambda: address.turn_to(st.session_state["automation-page"])
            )


def _joined(runs: Sequence[PlannedRun]) -> list[tuple[PlannedRun, int]]:
    """Runs without drafts that follow each other as one, with how many more there are."""
    found: list[tuple[PlannedRun, int]] = []
    for run in runs:
        if found and run.outcome is found[-1][0].outcome is RunOutcome.NO_DRAFTS:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((run, 0))
    return found


def _show_run(
    user: SignedIn, draft: Draft, found: Foreseen, run: PlannedRun, more: int, words: str, views: Views
) -> None:
    # One post at the rule's own time says it all by itself.
    is_plain = run.outcome is RunOutcome.SCHEDULED and len(run.posts) == 1 and run.reason is None
    if not is_plain:
        st.html(_head(user, found, run, more, words))
    for post in run.posts:
        with st.container(key=f"planned-{'alone' if is_plain else 'under'}-{post.deviation_id}"):
            _show_post(user, draft, found, post, words if is_plain else "", views)


def _show_post(user: SignedIn, draft: Draft, found: Foreseen, post: PlannedPost, words: str, views: Views) -> None:
    picture, told, title = st.columns([0.6, 3, 3], vertical_alignment="center", gap="small")
    picture.html(f'<div class="atl-covers">{thumb(post.deviation_id, views)}</div>')
    with told, st.container(gap=None):
        st.markdown(f"**{when(post, draft.form, user.timezone, now=found.now)}**")
        account = found.accounts.get(post.account_id)
        st.caption(" · ".join(plain(one) for one in (words, account.username if account else "") if one))
        if post.moved_because:
            st.markdown(f":orange[:material/redo: Moved because of {plain(post.moved_because)}]")
        if post.looks_alike:
            st.markdown(":orange[:material/content_copy: Looks like something that is out or planned]")
    with title:
        screen_link(plain(shortened(post.title, 60)), f"content?open={post.deviation_id}")


def _head(user: SignedIn, found: Foreseen, run: PlannedRun, more: int, words: str) -> str:
    at = escape(moment(run.occurrence_at, user.timezone, now=found.now))
    parts = [f"<b>{at}</b>", f"<span>{escape(words)}</span>"]
    if run.outcome is not RunOutcome.SCHEDULED:
        parts.append(outcome_html(run.outcome))
    reason = " ".join(
        filter(None, [run.reason, f"The same goes for the {count(more, 'time')} after it." if more else None])
    )
    if reason:
        parts.append(f"<p>{escape(reason)}</p>")
    return f'<div class="atl-run">{"".join(parts)}</div>'


def _csv(draft: Draft, found: Foreseen, days: str) -> bytes:
    return csv_bytes(_csv_rows(draft, found, days))


def _csv_rows(draft: Draft, found: Foreseen, days: str) -> Iterator[Sequence[object]]:
    yield ["preview of", cell(draft.form.name), "days", days, "as of", found.now.isoformat()]
    yield _CSV_HEADER
    words = draft.words
    for run in found.forecast.runs:
        said = (run.occurrence_at.isoformat(), words.get(run.rule_id, run.rule_type), run.outcome.value)
        for post in run.posts:
            yield (*said, *_csv_post(found, post))
        if not run.posts:
            yield (*said, "", "", "", "", "", cell(run.reason))


def _csv_post(found: Foreseen, post: PlannedPost) -> tuple[object, ...]:
    account = found.accounts.get(post.account_id)
    return (
        cell(post.title), post.deviation_id, post.scheduled_at.isoformat(), post.actual_publish_at.isoformat(),
        cell(account.username if account else None), cell(post.moved_because),
    )  # fmt: skip
