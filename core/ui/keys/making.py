"""Making a key, and handing it over: it is shown this once."""

from datetime import datetime, timedelta

import streamlit as st

from core.clock import utc_now
from core.identity import api_keys
from core.identity.scopes import DESCRIPTIONS, Scope
from core.identity.sessions import SignedIn
from core.runtime import Runtime
from core.ui.errors import guarded
from core.ui.words import plain

HANDOVER = "keys.handover"
ENDS: dict[str, timedelta | None] = {
    "In 30 days": timedelta(days=30),
    "In 90 days": timedelta(days=90),
    "In a year": timedelta(days=365),
    "Never": None,
}
LABELS = {
    Scope.DEVIATIONS_WRITE: "Send pictures in",
    Scope.DEVIATIONS_READ: "See your deviations",
    Scope.SALES: "Work through the sale queue",
}


def show_making(runtime: Runtime, user: SignedIn, *, expanded: bool) -> None:
    """The form for a new key."""
    with (
        st.expander("New key", icon=":material/add:", expanded=expanded),
        st.form("new-key", border=False, clear_on_submit=True),
    ):
        left, right = st.columns([2, 1])
        name = left.text_input(
            "Name", key="key-name", placeholder="ComfyUI on the big machine", max_chars=api_keys.NAME_LENGTH,
            autocomplete="off", help="Which program will use it. One key for each program, so that one can be revoked.",
        )  # fmt: skip
        end = right.selectbox("Ends", list(ENDS), index=2, key="key-end")
        scopes = _ask_scopes()
        if st.form_submit_button("Make the key", type="primary"):
            with guarded():
                make(runtime, user, name or "", scopes, ENDS[end], now=utc_now())
                st.rerun()


def make(
    runtime: Runtime, user: SignedIn, name: str, scopes: list[str], lasts: timedelta | None, *, now: datetime
) -> None:
    """Make the key and keep it for showing."""
    with runtime.database.session() as session:
        text, view = api_keys.create(
            session, user.actor, name, scopes, expires_at=now + lasts if lasts else None, now=now
        )
    st.session_state[HANDOVER] = (view.name, text, view.scopes)


def show_handover(address: str) -> None:
    """The key that was just made, until the person says that they have it; ``address`` is where programs reach us."""
    handover = st.session_state.get(HANDOVER)
    if handover is None:
        return
    name, text, scopes = handover
    with st.container(border=True, key="handover"):
        st.markdown(f":material/key: **{plain(name)}** is ready. Copy it now: it is shown this once, and kept nowhere.")
        st.code(text, language=None, wrap_lines=True)
        st.caption("Try it from a terminal:")
        st.code(example_line(address, text, scopes), language="sh", wrap_lines=True)
        if st.button("I have it", type="primary", key="handover-done"):
            del st.session_state[HANDOVER]
            st.rerun()


def example_line(address: str, text: str, scopes: tuple[Scope, ...]) -> str:
    """A command that does something this key may do."""
    head = f'curl -H "Authorization: Bearer {text}"'
    if Scope.DEVIATIONS_WRITE in scopes:
        return f"{head} -F file=@picture.png {address}/api/v1/deviations"
    return f"{head} {address}/api/v1/me"


def _ask_scopes() -> list[str]:
    st.markdown("What it may do")
    chosen = []
    for scope in Scope:
        is_wanted = st.checkbox(
            f"**{LABELS[scope]}** :gray[{plain(DESCRIPTIONS[scope])}]", key=f"key-scope-{scope.name.lower()}",
            value=scope is Scope.DEVIATIONS_WRITE,
        )  # fmt: skip
        if is_wanted:
            chosen.append(scope.value)
    return chosen
