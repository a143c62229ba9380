"""Templates where they are used: beside the tags and the description of a post, for many posts, and at upload.

A field that was filled from a template is drawn anew under another key, with the new value to begin with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError
from core.identity.sessions import SignedIn
from core.publishing import tags as tagging
from core.publishing.bulk import DescriptionPattern
from core.publishing.patterns import day_values
from core.publishing.templates.applying import Rendered, Use, description_of, questions, render
from core.publishing.templates.listing import list_templates
from core.publishing.templates.models import MetadataTemplate, TemplateType
from core.runtime import get_runtime
from core.ui.page import local
from core.ui.templates.filling import answer_fields, show_rendered
from core.ui.words import plain

T = TypeVar("T")
REPLACE, APPEND = "Replace", "Add"
_NONE = ""


@dataclass(frozen=True, slots=True)
class _Filled:
    number: int
    value: object


def filled(key: str, stored: T) -> tuple[str, T]:
    """The key and the first value of a field: as ``stored``, or as a template has filled it since."""
    found: _Filled | None = st.session_state.get(_slot(key))
    return (key, stored) if found is None else (f"{key}-{found.number}", found.value)  # type: ignore[return-value]  # put there by fill


def offer_tags(user: SignedIn, key: str, written: Sequence[str]) -> None:
    """A way to fill the tags field ``key`` from a template; ``written`` is what it holds."""
    templates = _templates(user, TemplateType.TAG)
    if not templates:
        return
    with st.popover(
        "From a template", icon=":material/bookmarks:", type="tertiary", key=f"{key}-templates-{_turn(key)}"
    ):
        chosen = _choose(templates, f"{key}-template")
        how = _how(key)
        if chosen is None:
            return
        st.caption(plain(", ".join(chosen.tags)))
        new = tagging.tidy([*written, *chosen.tags]) if how == APPEND else list(chosen.tags)
        st.button("Use it", type="primary", key=f"{key}-use", on_click=_fill, args=(key, new))


def offer_description(user: SignedIn, key: str, post_id: str, written: str, typed: Mapping[str, str]) -> None:
    """A way to fill the description field ``key`` of a post from a template; ``typed`` are values not yet saved."""
    templates = _templates(user, TemplateType.DESCRIPTION)
    if not templates:
        return
    with st.popover(
        "From a template", icon=":material/bookmarks:", type="tertiary", key=f"{key}-templates-{_turn(key)}"
    ):
        chosen = _choose(templates, f"{key}-template")
        how = _how(key)
        if chosen is None:
            return
        rendered = _render(user, chosen, post_id, answer_fields(f"{key}-{chosen.id}", questions(chosen)), typed)
        if rendered is not None:
            show_rendered(rendered)
            new = f"{written}\n\n{rendered.text}" if how == APPEND and written.strip() else rendered.text
            st.button("Use it", type="primary", key=f"{key}-use", on_click=_fill, args=(key, new))


def description_field_for_many(user: SignedIn, key: str, example_id: str | None) -> DescriptionPattern | None:
    """A description template for many posts, with the answers asked for once; ``None``: none was chosen."""
    templates = _templates(user, TemplateType.DESCRIPTION)
    if not templates:
        return None
    chosen = _choose(templates, f"{key}-template", none="Written here")
    if chosen is None:
        return None
    how = _how(key)
    answers = answer_fields(f"{key}-{chosen.id}", questions(chosen))
    if example_id is not None:
        rendered = _render(user, chosen, example_id, answers, {})
        if rendered is not None:
            show_rendered(rendered)
    return description_of(chosen, Use(how == APPEND, answers))


def upload_fields(user: SignedIn, key: str) -> tuple[list[str], DescriptionPattern | None]:
    """Templates for what is about to be uploaded: tags, and a description filled from each new post."""
    tags = _choose(_templates(user, TemplateType.TAG), f"{key}-tag-template", label="Tags", none="None yet")
    text = _choose(
        _templates(user, TemplateType.DESCRIPTION), f"{key}-text-template", label="Description", none="None yet"
    )
    if text is None:
        return (list(tags.tags) if tags else []), None
    answers = answer_fields(f"{key}-{text.id}", questions(text))
    pattern = description_of(text, Use(answers=answers))
    today = day_values(local(utc_now(), user.timezone).date())
    return (list(tags.tags) if tags else []), replace(pattern, answers={**today, **pattern.answers})


def _templates(user: SignedIn, kind: TemplateType) -> list[MetadataTemplate]:
    with get_runtime().database.read() as session:
        return list_templates(session, user.actor, kind)


def _choose(
    templates: Sequence[MetadataTemplate], key: str, *, label: str = "Template", none: str | None = None
) -> MetadataTemplate | None:
    by_id = {one.id: one for one in templates}
    if not by_id:
        return None
    names = ({} if none is None else {_NONE: none}) | {one.id: one.name for one in templates}
    chosen = st.selectbox(
        label, list(names), key=key, width="stretch" if none is None else 220, format_func=names.__getitem__
    )
    return by_id.get(chosen or "")


def _how(key: str) -> str:
    return st.segmented_control(
        "How", [REPLACE, APPEND], default=REPLACE, required=True, key=f"{key}-how", label_visibility="collapsed"
    )


def _render(
    user: SignedIn, template: MetadataTemplate, post_id: str, answers: Mapping[str, str], typed: Mapping[str, str]
) -> Rendered | None:
    try:
        with get_runtime().database.read() as session:
            return render(
                session, user.actor, template, post_id, answers, typed=typed, zone=user.timezone, now=utc_now()
            )
    except AtelierError as error:
        st.markdown(f":orange[:material/error: {plain(str(error))}]")
        return None


def _fill(key: str, value: object) -> None:
    before: _Filled | None = st.session_state.get(_slot(key))
    st.session_state[_slot(key)] = _Filled(before.number + 1 if before else 1, value)


def _turn(key: str) -> int:
    # Part of the popover's key, so that it is drawn anew, closed, once it has served.
    found: _Filled | None = st.session_state.get(_slot(key))
    return found.number if found else 0


def _slot(key: str) -> str:
    return f"{key}.filled"
