"""What a post is chosen and sold by, as widgets: rating, project, price preset."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.identity.sessions import SignedIn
from core.publishing import pool_fields
from core.publishing.changes import PROJECT_LENGTH
from core.publishing.from_products.selling_terms import posts_not_for_sale
from core.publishing.pool_fields import PresetChoice
from core.runtime import get_runtime
from core.ui.terms import show_not_for_sale
from core.ui.words import plain

STAR = "★"


def stars(rating: int | None) -> str:
    """``★★★``; empty for none."""
    return STAR * (rating or 0)


def projects_of(user: SignedIn) -> list[str]:
    """The projects the person has named so far."""
    with get_runtime().database.read() as session:
        return pool_fields.list_projects(session, user.actor)


def rating_field(key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """One to five stars, or none: your own judgement, never sent to DeviantArt."""
    with st.container(gap="xsmall", width="content"):
        st.caption("Rating", help="Your own judgement. Automations can choose by it; DeviantArt never sees it.")
        rating = values.get("rating")
        chosen = st.feedback("stars", key=f"{key}-rating", default=rating - 1 if rating else None)
    return {"rating": None if chosen is None else chosen + 1}


def project_field(key: str, user: SignedIn, values: Mapping[str, Any], *, width: int | None = None) -> dict[str, Any]:
    """A project that was used before, or a new one."""
    now = values.get("project")
    known = projects_of(user)
    names = [*([now] if now and now not in known else []), *known]
    chosen = st.selectbox(
        "Project", names, index=names.index(now) if now else None, accept_new_options=True, key=f"{key}-project",
        placeholder="None. Type a name to begin one" if not names else "None", width=width or "stretch",
        help="Keeps works together: for lists, statistics, and automations that take from one project.",
    )  # fmt: skip
    text = " ".join((chosen or "").split())
    if len(text) > PROJECT_LENGTH:
        st.caption(f":orange[A project has at most {PROJECT_LENGTH} characters; this one has {len(text)}.]")
    return {"project": text or None}


def preset_field(
    key: str, user: SignedIn, values: Mapping[str, Any], *, width: int | None = None, posts: Sequence[str] = ()
) -> dict[str, Any]:
    """The price it is to be sold at once it is out; with a ``width`` nothing at all where there is no preset.

    ``posts`` are those it is for: where a price is chosen, it is said which of them their models forbid to sell.
    """
    now = values.get("sale_preset_id")
    with get_runtime().database.read() as session:
        choices = pool_fields.list_presets(session, user.actor, also=[now] if now else [])
    if not choices and width is not None:
        return {}
    if not choices:
        st.caption("To sell works once they are out, make a price preset first.")
        return {} if now is None else {"sale_preset_id": None}
    names = {"": "Not for sale"} | {one.id: preset_name(one) for one in choices}
    chosen = st.selectbox(
        "Sell once it is out", list(names), index=list(names).index(now) if now in names else 0,
        format_func=lambda one: names[one], key=f"{key}-preset", width=width or "stretch",
    )  # fmt: skip
    if chosen and posts:
        with get_runtime().database.read() as session:
            forbidden = posts_not_for_sale(session, user.actor, posts)
        show_not_for_sale(forbidden, "post")
    return {"sale_preset_id": chosen or None}


def preset_name(choice: PresetChoice) -> str:
    """``Prints · 12.00 USD``, ``Originals · 5.00–20.00 USD``."""
    prices: Sequence[int] = [choice.lowest] if choice.lowest == choice.highest else [choice.lowest, choice.highest]
    shown = "–".join(f"{cents // 100:,}.{cents % 100:02}" for cents in prices)
    return f"{choice.name} · {shown} {choice.currency}{' · archived' if choice.is_archived else ''}"


def show_as_text(values: Mapping[str, Any]) -> None:
    """Rating and project of a post that cannot be changed now."""
    parts = [stars(values.get("rating")), values.get("project") or ""]
    text = " · ".join(part for part in parts if part)
    if text:
        st.caption(plain(text))
