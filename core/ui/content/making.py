"""What a file says about its making: prompt, seed, model."""

from typing import Any

import streamlit as st

from core.publishing.detail import DeviationDetail
from core.ui.links import screen_link
from core.ui.money import dollars
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
    """What the studio knows, then the metadata of the first file that has any; the original texts folded away."""
    has_studio = _show_studio(detail)
    found = embedded_of(detail)
    if not found:
        if not has_studio:
            st.caption("The file says nothing about how it was made.")
        return
    if has_studio:
        st.caption("The file itself says")
    for name, label in (("prompt", "Prompt"), ("negative_prompt", "Negative prompt")):
        if found.get(name) and not has_studio:  # its prompt is the one above
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


def _show_studio(detail: DeviationDetail) -> bool:
    """Prompt, model and cost of the files that came from the gallery, with the way back; whether there are any."""
    files = [file for file in detail.files if file.generation is not None]
    for file in files:
        made = file.generation or {}
        if made.get("prompt"):
            st.caption("Prompt")
            st.code(made["prompt"], language=None, wrap_lines=True)
        facts = [("Model", made.get("model")), ("Provider", made.get("provider")), ("Seed", made.get("seed"))]
        told = [f":gray[{label}] {plain(str(text))}" for label, text in facts if text]
        st.markdown("  \n".join([*told, f":gray[Cost] {dollars(file.cost)}"]))
        if file.product_id:
            screen_link("Open in the gallery", f"product?id={file.product_id}", icon=":material/photo_library:")
    return bool(files)


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
