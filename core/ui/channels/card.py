"""One channel as a card: where it leads, how it goes, what it is told of."""

from datetime import datetime
from html import escape

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.system import channels, confirming, outbox
from core.system.channels import ChannelView
from core.system.models import ChannelKind, DeliveryStatus
from core.system.outbox import DeliveryView
from core.system.topics import TEST, TOPICS
from core.ui import times
from core.ui.channels.attention import keep_secret
from core.ui.channels.words import ICONS, KINDS, fate_of
from core.ui.errors import guarded
from core.ui.words import count, plain

LOOK_EVERY_SECONDS = 2
ADDRESS, SECRET = "Change the address", "Make a new secret"
OFF, ON, REMOVE = "Switch off", "Switch on", "Remove"


def show_card(user: SignedIn, channel: ChannelView, asked: DeliveryView | None, now: datetime) -> None:
    """The card. ``asked`` is the latest test or code that went there, if that was lately."""
    with st.container(border=True, key=f"channel-{channel.id}"):
        _show_head(user, channel)
        st.caption(_health(channel, now))
        if not channel.is_confirmed:
            _show_confirming(user, channel)
        _show_topics(user, channel)
        if channel.enabled and channel.is_confirmed:
            _show_test(user, channel)
        if asked is not None:
            is_open = asked.status is DeliveryStatus.PENDING
            st.fragment(_show_asked, run_every=LOOK_EVERY_SECONDS if is_open else None)(user, asked)


def _show_head(user: SignedIn, channel: ChannelView) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        # Markdown would make a link of it.
        st.html(f'<b style="overflow-wrap: anywhere">{escape(channel.address)}</b>')
        st.badge(KINDS[channel.kind], icon=ICONS[channel.kind], color="gray")
        if not channel.is_confirmed:
            st.badge("Not confirmed", icon=":material/pending:", color="orange")
        if not channel.enabled:
            st.badge("Off", icon=":material/notifications_off:", color="gray")
        elif channel.failures_in_a_row:
            st.badge("Failing", icon=":material/warning:", color="red")
        entries = [ADDRESS, *([SECRET] if channel.kind is ChannelKind.WEBHOOK else []), OFF if channel.enabled else ON]
        choice = st.menu_button(
            "", [*entries, REMOVE], icon=":material/more_horiz:", key=f"channel-menu-{channel.id}", help="Change",
            type="tertiary",
        )  # fmt: skip
    if choice is not None:
        with guarded():
            _do(user, channel, choice)


def _health(channel: ChannelView, now: datetime) -> str:
    last = f"Last arrived {times.ago(channel.last_delivered_at, now=now)}." if channel.last_delivered_at else ""
    if channel.failures_in_a_row:
        return f"{count(channel.failures_in_a_row, 'try', 'tries')} in a row failed. {last}"
    return last or "Nothing has been sent there yet."


def _do(user: SignedIn, channel: ChannelView, choice: str) -> None:
    now = utc_now()
    if choice == ADDRESS:
        _show_address_dialog(user, channel)
        return
    if choice == REMOVE:
        _show_remove_dialog(user, channel)
        return
    with get_runtime().database.session() as session:
        if choice == SECRET:
            secret = channels.rotate_secret(session, user.actor, channel.id, now=now)
        else:
            channels.set_enabled(session, user.actor, channel.id, choice == ON, now=now)
    if choice == SECRET:
        keep_secret("The new secret. For a day the old one signs as well.", secret)
    st.rerun()


@st.dialog("Change the address", icon=":material/edit:")
def _show_address_dialog(user: SignedIn, channel: ChannelView) -> None:
    runtime = get_runtime()
    with st.form(f"address-{channel.id}", border=False):
        address = st.text_input("Address", value=channel.address, key=f"address-of-{channel.id}")
        if channel.kind is ChannelKind.MAIL:
            st.caption("A new address is confirmed with a code before anything else goes there.")
        if st.form_submit_button("Save", type="primary"):
            with guarded():
                with runtime.database.session() as session:
                    channels.set_address(
                        session, user.actor, channel.id, address or "",
                        allow_private=runtime.settings.allows_private_webhooks, now=utc_now(),
                    )  # fmt: skip
                st.rerun()


@st.dialog("Remove this channel?", icon=":material/delete:")
def _show_remove_dialog(user: SignedIn, channel: ChannelView) -> None:
    st.markdown(f"Nothing goes to **{plain(channel.shown)}** any more, and what waits for it is thrown away.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep", key=f"keep-{channel.id}"):
            st.rerun()
        if st.button("Remove", key=f"remove-{channel.id}", type="primary"):
            with guarded():
                with get_runtime().database.session() as session:
                    channels.remove(session, user.actor, channel.id, now=utc_now())
                st.rerun()


def _show_confirming(user: SignedIn, channel: ChannelView) -> None:
    with st.form(f"confirm-{channel.id}", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        code = st.text_input("Code from the mail", key=f"code-{channel.id}", autocomplete="one-time-code", width=220)
        if st.form_submit_button("Confirm", type="primary"):
            with guarded():
                with get_runtime().database.session() as session:
                    confirming.confirm(session, user.actor, channel.id, code or "", now=utc_now())
                st.rerun()
    if st.button("Send another code", key=f"resend-{channel.id}", type="tertiary", icon=":material/refresh:"):
        with guarded():
            with get_runtime().database.session() as session:
                confirming.send_code(session, user.actor, channel.id, now=utc_now())
            st.rerun()


def _show_topics(user: SignedIn, channel: ChannelView) -> None:
    number = len(channel.topics)
    label = "Told of everything" if number == len(TOPICS) else f"Told of {number} of {len(TOPICS)}"
    with st.expander(label, icon=":material/checklist:", key=f"topics-{channel.id}"):
        columns = st.columns(2)
        wanted = []
        for place, topic in enumerate(TOPICS):
            is_wanted = columns[place % 2].checkbox(
                topic.name, value=topic.kind in channel.topics, key=f"topic-{channel.id}-{topic.kind}",
                help=topic.description,
            )  # fmt: skip
            if is_wanted:
                wanted.append(topic.kind)
    if set(wanted) != set(channel.topics):
        with guarded():
            with get_runtime().database.session() as session:
                channels.set_topics(session, user.actor, channel.id, wanted, now=utc_now())
            st.toast("Saved.", icon=":material/check:")
            st.rerun()


def _show_test(user: SignedIn, channel: ChannelView) -> None:
    if st.button("Send a test", key=f"test-{channel.id}", icon=":material/send:"):
        with guarded():
            with get_runtime().database.session() as session:
                outbox.send_test(session, user.actor, channel.id, now=utc_now())
            st.rerun()


def _show_asked(user: SignedIn, asked: DeliveryView) -> None:
    """What came of the latest test or code; looks again while it is on its way."""
    runtime, now = get_runtime(), utc_now()
    with runtime.database.read() as session:
        latest = outbox.find_delivery(session, user.actor, asked.id)
    if latest is None or latest.status is not asked.status:
        st.rerun()
    has_server = runtime.settings.smtp_url is not None
    fate = fate_of(latest, has_mail_server=has_server, timezone=user.timezone, now=now)
    what = "Test" if latest.topic == TEST else "Code"
    colour = {"greenTextColor": "green", "redTextColor": "red", "orangeTextColor": "orange"}.get(fate.colour, "gray")
    st.markdown(f":{colour}[{what}: {fate.word.lower()}] {plain(fate.detail)}")
