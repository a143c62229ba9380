"""Short ways to say what a model accepts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.studio.parameters import ParameterSpec, ParameterType
from core.studio.parameters.specs import Interpolation

SIZE, QUALITY, INPUT = "Size", "Quality", "Input"
# What people call a parameter, whatever the provider calls it.
ALIASES: dict[str, tuple[str, ...]] = {
    "num_inference_steps": ("steps",),
    "steps": ("num_inference_steps",),
    "guidance": ("cfg", "guidance_scale", "guidanceScale"),
    "guidance_scale": ("cfg", "guidance", "guidanceScale"),
    "cfgScale": ("cfg", "guidance", "guidance_scale", "guidanceScale"),
    "negative_prompt": ("negative", "negativePrompt"),
    "negativePrompt": ("negative", "negative_prompt"),
    "aspect_ratio": ("aspect", "ratio"),
    "scheduler": ("sampler",),
    "sampleMethod": ("sampler",),
    "schedule": ("scheduler",),
    "prompt_strength": ("strength", "denoise"),
    "strength": ("denoise",),
}


def prompt(order: int = 0, *, longest: int = 5000) -> ParameterSpec:
    return ParameterSpec(
        "prompt",
        ParameterType.TEXT,
        "Prompt",
        required=True,
        max_length=longest,
        interpolation=Interpolation.TOKENS,
        order=order,
    )


def negative(name: str = "negative_prompt", order: int = 1) -> ParameterSpec:
    return ParameterSpec(
        name,
        ParameterType.TEXT,
        "Negative prompt",
        hint="What should not be in the picture.",
        max_length=5000,
        interpolation=Interpolation.TOKENS,
        aliases=ALIASES[name],
        order=order,
    )


def seed(name: str = "seed", *, largest: int = 2**31 - 1) -> ParameterSpec:
    return ParameterSpec(
        name,
        ParameterType.SEED,
        "Seed",
        hint="The same seed and words give the same picture. Empty: left to chance.",
        minimum=0,
        maximum=largest,
        order=50,
    )


def whole(name: str, label: str, low: int, high: int, default: int | None = None, **more: Any) -> ParameterSpec:
    return _number(ParameterType.INTEGER, name, label, low, high, default, {"step": 1, **more})


def number(name: str, label: str, low: float, high: float, default: float, **more: Any) -> ParameterSpec:
    return _number(ParameterType.NUMBER, name, label, low, high, default, {"step": 0.1, **more})


def choice(name: str, label: str, values: Sequence[Any], default: Any, **more: Any) -> ParameterSpec:
    return ParameterSpec(
        name,
        ParameterType.ENUM,
        label,
        default=default,
        choices=tuple(values),
        aliases=ALIASES.get(name, ()),
        **{"order": 30, **more},
    )


def flag(name: str, label: str, default: bool, hint: str = "", **more: Any) -> ParameterSpec:
    return ParameterSpec(
        name, ParameterType.BOOLEAN, label, default=default, hint=hint, **{"advanced": True, "order": 80, **more}
    )


def picture(name: str, label: str, *, required: bool = False, hint: str = "") -> ParameterSpec:
    return ParameterSpec(
        name,
        ParameterType.IMAGE,
        label,
        required=required,
        hint=hint,
        interpolation=Interpolation.NONE,
        group=INPUT,
        order=10,
    )


def pictures(count: int) -> tuple[ParameterSpec, ...]:
    """Places for pictures that go in: ``image``, ``image_2`` and so on; none of them needed."""
    first = picture("image", "Picture", hint="Without one the picture is made from the words alone.")
    more = (
        replace(picture(f"image_{place}", f"Picture {place}"), order=first.order + place - 1, advanced=True)
        for place in range(2, count + 1)
    )
    return (first, *more)


def _number(
    kind: ParameterType, name: str, label: str, low: float, high: float, default: Any, more: dict[str, Any]
) -> ParameterSpec:
    return ParameterSpec(
        name,
        kind,
        label,
        default=default,
        minimum=low,
        maximum=high,
        aliases=ALIASES.get(name, ()),
        **{"order": 40, **more},
    )
