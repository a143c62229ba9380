"""What a file says about its making: prompt, seed, model."""

from typing import Any

import streamlit as st

from core.publishing.detail import DeviationDetail
from core.ui.words import plain

_FACTS = (
    ("model", "Model"),
    ("seed", "Seed"),
    ("sampler", "Sampler"),
    ("steps", "Steps"),
    ("cfg_scale", "Guidance"),
    ("size", "Asked for"),
    ("loras", "LoRAs"),
    ("generator", "Made with"),
    ("model_hash", "Model hash"),
)


def show_making(detail: DeviationDetail) -> None:
    """The generation metadata of the first file that has any; the original texts folded away."""
    found = embedded_of(detail)
    if not found:
        st.caption("The file says nothing about how it was made.")
        return
    for name, label in (("prompt", "Prompt"), ("negative_prompt", "Negative prompt")):
        if found.get(name):
            st.caption(label)
            st.code(found[name], language=None, wrap_lines=True)
    facts = fact_lines(found)
    if facts:
        st.markdown("  \n".join(facts))
    if found.get("raw"):
        with st.expander("Original texts in the file"):
            for name, text in found["raw"].items():
                st.caption(plain(name))
                st.code(text[:20_000], language=None, wrap_lines=True, height=200)


def fact_lines(found: dict[str, Any]) -> list[str]:
    """``:gray[Seed] 42`` for each known fact, as Markdown."""
    return [f":gray[{label}] {plain(_text(found[name]))}" for name, label in _FACTS if found.get(name) is not None]


def embedded_of(detail: DeviationDetail) -> dict[str, Any] | None:
    """The generation metadata of the first file that has any."""
    return next((file.embedded for file in detail.files if file.embedded), None)


def prompt_of(detail: DeviationDetail) -> str | None:
    prompt: str | None = (embedded_of(detail) or {}).get("prompt")
    return prompt


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return " × ".join(map(str, value)) if all(isinstance(one, int) for one in value) else ", ".join(map(str, value))
    return str(value)
