"""Fields of a post as widgets, the same in the drawer for one post and in the dialog for many."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import streamlit as st

from core.clock import utc_now
from core.identity.models import Account, AccountState
from core.identity.sessions import SignedIn
from core.publishing import galleries
from core.publishing import tags as tagging
from core.publishing.changes import TITLE_LENGTH, Classification
from core.publishing.models import LatePolicy, MatureLevel
from core.publishing.validation import MAX_GALLERIES, SITE_TITLE_LENGTH, title_warnings
from core.runtime import get_runtime
from core.ui.content.showing import is_sandbox
from core.ui.errors import guarded
from core.ui.words import plain

RESOLUTIONS: Mapping[int, str] = {
    0: "Original size",
    1: "400 px",
    2: "600 px",
    3: "800 px",
    4: "900 px",
    5: "1024 px",
    6: "1280 px",
    7: "1600 px",
    8: "1920 px",
}
CLASSIFICATIONS: tuple[str, ...] = get_args(Classification)
_LEVELS = {MatureLevel.MODERATE: "Moderate", MatureLevel.STRICT: "Strict"}
NO_ACCOUNT = "No account yet"


def title_field(key: str, title: str) -> str:
    """The title; says when DeviantArt will cut it."""
    text = st.text_input("Title", value=title, max_chars=TITLE_LENGTH, key=key) or ""
    for warning in title_warnings(text):
        st.caption(f":orange[:material/content_cut: {warning}] It shows “{plain(text[:SITE_TITLE_LENGTH])}”.")
    return text


def description_field(key: str, description: str | None) -> str:
    return st.text_area("Description", value=description or "", key=key, height=120) or ""


def tags_field(key: str, tags: Sequence[str], *, label: str = "Tags", preview: bool = True) -> list[str]:
    """Tags as chips; text with commas becomes several. Shows what DeviantArt receives."""
    chosen = st.multiselect(
        label,
        list(tags),
        default=list(tags),
        accept_new_options=True,
        key=key,
        placeholder="Type a tag and press Enter",
        help="Commas separate tags, so a whole list can be pasted.",
    )
    written = tagging.tidy([tag for text in chosen for tag in tagging.split(text)])
    if preview and written:
        show_site_tags(written)
    return written


def show_site_tags(tags: Sequence[str]) -> None:
    """What DeviantArt will receive, and why it differs."""
    result = tagging.for_site(tags)
    sent = " ".join(f"`{tag}`" for tag in result.sent) or "nothing"
    st.caption(f"DeviantArt receives {len(result.sent)} of at most {tagging.MAX_SENT}: {sent}")
    behind = [note for note in result.notes if note.sent is None]
    if behind:
        st.caption(":orange[" + " ".join(plain(note.reason) for note in behind) + "]")


def account_field(key: str, accounts: Sequence[Account], account_id: str | None) -> str | None:
    """Which account a post goes out with; disconnected ones only where they are the present choice."""
    usable = [one for one in accounts if one.state is not AccountState.DISCONNECTED or one.id == account_id]
    # An empty text, for ``None`` would make the field one that can be cleared.
    names = {"": NO_ACCOUNT} | {one.id: _account_name(one) for one in usable}
    chosen = st.selectbox(
        "Account",
        list(names),
        index=list(names).index(account_id) if account_id in names else 0,
        format_func=lambda one: names[one],
        key=key,
    )
    return chosen or None


def _account_name(account: Account) -> str:
    where = " · sandbox" if is_sandbox(account.provider) else ""
    trouble = {AccountState.RECONNECT: " · needs reconnect", AccountState.DISCONNECTED: " · disconnected"}
    return f"{account.username}{where}{trouble.get(account.state, '')}"


def galleries_field(key: str, user: SignedIn, account_id: str | None, chosen: Sequence[str]) -> list[str]:
    """Folders of the account's gallery, as last read; a button reads them again."""
    if account_id is None:
        st.caption("Choose an account to choose its galleries.")
        return list(chosen)
    with get_runtime().database.read() as session:
        known = galleries.cached_galleries(session, user.actor, account_id)
    names = {folder.folder_id: folder.name for folder in known.folders}
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    picked = left.multiselect(
        "Galleries",
        list(dict.fromkeys([*names, *chosen])),
        default=list(chosen),
        format_func=lambda one: names.get(one, "A folder that is not there any more"),
        max_selections=MAX_GALLERIES,
        key=key,
        placeholder="Featured only" if names else "Load the folders first",
    )
    if right.button("", icon=":material/refresh:", key=f"{key}-load", help="Read the folders again", width="stretch"):
        _load_galleries(user, account_id)
    return picked


