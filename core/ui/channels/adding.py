"""Adding a channel: a mail address, or a webhook."""

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.system import channels, confirming
from core.system.topics import TOPICS
from core.ui.channels.attention import keep_secret
from core.ui.errors import guarded

ALL_KINDS = [topic.kind for topic in TOPICS]
GUIDE = "You get a secret, shown once, with which the receiver checks that a message is from here."


def show_adding(user: SignedIn, number: int) -> None:
    """The two forms, open while there is no channel yet; ``number`` is how many there are."""
    with st.expander("Add a channel", icon=":material/add:", expanded=number == 0):
        by_mail, by_webhook = st.tabs([":material/mail: Mail", ":material/webhook: Webhook"])
        with by_mail:
            _show_mail_form(user, number)
        with by_webhook:
            _show_webhook_form(user, number)


def _show_mail_form(user: SignedIn, number: int) -> None:
    with st.form("add-mail", border=False):
        address = st.text_input(
            "Address", value="" if number else user.email or "", autocomplete="email", placeholder="name@example.com",
            key=f"add-mail-{number}",  # what was refused stays to be mended, what was added is gone
        )  # fmt: skip
        st.caption("A code is sent there first; nothing else goes to an address that has not been confirmed.")
        if st.form_submit_button("Add this address", type="primary"):
            with guarded():
                with get_runtime().database.session() as session:
                    confirming.add_mail(session, user.actor, address or "", ALL_KINDS, now=utc_now())
                st.toast("Added. Type the code from the mail to confirm it.", icon=":material/mail:")
                st.rerun()


def _show_webhook_form(user: SignedIn, number: int) -> None:
    runtime = get_runtime()
    with st.form("add-webhook", border=False):
        address = st.text_input(
            "Address of the receiver", key=f"add-webhook-{number}", placeholder="https://example.com/hooks/atelier"
        )
        st.caption(GUIDE)
        if st.form_submit_button("Add this webhook", type="primary"):
            with guarded():
                with runtime.database.session() as session:
                    made = channels.add_webhook(
                        session, user.actor, address or "", ALL_KINDS,
                        allow_private=runtime.settings.allows_private_webhooks, now=utc_now(),
                    )  # fmt: skip
                keep_secret("The receiver verifies signatures with this secret.", made.secret)
                st.rerun()
