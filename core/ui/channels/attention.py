"""What keeps notifications from arriving, and secrets that are shown once."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.system import channels
from core.system.channels import ChannelView
from core.system.heartbeats import Pulse
from core.system.models import ChannelKind
from core.system.outbox import OutboxCounts
from core.ui import times
from core.ui.errors import guarded
from core.ui.words import count, plain

_SECRET = "notifications.secret"  # noqa: S105 - the name of a place in the session, not a secret


def keep_secret(sentence: str, secret: str) -> None:
    """Show a secret at the next drawing, once."""
    st.session_state[_SECRET] = (sentence, secret)


def show_secret() -> None:
    """The secret that was just made; it is gone with the next click."""
    kept = st.session_state.pop(_SECRET, None)
    if kept:
        sentence, secret = kept
        with st.container(border=True, key="channel-secret"):
            st.markdown(f":material/key: {sentence} It is shown this once.")
            st.code(secret, language=None)


def show_attention(user: SignedIn, mine: Sequence[ChannelView], counts: OutboxCounts, pulse: Pulse | None) -> None:
    """Everything that stands in the way, the way out beside it."""
    now = utc_now()
    if mine and not _is_alive(pulse):
        heard = f" It was last heard of {times.ago(pulse.seen_at, now=now)}." if pulse else ""
        st.warning(f"Nothing is sent until unattended work runs again.{heard}", icon=":material/warning:")
    if get_runtime().settings.smtp_url is None and any(one.kind is ChannelKind.MAIL for one in mine):
        _show_no_mail_server(user, counts)
    for channel in mine:
        if not channel.enabled and channel.disabled_reason:
            _show_switched_off(user, channel, now)


def _is_alive(pulse: Pulse | None) -> bool:
    return pulse is not None and pulse.is_alive


def _show_no_mail_server(user: SignedIn, counts: OutboxCounts) -> None:
    waiting = f" ({count(counts.waiting_mails, 'mail')} so far)" if counts.waiting_mails else ""
    help_text = "An administrator can set one with" if not user.is_admin else "Set one with"
    st.info(
        f"No mail server is set here, so mails wait in the outbox{waiting}. {help_text} `ATELIER_SMTP_URL` and "
        "`ATELIER_MAIL_FROM`. What is older than seven days by then is thrown away instead of sent.",
        icon=":material/outbox:",
    )


def _show_switched_off(user: SignedIn, channel: ChannelView, now: datetime) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"off-{channel.id}"):
        st.markdown(
            f":orange[:material/warning:] **Nothing goes to {plain(channel.shown)} any more.** "
            f"{plain(channel.disabled_reason or '')}"
        )
        if st.button("Switch on again", key=f"off-on-{channel.id}", type="primary"):
            with guarded():
                with get_runtime().database.session() as session:
                    channels.set_enabled(session, user.actor, channel.id, True, now=now)
                st.rerun()
