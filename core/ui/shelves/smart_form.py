"""The dialog for a collection by rule: what belongs into it, and how many that are now."""

import json
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError, InvalidInputError
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.studio.products.errors import ProductChangeRefused
from core.studio.products.facets import list_models
from core.studio.products.filters import ProductFilter
from core.studio.products.listing import count_products
from core.studio.shelves import collections, smart
from core.studio.shelves.collections import CollectionForm
from core.studio.shelves.projects import list_projects
from core.studio.shelves.tags import list_tags
from core.ui.errors import guarded
from core.ui.page import local
from core.ui.shelves import opened
from core.ui.shelves.forms import collection_fields, finish
from core.ui.shelves.names import names_of
from core.ui.shelves.opened import Opened, while_there
from core.ui.shelves.rules import phrases
from core.ui.words import listed, plain

RULE = "rule"
_BROUGHT = "shelves.rule"
# What the form asks for itself; whatever else a rule brings along from the gallery is kept.
_ASKED = ("words", "project_id", "model", "tag_id", "rating_from", "liked", "created_from", "created_before")
_LIKED: dict[str, bool | None] = {"All": None, "Liked": True, "Not liked": False}


def take_address() -> None:
    """Open the dialog with the filter of the gallery, when the address brings one (``?rule={…}``)."""
    told = st.query_params.get(RULE)
    if told is None:
        return
    del st.query_params[RULE]
    st.session_state[_BROUGHT] = read_rule(told)
    opened.open_dialog("smart")


def read_rule(told: str) -> ProductFilter:
    """The rule of an address. Raises ``ProductChangeRefused``."""
    try:
        stored = json.loads(told)
    except (ValueError, RecursionError):
        stored = None
    if not isinstance(stored, dict):
        raise ProductChangeRefused("This address holds no rule. Choose filters in the gallery and save them there.")
    return replace(ProductFilter.from_json(stored), trashed=False)


def show_smart_form(user: SignedIn, dialog: Opened) -> None:
    """A collection by rule: new, or ``dialog``'s."""

    def close() -> None:
        st.session_state.pop(_BROUGHT, None)
        opened.close()

    title = "New smart collection" if dialog.subject_id is None else "Edit the smart collection"

    @st.dialog(title, width="medium", on_dismiss=close)
    @while_there
    def ask() -> None:
        brought: ProductFilter = st.session_state.get(_BROUGHT) or ProductFilter()
        named: tuple[str, str | None, bool] = ("", None, False)
        if dialog.subject_id is not None:
            with get_runtime().database.read() as session:
                row = collections.get_collection(session, user.actor, dialog.subject_id)
            brought, named = _rule_of(row), (row.name, row.description, row.is_public)
        form = collection_fields(dialog.key, *named)
        rule = _ask_rule(user, dialog.key, brought)
        _say_count(user, rule)
        if st.button("Save", type="primary", icon=":material/check:", key=f"{dialog.key}-save"):
            with guarded():
                made = _save(user, dialog.subject_id, form, rule)
                st.session_state.pop(_BROUGHT, None)
                finish(f"“{form.name.strip()}” was saved.", show=made)

    ask()


def _save(user: SignedIn, collection_id: str | None, form: CollectionForm, rule: ProductFilter) -> str:
    now = utc_now()
    with get_runtime().database.session() as session:
        if collection_id is None:
            return smart.create_smart(session, user.actor, form, rule, now=now).id
        collections.edit_collection(session, user.actor, collection_id, form, now=now)
        smart.change_rule(session, user.actor, collection_id, rule, now=now)
        return collection_id


def _rule_of(row: Any) -> ProductFilter:
    try:
        return smart.rule_of(row)
    except InvalidInputError:
        return ProductFilter()  # nobody can read it any more; whoever saves gives it a new one


def _say_count(user: SignedIn, rule: ProductFilter) -> None:
    if not rule.given():
        st.caption("Say at least one thing.")
        return
    with get_runtime().database.read() as session:
        try:
            found = count_products(session, user.actor, rule)
        except AtelierError as error:
            st.caption(f":orange[{plain(str(error))}]")
            return
    st.markdown(f":material/photo_library: **{found}** {'picture fits' if str(found) == '1' else 'pictures fit'} now.")


def _ask_rule(user: SignedIn, key: str, brought: ProductFilter) -> ProductFilter:
    with get_runtime().database.read() as session:
        projects = {one.id: one.name for one in list_projects(session, user.actor)}
        tags = {one.id: one.name for one in list_tags(session, user.actor)}
        models = list_models(session, user.actor)
        names = names_of(session, user.actor)
    st.markdown("**What belongs into it**")
    words = st.text_input("Words of prompt, name or notes", brought.words, key=f"{key}-words", max_chars=300) or ""
    with st.grid(2, gap="small", key=f"{key}-grid"):
        project = _choose("Project", projects, brought.project_id, f"{key}-project")
        tag = _choose("Tag", tags, brought.tag_id, f"{key}-tag")
        model = _choose("Model", {one: one for one in models}, brought.model, f"{key}-model")
        stars = _choose("Stars at least", {one: "★" * one for one in range(1, 6)}, brought.rating_from, f"{key}-stars")
        since = _day("From day", brought.created_from, user.timezone, f"{key}-since")
        until = _day("To day", _last(brought.created_before), user.timezone, f"{key}-until")
    said = next(word for word, value in _LIKED.items() if value is brought.liked)
    liked = st.segmented_control("Liked", list(_LIKED), default=said, key=f"{key}-liked", required=True)
    rule = replace(
        brought, words=words.strip(), project_id=project, tag_id=tag, model=model, rating_from=stars,
        liked=_LIKED[liked or "All"],
        created_from=_instant(since, user.timezone), created_before=_instant(until, user.timezone, days=1),
    )  # fmt: skip
    return _more(rule, names, user, key)


def _more(rule: ProductFilter, names: dict[str, str], user: SignedIn, key: str) -> ProductFilter:
    """What else the gallery's filter asked for, told and droppable."""
    others = {name: value for name, value in rule.given().items() if name not in _ASKED}
    if not others:
        return rule
    asked = listed(phrases(ProductFilter(**others), names, user.timezone))
    if st.checkbox(f"Also as in the gallery: {asked}", True, key=f"{key}-more"):
        return rule
    return replace(rule, **{name: getattr(ProductFilter(), name) for name in others})


def _choose(label: str, options: dict[Any, str], current: Any, key: str) -> Any:
    known = list(options)
    if current is not None and current not in options:
        known.append(current)
    at = known.index(current) if current is not None else None
    said = {**{one: str(one) for one in known}, **options}
    return st.selectbox(label, known, index=at, format_func=lambda one: said[one], key=key, placeholder="Any")


def _day(label: str, value: datetime | None, timezone: str, key: str) -> date | None:
    shown = None if value is None else local(value, timezone).date()
    return st.date_input(label, shown, key=key, format="YYYY-MM-DD")


def _last(before: datetime | None) -> datetime | None:
    return None if before is None else before - timedelta(seconds=1)


def _instant(chosen: date | None, timezone: str, *, days: int = 0) -> datetime | None:
    """The beginning of a person's day, or of the one after."""
    if chosen is None:
        return None
    return datetime.combine(chosen + timedelta(days=days), time(), ZoneInfo(timezone))
