"""A model, lookups, and short ways to expand a text."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.studio.expansion import Expansion, HookNames, Limits, OrderText, expand
from core.studio.parameters import ParameterSpec, ParameterSpecSet, ParameterType

T = ParameterType
SPECS = ParameterSpecSet.of(
    [
        ParameterSpec("prompt", T.TEXT),
        ParameterSpec("negative_prompt", T.TEXT),
        ParameterSpec("num_inference_steps", T.INTEGER, "Steps", minimum=1, maximum=50, default=28),
        ParameterSpec("guidanceScale", T.NUMBER, "Guidance", minimum=1, maximum=20, aliases=("cfg",)),
        ParameterSpec("width", T.INTEGER, minimum=64, maximum=2048, step=64),
        ParameterSpec("scheduler", T.ENUM, choices=("Euler a", "DPM++", "DDIM")),
        ParameterSpec("tiling", T.BOOLEAN),
        ParameterSpec("style", T.STRING, max_length=20),
        ParameterSpec("note", T.TEXT),
        ParameterSpec("seed", T.SEED),
    ]
)
LOOKUPS: Mapping[str, Sequence[str]] = {
    "color": ["red", "green", "blue", "warm"],
    "warm": ["orange", "yellow", "pink"],
    "shape": ["circle", "square"],
}
ALL = Limits(per_batch=100_000, per_order=100_000)


def expanded(
    prompt: str,
    negative: str = "",
    *,
    seed: int = 1,
    limits: Limits = ALL,
    lookups: Any = LOOKUPS,
    hooks: HookNames | None = None,
    **parameters: Any,
) -> Expansion:
    return expand(OrderText(prompt, negative, parameters), lookups, SPECS, seed=seed, limits=limits, hooks=hooks)


def prompts(prompt: str, negative: str = "", **options: Any) -> list[str]:
    return [item.prompt for item in expanded(prompt, negative, **options).items]


def codes(expansion: Expansion) -> list[str]:
    return [warning.code for warning in expansion.warnings]


def underlined(text: str, expansion: Expansion, code: str) -> str:
    """What a warning points to."""
    warning = next(one for one in expansion.warnings if one.code == code)
    return text[warning.start : warning.end]
