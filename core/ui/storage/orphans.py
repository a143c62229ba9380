"""Files that nothing refers to: have them looked for, look at them, have them removed."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.media import orphan_reports as reports
from core.media.orphan_reports import OrphanReport
from core.media.orphans import SAMPLE, Orphan, Place
from core.runtime import get_runtime
from core.system import heartbeats
from core.ui.errors import guarded
from core.ui.storage.sizes import size
from core.ui.storage.trash import SAID
from core.ui.tables import csv_button, csv_bytes
from core.ui.times import ago, moment
from core.ui.words import count, plain

EVERY_SECONDS = 3
_PLACES = {Place.BLOBS: "Picture", Place.PROOFS: "Proof of a price", Place.OTHER: "Not Atelier's"}


def show_orphans(user: SignedIn) -> None:
    """The latest report, and what can be done with it."""
    st.header("Files that nothing refers to", anchor=False)
    st.caption("Left behind by a crash, or put into the store by somebody else. They are looked for once a week; "
               "nothing is removed until you have looked and say so.")  # fmt: skip
    with get_runtime().database.read() as session:
        report = reports.read_report(session, now=utc_now())
        is_busy = report.is_running or report.asked is not None
    if is_busy:
        _show_walk()
    else:
        _show_report(user, report, utc_now())


@st.fragment(run_every=EVERY_SECONDS)
def _show_walk() -> None:
    """Draws itself anew until the sidecar is done."""
    now = utc_now()
    with get_runtime().database.read() as session:
        report = reports.read_report(session, now=now)
        pulses = heartbeats.list_pulses(session, now=now)
    if not report.is_running and report.asked is None:
        st.rerun()
    if report.is_running:
        what = "Handing over what nothing refers to" if report.asked == reports.REMOVE else "Looking through the store"
        st.markdown(f":material/progress_activity: {what}: {count(report.walked, 'file')} so far, "
                    f"{size(report.walked_bytes)}; nothing refers to {report.orphans:,}.")  # fmt: skip
    elif any(pulse.component == heartbeats.SCHEDULER and pulse.is_alive for pulse in pulses):
        st.markdown(":material/hourglass_top: It begins in a moment.")
    else:
        st.warning("No sidecar is running: it begins when one does. Start it with `atelier scheduler`.",
                   icon=":material/warning:")  # fmt: skip


def _show_report(user: SignedIn, report: OrphanReport, now: datetime) -> None:
    if report.problem:
        st.error(plain(report.problem), icon=":material/cloud_off:")
    if report.finished_at is None:
        st.markdown("Nobody has looked yet.")
    else:
        st.markdown(_sentence(report))
        young = f" {count(report.young, 'file')} younger than a day left aside." if report.young else ""
        st.caption(f"Looked {moment(report.finished_at, user.timezone, now=now)} through "
                   f"{count(report.walked, 'file')}, {size(report.walked_bytes)}.{young}")  # fmt: skip
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if st.button("Look now", icon=":material/search:", key="orphans-look"):
            _ask(user, reports.LOOK)
        if report.orphans and report.handed_over is None:
            with st.popover(f"Remove {count(report.orphans, 'file')}", icon=":material/delete_forever:",
                            key="orphans-more"):  # fmt: skip
                st.markdown(
                    f"The store is looked through once more, and what nothing refers to then "
                    f"({size(report.orphan_bytes)} by the last report) is removed within about an hour. "
                    "This cannot be taken back."
                )
                if st.button("Remove them", type="primary", key="orphans-remove"):
                    _ask(user, reports.REMOVE)
        if report.sample:
            csv_button(lambda: _csv(report.sample), "atelier-orphans", key="orphans-csv")
    if report.sample:
        _show_sample(report, now)


def _sentence(report: OrphanReport) -> str:
    if report.handed_over is not None:
        return (
            f":material/check: {count(report.handed_over, 'file')} handed over; they are removed within about an hour."
        )
    if not report.orphans and not report.others:
        return ":material/check: Everything in the store belongs to something."
    said = f"Nothing refers to **{count(report.orphans, 'file')}**, {size(report.orphan_bytes)}."
    if report.others:
        said += (f" {count(report.others, 'file')} besides, {size(report.other_bytes)}, lie where Atelier keeps "
                 "nothing; they are never removed from here.")  # fmt: skip
    return said


def _ask(user: SignedIn, what: str) -> None:
    with guarded():
        with get_runtime().database.session() as session:
            reports.ask(session, user.actor, what, now=utc_now())
        SAID.forget()
        st.rerun()


def _show_sample(report: OrphanReport, now: datetime) -> None:
    total = report.orphans + report.others
    shown = f"the first {SAMPLE:,} of {total:,}" if total > SAMPLE else count(total, "file")
    with st.expander(f"Look at them · {shown}", icon=":material/list:"):
        st.dataframe(
            [
                {"File": one.key, "Size": size(one.size_bytes), "Written": ago(one.modified_at, now=now),
                 "What it was": _PLACES[one.place]}
                for one in report.sample
            ],
            hide_index=True,
        )  # fmt: skip


def _csv(sample: Sequence[Orphan]) -> bytes:
    lines = [[one.key, one.size_bytes, one.modified_at.isoformat(), one.place.value] for one in sample]
    return csv_bytes(
        [["# Atelier files nothing refers to, latest report"], ["file", "bytes", "written_at", "place"], *lines]
    )
