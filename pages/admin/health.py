"""Health & jobs: whether the parts of the house answer, and what runs unattended."""

from datetime import datetime

import streamlit as st

from core import health
from core.clock import utc_now
from core.metering import upkeep
from core.runtime import get_runtime
from core.system import heartbeats, outbox
from core.system.heartbeats import Pulse
from core.system.models import JobRun
from core.system.outbox import OutboxCounts
from core.ui.gate import require_admin
from core.ui.page import format_instant, page_header, zone_note
from core.ui.usage.upkeep import show_attention
from core.ui.words import count

EVERY_SECONDS = 10
NAMES = {"web": "Screens", "api": "API", "scheduler": "Sidecar", "courier": "Courier", "worker": "Worker"}

user = require_admin()
runtime = get_runtime()


@st.fragment(run_every=EVERY_SECONDS)
def show_health() -> None:
    """Everything that changes by itself."""
    now = utc_now()
    checks = [health.check_database(runtime.database), health.check_storage(runtime.store)]
    with runtime.database.read() as session:
        pulses = heartbeats.list_pulses(session, now=now)
        runs = heartbeats.list_job_runs(session)
        counts = outbox.count_everybodys(session)
        usage_check = upkeep.last_check(session)
    show_verdict(checks, pulses)
    show_attention(usage_check)
    show_checks(checks)
    st.header("Processes", anchor=False)
    show_pulses(pulses, now)
    st.header("Notifications", anchor=False)
    show_outbox(counts)
    st.header("Periodic jobs", anchor=False)
    show_runs(runs, now)


def show_verdict(checks: list[health.Check], pulses: list[Pulse]) -> None:
    """What needs attention, in one sentence."""
    broken = [check for check in checks if not check.is_ok]
    for check in broken:
        st.error(f"The {check.name} does not answer: {check.detail}", icon=":material/cloud_off:")
    has_sidecar = any(pulse.component == heartbeats.SCHEDULER and pulse.is_alive for pulse in pulses)
    if not has_sidecar:
        st.warning(
            "No sidecar is running: nothing is published until one is. Start it with `atelier scheduler`, "
            "or everything with `atelier up`.",
            icon=":material/warning:",
        )
    if has_sidecar and not broken:
        st.success("Everything answers.", icon=":material/check_circle:")


def show_checks(checks: list[health.Check]) -> None:
    """Database and storage side by side."""
    for column, check in zip(st.columns(2), checks, strict=True):
        with column.container(border=True):
            state = ":green[:material/check:]" if check.is_ok else ":red[:material/close:]"
            st.markdown(f"**{check.name.capitalize()}** {state}")
            st.caption(f"{check.detail} · {check.milliseconds} ms")


def show_pulses(pulses: list[Pulse], now: datetime) -> None:
    """The processes that say they are alive, and those that stopped saying so."""
    if not pulses:
        st.caption("No process has been heard of yet.")
        return
    rows = [
        {
            "Process": NAMES.get(pulse.component, pulse.component),
            "State": "alive" if pulse.is_alive else "silent",
            "Leads": "yes" if pulse.is_leader and pulse.is_alive else "",
            "In hand": pulse.in_flight,
            "Machine": f"{pulse.host} · {pulse.pid}",
            "Heard of": format_instant(pulse.seen_at, user.timezone, now=now),
            "Since": format_instant(pulse.started_at, user.timezone, now=now),
        }
        for pulse in pulses
    ]
    st.dataframe(rows, hide_index=True)


def show_outbox(counts: OutboxCounts) -> None:
    """What waits to be sent and what was given up, of everybody together."""
    st.markdown(f"{count(counts.waiting, 'message')} waiting, {counts.failed:,} failed.")
    if runtime.settings.smtp_url is None:
        mails = f" ({counts.waiting_mails:,} wait)" if counts.waiting_mails else ""
        st.caption(f"No mail server is set: mails stay in the outbox{mails} until `ATELIER_SMTP_URL` is set.")


def show_runs(runs: list[JobRun], now: datetime) -> None:
    """How each job last went."""
    if not runs:
        st.caption("No job has run yet.")
        return
    rows = [
        {
            "Job": run.job.replace("_", " "),
            "Outcome": run.outcome or "running",
            "Last run": format_instant(run.last_started_at, user.timezone, now=now),
            "Took": f"{run.duration_ms} ms" if run.duration_ms is not None else "",
            "Detail": run.detail or "",
        }
        for run in runs
    ]
    st.dataframe(rows, hide_index=True)


page_header("Health & jobs", f"Whether everything runs. It looks again every {EVERY_SECONDS} seconds. "
            f"{zone_note(user.timezone)}")  # fmt: skip
show_health()
with st.expander("Versions", icon=":material/inventory_2:"):
    st.dataframe([{"Part": name, "Version": found} for name, found in health.versions().items()], hide_index=True)