def _load_galleries(user: SignedIn, account_id: str) -> None:
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
        if read.problem:
            st.caption(f":orange[{plain(read.problem)}]")
        else:
            st.rerun(scope="fragment")


def mature_fields(key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Mature content, how strict, and why."""
    is_mature = st.toggle("Mature content", value=bool(values.get("is_mature")), key=f"{key}-mature")
    if not is_mature:
        return {"is_mature": False, "mature_level": None, "mature_classification": []}
    with st.container(horizontal=True, gap="medium", vertical_alignment="top"):
        level = st.segmented_control(
            "How strictly",
            list(_LEVELS),
            default=values.get("mature_level") or MatureLevel.MODERATE,
            format_func=lambda one: _LEVELS[one],
            key=f"{key}-level",
            required=True,
        )
        reasons = st.pills(
            "Because of",
            CLASSIFICATIONS,
            selection_mode="multi",
            default=list(values.get("mature_classification") or []),
            format_func=str.capitalize,
            key=f"{key}-reasons",
        )
    return {"is_mature": True, "mature_level": level, "mature_classification": list(reasons)}


def ai_fields(key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Made with AI, and whether others may train on it."""
    with st.container(horizontal=True, gap="medium"):
        made = st.toggle("Made with AI", value=bool(values.get("is_ai_generated")), key=f"{key}-ai")
        no_ai = st.toggle(
            "NoAI",
            value=bool(values.get("no_ai")),
            key=f"{key}-no-ai",
            help="Asks others not to train AI models on this work.",
        )
    return {"is_ai_generated": made, "no_ai": no_ai}


def comments_field(key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    allowed = st.toggle("Comments allowed", value=bool(values.get("allow_comments", True)), key=f"{key}-comments")
    return {"allow_comments": allowed}


def download_field(key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    allowed = st.toggle("Free download", value=bool(values.get("allow_free_download")), key=f"{key}-download")
    return {"allow_free_download": allowed}


def feature_field(key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"feature": st.toggle("Show in Featured", value=bool(values.get("feature", True)), key=f"{key}-feature")}


def stash_field(key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    only = st.toggle(
        "Keep in Sta.sh only",
        value=bool(values.get("stash_only")),
        key=f"{key}-stash",
        help="The file is sent to Sta.sh and not shown to others.",
    )
    return {"stash_only": only}


def size_fields(key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The size DeviantArt shows, and a watermark, which needs one below the original."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        resolution = st.selectbox(
            "Largest size shown",
            list(RESOLUTIONS),
            index=int(values.get("display_resolution") or 0),
            format_func=lambda one: RESOLUTIONS[one],
            key=f"{key}-resolution",
            width=220,
        )
        watermark = st.toggle(
            "Watermark",
            value=bool(values.get("add_watermark")) and resolution > 0,
            key=f"{key}-watermark",
            disabled=resolution == 0,
            help="Needs a size smaller than the original.",
        )
    return {"display_resolution": resolution, "add_watermark": bool(watermark) and resolution > 0}


def late_fields(key: str, policy: LatePolicy | None, minutes: int | None, *, may_keep: bool = False) -> dict[str, Any]:
    """What to do when a post's turn comes late; with ``may_keep`` first of all nothing, which gives no values."""
    names = ({_KEEP: "As each post has it"} if may_keep else {}) | _LATE
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        chosen = st.selectbox(
            "If it is late",
            list(names),
            index=list(names).index(policy) if policy in names else 0,
            format_func=lambda one: names[one],
            key=f"{key}-late",
            width=220,
            help="A post is late when this machine slept, or DeviantArt was away.",
        )
        if chosen == _KEEP:
            return {}
        if chosen == LatePolicy.PUBLISH:
            return {"late_policy": LatePolicy.PUBLISH, "max_lateness_minutes": None}
        allowance = st.number_input(
            "Late after (minutes)", min_value=1, max_value=7 * 24 * 60, value=minutes or 60, step=5,
            key=f"{key}-allowance", width=180,
        )  # fmt: skip
    return {"late_policy": LatePolicy.HOLD, "max_lateness_minutes": int(allowance or 60)}


_KEEP = "keep"
_LATE: dict[str, str] = {
    LatePolicy.PUBLISH.value: "Publish it anyway",
    LatePolicy.HOLD.value: "Hold it and ask me",
    LatePolicy.RESLOT.value: "Give it the same time on the next free day",
}
