"""Gallery folders of an account as a field, with a way to read them anew."""

from collections.abc import Sequence

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.publishing import galleries
from core.runtime import get_runtime
from core.ui.errors import guarded
from core.ui.words import plain


def folders_field(
    label: str, key: str, user: SignedIn, account_id: str | None, chosen: Sequence[str], *, most: int | None = None
) -> list[str]:
    """Folders as last read from the site; those of an account that is gone stay until they are taken off."""
    if account_id is None and not chosen:
        st.caption(f"{label}: connect an account to choose from its galleries.")
        return []
    names: dict[str, str] = {}
    if account_id is not None:
        with get_runtime().database.read() as session:
            known = galleries.cached_galleries(session, user.actor, account_id)
        names = {folder.folder_id: folder.name for folder in known.folders}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        picked = st.multiselect(
            label,
            list(dict.fromkeys([*names, *chosen])),
            default=list(chosen),
            format_func=lambda one: names.get(one, "A folder that is not there any more"),
            max_selections=most,
            key=key,
            placeholder="All of them" if names else "Load the folders first",
            width="stretch",
        )
        if account_id is not None and st.button(
            "", icon=":material/refresh:", key=f"{key}-load", help="Read the folders again"
        ):
            _load(user, account_id)
    return picked


def _load(user: SignedIn, account_id: str) -> None:
    runtime = get_runtime()
    with guarded(), st.spinner("Reading the folders…"):
        read = galleries.galleries(
            runtime.database,
            runtime.sites,
            user.actor,
            account_id,
            now=utc_now(),
            floor_seconds=runtime.settings.call_gap_seconds,
            refresh=True,
        )
        if read.problem is None:
            st.rerun()
        st.caption(f":orange[{plain(read.problem)}]")
