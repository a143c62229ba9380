"""The parameters a ComfyUI workflow can be given: what people call them, and what the server says about them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.studio.parameters import Interpolation, ParameterSpec, ParameterSpecSet, ParameterType

T = ParameterType
LARGEST_SEED = 2**64 - 1
LARGEST_SIDE = 16_384

KNOWN: dict[str, ParameterSpec] = {
    spec.name: spec
    for spec in (
        ParameterSpec(
            "prompt", T.TEXT, "Prompt", required=True, interpolation=Interpolation.TOKENS, order=10,
            hint="What the picture shows.",
        ),
        ParameterSpec(
            "negative_prompt", T.TEXT, "Negative prompt", default="", interpolation=Interpolation.TOKENS, order=20,
            hint="What the picture must not show.", aliases=("negative",),
        ),
        ParameterSpec("image", T.IMAGE, "Picture", required=True, order=30, interpolation=Interpolation.NONE),
        ParameterSpec("checkpoint", T.STRING, "Checkpoint", order=40, aliases=("model", "ckpt_name", "unet_name")),
        ParameterSpec("width", T.INTEGER, "Width", minimum=16, maximum=LARGEST_SIDE, step=8, order=50, group="Size"),
        ParameterSpec("height", T.INTEGER, "Height", minimum=16, maximum=LARGEST_SIDE, step=8, order=51, group="Size"),
        ParameterSpec("seed", T.SEED, "Seed", minimum=0, maximum=LARGEST_SEED, order=60, aliases=("noise_seed",)),
        ParameterSpec("steps", T.INTEGER, "Steps", minimum=1, maximum=10_000, order=70, group="Sampling"),
        ParameterSpec(
            "cfg", T.NUMBER, "Guidance (CFG)", minimum=0, maximum=100, step=0.1, order=71, group="Sampling",
            aliases=("cfg_scale",),
        ),
        ParameterSpec(
            "guidance", T.NUMBER, "Guidance", minimum=0, maximum=100, step=0.1, order=72, group="Sampling",
            aliases=("guidance_scale",),
        ),
        ParameterSpec("sampler_name", T.STRING, "Sampler", order=73, group="Sampling", aliases=("sampler",)),
        ParameterSpec("scheduler", T.STRING, "Scheduler", order=74, group="Sampling", advanced=True),
        ParameterSpec(
            "denoise", T.NUMBER, "Denoise", minimum=0, maximum=1, step=0.01, order=75, group="Sampling", advanced=True,
            hint="How much of the picture is made anew: 1 is all of it.", aliases=("strength", "denoising_strength"),
        ),
    )
}  # fmt: skip


def spec_of(
    name: str,
    places: Sequence[Sequence[str]],
    graph: Mapping[str, Mapping[str, Any]],
    object_info: Mapping[str, Any] | None = None,
) -> ParameterSpec:
    """A bound parameter, with the workflow's own value as its default and the server's choices where it gave them."""
    known = KNOWN.get(name) or _another_picture(name)
    node_id, slot = places[0]
    node = graph[node_id]
    if known.type is T.IMAGE:
        return known
    # The file's own seed would make every run the same one, its prompt would stand in for a forgotten one.
    default = None if known.type is T.SEED or known.required else node["inputs"][slot]
    return _as_declared(replace(known, default=default), declared_input(object_info, node["class_type"], slot))


def with_choices(
    parameters: ParameterSpecSet, bindings: Mapping[str, Sequence[Sequence[str]]], known: Iterable[ParameterSpec]
) -> ParameterSpecSet:
    """The same parameters with the choices that other workflows of the same server have for them.

    Checkpoints lie in a folder of their own: another kind of loader keeps its text.
    """
    offered = {spec.name: spec for spec in known if spec.choices}
    return ParameterSpecSet.of(
        _as_offered(spec, offered[spec.name]) if _may_choose(spec, bindings, offered) else spec for spec in parameters
    )


def _may_choose(
    spec: ParameterSpec, bindings: Mapping[str, Sequence[Sequence[str]]], offered: Mapping[str, ParameterSpec]
) -> bool:
    slots = {place[1] for place in bindings.get(spec.name, ())}
    return spec.type is T.STRING and spec.name in offered and (spec.name != "checkpoint" or slots == {"ckpt_name"})


def _as_offered(spec: ParameterSpec, offered: ParameterSpec) -> ParameterSpec:
    default = spec.default if spec.default in offered.choices else offered.default
    return replace(spec, type=T.ENUM, choices=offered.choices, default=default)


def declared_input(object_info: Mapping[str, Any] | None, class_type: str, slot: str) -> Sequence[Any]:
    """``[type or choices, options]`` of an input as ``/object_info`` says; empty when it does not."""
    sections = ((object_info or {}).get(class_type) or {}).get("input") or {}
    for section in ("required", "optional"):
        found = (sections.get(section) or {}).get(slot)
        if isinstance(found, list) and found:
            return found
    return ()


def choices_of(declared: Sequence[Any]) -> tuple[Any, ...]:
    """What may be chosen, in either of the two ways servers write it down."""
    if declared and isinstance(declared[0], list):
        return tuple(declared[0])
    options = declared[1] if len(declared) > 1 and isinstance(declared[1], Mapping) else {}
    listed = options.get("options") if declared and declared[0] == "COMBO" else None
    return tuple(listed) if isinstance(listed, list) else ()


def _as_declared(spec: ParameterSpec, declared: Sequence[Any]) -> ParameterSpec:
    choices = choices_of(declared)
    if choices:
        default = spec.default if spec.default in choices else choices[0]
        return replace(spec, type=T.ENUM, choices=choices, default=default)
    options = declared[1] if len(declared) > 1 and isinstance(declared[1], Mapping) else {}
    if spec.minimum is None or not options:
        return spec
    low, high = options.get("min", spec.minimum), options.get("max", spec.maximum)
    return replace(spec, minimum=low, maximum=high, step=options.get("step", spec.step))


def _another_picture(name: str) -> ParameterSpec:
    number = name.rpartition("_")[2]
    place = int(number) if number.isdecimal() else 0
    return replace(KNOWN["image"], name=name, label=f"Picture {number}", order=KNOWN["image"].order + place)
