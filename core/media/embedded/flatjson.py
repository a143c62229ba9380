"""Programs that write their settings as one flat JSON object: NovelAI, InvokeAI, SwarmUI, Fooocus, Draw Things."""

from collections.abc import Mapping
from typing import Any

from core.media.embedded.metadata import (
    EmbeddedMetadata,
    as_count,
    as_name,
    as_prompt,
    as_scale,
    as_seed,
    as_size,
)

# For each field the names it has in the wild, most telling first.
_ALIASES = {
    "prompt": ("prompt", "positive_prompt", "c"),
    "negative_prompt": ("negative_prompt", "negativeprompt", "negativePrompt", "uc"),
    "seed": ("seed",),
    "steps": ("steps",),
    "cfg_scale": ("cfg_scale", "cfgscale", "cfgScale", "guidance_scale", "guidance", "scale"),
    "sampler": ("sampler", "sampler_name", "scheduler"),
    "model": ("model", "base_model", "model_name"),
    "model_hash": ("model_hash", "base_model_hash"),
}


def parse_flat(settings: Mapping[str, Any], generator: str | None = None) -> EmbeddedMetadata:
    """Fields of such an object; nothing of it is taken for granted."""
    nested = settings.get("sui_image_params")
    if isinstance(nested, dict):
        return parse_flat(nested, "swarmui")
    values = {name: _first(settings, aliases) for name, aliases in _ALIASES.items()}
    model = values["model"]
    if isinstance(model, dict):  # InvokeAI names its models in full
        values["model"] = model.get("name") or model.get("model_name")
        values["model_hash"] = model.get("hash")
    return EmbeddedMetadata(
        generator=generator,
        prompt=as_prompt(values["prompt"]),
        negative_prompt=as_prompt(values["negative_prompt"]),
        seed=as_seed(values["seed"]),
        model=as_name(values["model"]),
        model_hash=as_name(values["model_hash"]),
        sampler=as_name(values["sampler"]),
        steps=as_count(values["steps"]),
        cfg_scale=as_scale(values["cfg_scale"]),
        size=as_size(settings.get("width"), settings.get("height")),
    )


def _first(settings: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((settings[name] for name in names if settings.get(name) not in (None, "")), None)
