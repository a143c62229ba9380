"""Scripts in the page that exchange a ticket for a cookie, and give the cookie back.

A cookie that scripts cannot read can only be set by an answer of the server, so the page asks for one.
"""

import json

import streamlit as st

_SEND = """<script>
(async () => {
  await fetch(%(address)s, {
    method: "POST", credentials: "same-origin", body: new URLSearchParams(%(fields)s),
  });
  %(then)s
})();
</script>"""


def send_ticket(ticket: str) -> None:
    """Let the browser trade ``ticket`` for the session cookie and load the page again, which connects with it."""
    st.html(_script("/auth/session", {"ticket": ticket}, "window.location.reload();"), unsafe_allow_javascript=True)


def send_sign_out() -> None:
    """Let the browser give its session up and start again at the front page."""
    st.html(_script("/auth/sign-out", {}, 'window.location.replace("/");'), unsafe_allow_javascript=True)


def send_reload() -> None:
    """Let the browser load the page again, with the cookies it has now."""
    st.html("<script>window.location.reload();</script>", unsafe_allow_javascript=True)


def _script(address: str, fields: dict[str, str], then: str) -> str:
    # Our own values only; JSON keeps them inside their quotes all the same.
    return _SEND % {"address": json.dumps(address), "fields": json.dumps(fields), "then": then}
