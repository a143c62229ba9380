"""The variables a template declares, as fields: a name comes from the text, with a click."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.publishing.templates.variables import LABEL_LENGTH, MAX_VARIABLES, VALUE_LENGTH, undeclared
from core.ui.words import plain


def variables_field(key: str, content: str, stored: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is declared: as ``stored``, with what was added and removed in this dialog."""
    known = {one["name"]: one for one in stored}
    names: list[str] = st.session_state.setdefault(f"{key}-declared", list(known))
    _show_undeclared(key, names, content)
    return [_declared(key, name, known.get(name, {})) for name in names]


def _show_undeclared(key: str, names: list[str], content: str) -> None:
    found = undeclared(content, names)
    if not found or len(names) >= MAX_VARIABLES:
        return
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        for name in found:
            st.button(
                f"Ask for `{{{name}}}` each time", icon=":material/add:", key=f"{key}-declare-{name}",
                on_click=names.append, args=(name,),
            )  # fmt: skip


def _declared(key: str, name: str, stored: dict[str, Any]) -> dict[str, Any]:
    with st.container(border=True, gap="xsmall", key=f"{key}-variable-{name}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"`{{{plain(name)}}}`", width="stretch")
            st.button(
                "", icon=":material/close:", type="tertiary", key=f"{key}-forget-{name}",
                help="Do not ask for it any more", on_click=_forget, args=(key, name),
            )  # fmt: skip
        left, right = st.columns(2)
        label = left.text_input(
            "Asked as", value=stored.get("label", ""), max_chars=LABEL_LENGTH, key=f"{key}-label-{name}",
            placeholder=name.replace("_", " ").capitalize(),
        )  # fmt: skip
        default = right.text_input(
            "Begins with", value=stored.get("default", ""), max_chars=VALUE_LENGTH, key=f"{key}-default-{name}"
        )
    return {"name": name, "label": label or "", "default": default or ""}


def _forget(key: str, name: str) -> None:
    names: list[str] = st.session_state[f"{key}-declared"]
    if name in names:
        names.remove(name)
