"""The list of keys: what each may do, when it was last used, and a way to end it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import streamlit as st

from core.clock import utc_now
from core.identity import api_keys
from core.identity.api_keys import KeyState, KeyView
from core.identity.sessions import SignedIn
from core.runtime import Runtime
from core.ui.errors import guarded
from core.ui.keys.making import LABELS
from core.ui.page import format_instant
from core.ui.times import ago
from core.ui.words import count, listed, plain

SOON = timedelta(days=14)
TOAST = "keys.toast"
_BADGES = {
    KeyState.ACTIVE: ("Active", "green"),
    KeyState.EXPIRED: ("Ended", "orange"),
    KeyState.REVOKED: ("Revoked", "gray"),
}


@dataclass(frozen=True, slots=True)
class ListContext:
    """What all cards share."""

    runtime: Runtime
    user: SignedIn
    now: datetime


def show_attention(keys: Sequence[KeyView], user: SignedIn, now: datetime) -> None:
    """Keys in use that end soon: their programs would stop without a word."""
    ending = [key for key in keys if _ends_soon(key, now)]
    if ending:
        named = listed([f"“{plain(key.name)}”" for key in ending])
        first = format_instant(min(key.expires_at for key in ending if key.expires_at), user.timezone, now=now)
        when = f"ends on {first}" if len(ending) == 1 else f"end soon, the first on {first}"
        st.warning(f"{named} {when}. Make a new key in time.", icon=":material/event_busy:")


def show_keys(context: ListContext, keys: Sequence[KeyView]) -> None:
    """Keys that work, then those that ended, folded away."""
    working = [key for key in keys if key.state is KeyState.ACTIVE]
    ended = [key for key in keys if key.state is not KeyState.ACTIVE]
    for key in working:
        _show_key(context, key)
    if not working:
        st.caption("No key works at present.")
    if ended:
        with st.expander(f"{count(len(ended), 'key')} that ended", icon=":material/key_off:"):
            for key in ended:
                _show_key(context, key)


def facts(key: KeyView, timezone: str, now: datetime) -> str:
    """What is to be known about a key, in one line."""
    used = f"last used {ago(key.last_used_at, now=now)}" if key.last_used_at else "never used"
    parts = [f"Made {format_instant(key.created_at, timezone, now=now)}", used]
    if key.revoked_at is not None:
        parts.append(f"revoked {format_instant(key.revoked_at, timezone, now=now)}")
    elif key.expires_at is not None:
        end = format_instant(key.expires_at, timezone, now=now)
        parts.append(f"{'ends' if key.state is KeyState.ACTIVE else 'ended'} {end}")
    else:
        parts.append("has no end")
    return " · ".join(parts)


def _show_key(context: ListContext, key: KeyView) -> None:
    with (
        st.container(border=True, key=f"key-{key.id}"),
        st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"),
    ):
        with st.container(gap="xxsmall"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{plain(key.name)}** :gray[{plain(key.prefix)}…]", width="content")
                label, colour = _BADGES[key.state]
                st.badge(label, color=colour)  # type: ignore[arg-type]  # a literal from the table above
            st.caption(" · ".join(LABELS[scope] for scope in key.scopes))
            st.caption(facts(key, context.user.timezone, context.now))
        with st.popover("Change", icon=":material/tune:", type="tertiary", key=f"change-{key.id}"):
            _show_changes(context, key)


def _show_changes(context: ListContext, key: KeyView) -> None:
    if key.state is not KeyState.ACTIVE:
        st.markdown("Forget this key. What was done with it stays in the audit trail.")
        if st.button("Delete", key=f"delete-{key.id}", icon=":material/delete:"):
            _delete(context, key)
        return
    name = st.text_input("Name", key.name, key=f"name-{key.id}", max_chars=api_keys.NAME_LENGTH)
    if st.button("Rename", key=f"rename-{key.id}"):
        _rename(context, key, name or "")
    st.divider()
    st.markdown("Programs that use it are refused at their next request. A revoked key never works again.")
    if st.button("Revoke now", key=f"revoke-{key.id}", icon=":material/block:"):
        _revoke(context, key)


def _rename(context: ListContext, key: KeyView, name: str) -> None:
    with guarded():
        with context.runtime.database.session() as session:
            api_keys.rename(session, context.user.actor, key.id, name, now=utc_now())
        st.session_state[TOAST] = "Renamed."
        st.rerun()


def _revoke(context: ListContext, key: KeyView) -> None:
    with guarded():
        with context.runtime.database.session() as session:
            api_keys.revoke(session, context.user.actor, key.id, now=utc_now())
        st.session_state[TOAST] = f"“{key.name}” is revoked."
        st.rerun()


def _delete(context: ListContext, key: KeyView) -> None:
    with guarded():
        with context.runtime.database.session() as session:
            api_keys.delete(session, context.user.actor, key.id, now=utc_now())
        st.session_state[TOAST] = f"“{key.name}” is deleted."
        st.rerun()


def _ends_soon(key: KeyView, now: datetime) -> bool:
    return key.state is KeyState.ACTIVE and key.expires_at is not None and key.expires_at - now <= SOON
