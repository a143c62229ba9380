"""The parameters of a model as fields, made from its specifications."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.studio.parameters import Interpolation, ParameterSpec, ParameterSpecSet, ParameterType
from core.studio.parameters.casting import grid_of
from core.studio.parameters.names import plain as squeezed
from core.ui.generate.draft import Draft

PROMPTS = ("prompt", "negativeprompt")  # whatever the case: Civitai's is ``negativePrompt``
WIDTH = 168  # pixels: two side by side on a phone


def ask_parameters(draft: Draft, specs: ParameterSpecSet) -> None:
    """All but prompts and pictures, which have fields of their own; what only experts change is folded away."""
    shown = [spec for spec in specs if squeezed(spec.name) not in PROMPTS and spec.type is not ParameterType.IMAGE]
    for name in [name for name in draft.values if squeezed(name) in PROMPTS]:  # as an earlier form or template has it
        del draft.values[name]
    _ask_group(draft, [spec for spec in shown if not spec.advanced])
    advanced = [spec for spec in shown if spec.advanced]
    if advanced:
        changed = sum(spec.name in draft.values for spec in advanced)
        label = f"More parameters ({changed} changed)" if changed else "More parameters"
        with st.expander(label, icon=":material/tune:"):
            _ask_group(draft, advanced)


def _ask_group(draft: Draft, specs: Sequence[ParameterSpec]) -> None:
    with st.container(horizontal=True):
        for spec in specs:
            value = _ask(spec, draft.values.get(spec.name), f"generate-p-{spec.name}-{draft.version}")
            if value in (None, "", []):
                draft.values.pop(spec.name, None)
            else:
                draft.values[spec.name] = value


def _ask(spec: ParameterSpec, value: Any, key: str) -> Any:
    label = spec.label or spec.name
    if spec.type is ParameterType.TEXT:
        return st.text_area(label, str(value or ""), key=key, help=spec.hint or None, placeholder=_placeholder(spec))
    if spec.type is ParameterType.BOOLEAN:
        return _ask_boolean(spec, label, value, key)
    if spec.choices:
        return _ask_choice(spec, label, value, key)
    text = "" if value is None else str(value)
    return st.text_input(
        label, text, key=key, help=_help(spec), placeholder=_placeholder(spec), width=WIDTH, autocomplete="off"
    )


def _ask_boolean(spec: ParameterSpec, label: str, value: Any, key: str) -> Any:
    words = {"yes": "Yes", "no": "No"}
    start = value if value in words else None
    default = "yes" if spec.default else "no"
    return st.selectbox(
        label, list(words), index=list(words).index(start) if start else None, format_func=words.__getitem__, key=key,
        placeholder=words[default], help=spec.hint or None, width=WIDTH,
    )  # fmt: skip


def _ask_choice(spec: ParameterSpec, label: str, value: Any, key: str) -> Any:
    """One or several: several make several items."""
    options = [str(one) for one in spec.choices]
    chosen = [one for one in _parts(value) if one in options]
    if spec.interpolation is Interpolation.NONE:
        start = options.index(chosen[0]) if chosen else None
        said = spec.hint or None
        return st.selectbox(label, options, start, key=key, placeholder=_placeholder(spec), help=said, width=WIDTH)
    picked = st.multiselect(
        label, options, chosen, key=key, placeholder=_placeholder(spec), help=_help(spec), width=WIDTH
    )
    return ",".join(one.replace(",", "\\,") for one in picked)


def _parts(value: Any) -> list[str]:
    """The choices in a text as :func:`_ask_choice` joins them."""
    if value is None:
        return []
    return [part.replace("\0", ",") for part in str(value).replace("\\,", "\0").split(",") if part]


def _placeholder(spec: ParameterSpec) -> str:
    if spec.type is ParameterType.SEED:
        return "by chance"
    return "" if spec.default is None else f"{spec.default:g}" if isinstance(spec.default, float) else str(spec.default)


def _help(spec: ParameterSpec) -> str | None:
    parts = [spec.hint] if spec.hint else []
    if spec.minimum is not None and spec.maximum is not None and spec.type is not ParameterType.SEED:
        grid = grid_of(spec)
        parts.append(f"From {spec.minimum:g} to {spec.maximum:g}{f', in steps of {grid.step}' if grid else ''}.")
    if spec.interpolation is Interpolation.LIST:
        several = (
            "Choose several to try each." if spec.choices else "`8,12,20` or `10..20` tries each; `8|12` picks one."
        )
        parts.append(several)
    return " ".join(parts) or None
