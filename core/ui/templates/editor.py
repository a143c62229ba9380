"""The dialog in which a template is made or changed, with what becomes of it shown beside."""

from dataclasses import dataclass, field
from typing import Any, Literal

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError
from core.identity.sessions import SignedIn
from core.publishing.templates import editing
from core.publishing.templates.applying import render_draft
from core.publishing.templates.forms import CATEGORY_LENGTH, NAME_LENGTH, TemplateForm
from core.publishing.templates.listing import get_template, list_categories
from core.publishing.templates.models import MetadataTemplate, TemplateType
from core.publishing.templates.undoing import undo
from core.runtime import get_runtime
from core.ui.content.fields import tags_field
from core.ui.errors import guarded, show
from core.ui.said import Said
from core.ui.templates import opened
from core.ui.templates.declaring import variables_field
from core.ui.templates.filling import post_field, show_rendered, variables_help
from core.ui.templates.kinds import WORDS
from core.ui.templates.opened import Opened
from core.ui.words import plain

SAID = Said("templates")


@dataclass(frozen=True, slots=True)
class _Subject:
    """What the dialog edits: ``template`` is ``None`` for a new one."""

    user: SignedIn
    kind: TemplateType
    dialog: Opened
    template: MetadataTemplate | None = None
    categories: list[str] = field(default_factory=list)


def show_editor(user: SignedIn, kind: TemplateType, dialog: Opened) -> None:
    """Draw the dialog."""
    try:
        subject = _read(user, kind, dialog)
    except AtelierError as error:
        show(error)
        opened.close()
        return
    words = WORDS[subject.kind]
    title = f"Edit “{plain(subject.template.name)}”" if subject.template else words.new
    width: Literal["medium", "large"] = "medium" if subject.kind is TemplateType.TAG else "large"
    st.dialog(title, width=width, icon=words.icon, on_dismiss=opened.close)(_show)(subject)


def take_back(user: SignedIn, group: str | None) -> None:
    """Undo a change of templates."""
    with get_runtime().database.session() as session:
        undo(session, user.actor, group or "", now=utc_now())


def _read(user: SignedIn, kind: TemplateType, dialog: Opened) -> _Subject:
    with get_runtime().database.read() as session:
        categories = list_categories(session, user.actor)
        if dialog.template_id is None:
            return _Subject(user, kind, dialog, categories=categories)
        template = get_template(session, user.actor, dialog.template_id)
        return _Subject(user, template.type, dialog, template, categories)


def _show(subject: _Subject) -> None:
    key, template = subject.dialog.key, subject.template
    name = st.text_input(
        "Name", value=template.name if template else "", max_chars=NAME_LENGTH, key=f"{key}-name",
        placeholder="What you will look for",
    )  # fmt: skip
    if subject.kind is TemplateType.TAG:
        form = TemplateForm(name or "", tags=tags_field(f"{key}-tags", template.tags if template else ()))
    else:
        form = _text_form(subject, name or "")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Save", type="primary", icon=":material/check:", key=f"{key}-save"):
            _save(subject, form)


def _text_form(subject: _Subject, name: str) -> TemplateForm:
    key, template = subject.dialog.key, subject.template
    left, right = st.columns([3, 2], gap="medium")
    with left:
        category = _category_field(subject) if subject.kind is TemplateType.COMMENT else ""
        content = st.text_area(
            "Text", value=(template.content or "") if template else "", key=f"{key}-content", height=200,
            help=variables_help(), placeholder="{title}, drawn in the winter of …",
        ) or ""  # fmt: skip
        declared = variables_field(key, content, template.variables if template else ())
    with right:
        _show_preview(subject, content, declared)
    return TemplateForm(name, content=content, variables=declared, category=category)


def _category_field(subject: _Subject) -> str:
    now = subject.template.category if subject.template else None
    names = list(dict.fromkeys([*([now] if now else []), *subject.categories]))
    chosen = st.selectbox(
        "Category", names, index=names.index(now) if now else None, accept_new_options=True, placeholder="None",
        key=f"{subject.dialog.key}-category",
        help=f"To find comments by, such as “Thanks” or “Commissions”. At most {CATEGORY_LENGTH} characters.",
    )  # fmt: skip
    return chosen or ""


def _show_preview(subject: _Subject, content: str, declared: list[dict[str, Any]]) -> None:
    post_id = post_field(subject.user, subject.dialog.key)
    if not content.strip():
        st.caption("What it becomes is shown here.")
        return
    try:
        with get_runtime().database.read() as session:
            rendered = render_draft(
                session, subject.user.actor, content, declared, post_id, zone=subject.user.timezone, now=utc_now()
            )
    except AtelierError as error:
        st.markdown(f":orange[:material/error: {plain(str(error))}]")
        return
    show_rendered(rendered)


def _save(subject: _Subject, form: TemplateForm) -> None:
    user, template, now = subject.user, subject.template, utc_now()
    with guarded():
        with get_runtime().database.session() as session:
            if template is None:
                done = editing.create(session, user.actor, subject.kind, form, now=now)
            else:
                done = editing.edit(
                    session, user.actor, template.id, form, expected_updated_at=template.updated_at, now=now
                )
        sentence = f"“{done.name}” was saved." if done.group else "Nothing was changed."
        SAID.leave(sentence, undo=(lambda: take_back(user, done.group)) if done.group else None)
        opened.close()
        st.rerun()
