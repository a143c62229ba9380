"""The nodes this server has, described the way ``GET /object_info`` describes them.

Names, types, ranges and defaults are ComfyUI's own (its ``nodes.py``); the files are invented.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.sandbox.store import JsonDict

# Loading the first two works; the last is a file whose header cannot be read.
CHECKPOINTS = ("sandbox_xl_1.0.safetensors", "sandbox_anime_v3.safetensors", "damaged.safetensors")
DAMAGED = CHECKPOINTS[-1]
LORAS = ("ink_lines.safetensors",)
SAMPLERS = ("euler", "euler_ancestral", "heun", "dpmpp_2m", "dpmpp_2m_sde", "ddim", "uni_pc")
SCHEDULERS = ("normal", "karras", "exponential", "sgm_uniform", "simple", "beta")
UPSCALING = ("nearest-exact", "bilinear", "area", "bicubic", "lanczos")
CROPPING = ("disabled", "center")
LARGEST_SEED = 2**64 - 1
LARGEST_SIDE = 16_384

Input = tuple[Any, JsonDict]  # a type's name or a list of choices, and its options


@dataclass(frozen=True)
class NodeClass:
    """One class: what it takes, what it gives, whether its running ends in files."""

    name: str
    title: str
    category: str
    required: dict[str, Input]
    outputs: tuple[str, ...]
    is_output: bool = False
    hidden: dict[str, Any] = field(default_factory=dict)

    def as_json(self, files: Sequence[str]) -> JsonDict:
        """Its entry in ``/object_info``; ``files`` are the pictures in the input folder."""
        required = {name: list(self.declared(name, files)) for name in self.required}
        return {
            "input": {"required": required, "hidden": self.hidden} if self.hidden else {"required": required},
            "input_order": {"required": list(required)},
            "output": list(self.outputs),
            "output_is_list": [False] * len(self.outputs),
            "output_name": list(self.outputs),
            "name": self.name,
            "display_name": self.title,
            "description": "",
            "python_module": "nodes",
            "category": self.category,
            "output_node": self.is_output,
        }

    def declared(self, name: str, files: Sequence[str]) -> Input:
        """An input as declared now: the choices of a picture change with every upload."""
        kind, options = self.required[name]
        return (list(files), options) if options.get("image_upload") else (kind, options)


def _whole(default: int, low: int, high: int, step: int | None = None, **more: Any) -> Input:
    return "INT", {"default": default, "min": low, "max": high, **({"step": step} if step else {}), **more}


def _number(default: float, low: float, high: float, step: float) -> Input:
    return "FLOAT", {"default": default, "min": low, "max": high, "step": step}


_LINKS: dict[str, Input] = {kind: (kind, {}) for kind in ("MODEL", "CLIP", "VAE", "CONDITIONING", "LATENT", "IMAGE")}
_TEXT: Input = ("STRING", {"multiline": True, "dynamicPrompts": True})
_SIDE = _whole(512, 16, LARGEST_SIDE, 8)
_PNG_INFO = {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"}

CLASSES: dict[str, NodeClass] = {
    one.name: one
    for one in (
        NodeClass(
            "CheckpointLoaderSimple", "Load Checkpoint", "loaders",
            {"ckpt_name": (list(CHECKPOINTS), {})}, ("MODEL", "CLIP", "VAE"),
        ),
        NodeClass(
            "LoraLoader", "Load LoRA", "loaders",
            {
                "model": _LINKS["MODEL"], "clip": _LINKS["CLIP"], "lora_name": (list(LORAS), {}),
                "strength_model": _number(1.0, -100, 100, 0.01), "strength_clip": _number(1.0, -100, 100, 0.01),
            },
            ("MODEL", "CLIP"),
        ),
        NodeClass(
            "CLIPTextEncode", "CLIP Text Encode (Prompt)", "conditioning",
            {"text": _TEXT, "clip": _LINKS["CLIP"]}, ("CONDITIONING",),
        ),
        NodeClass(
            "EmptyLatentImage", "Empty Latent Image", "latent",
            {"width": _SIDE, "height": _SIDE, "batch_size": _whole(1, 1, 4096)}, ("LATENT",),
        ),
        NodeClass(
            "RepeatLatentBatch", "Repeat Latent Batch", "latent/batch",
            {"samples": _LINKS["LATENT"], "amount": _whole(1, 1, 64)}, ("LATENT",),
        ),
        NodeClass(
            "KSampler", "KSampler", "sampling",
            {
                "model": _LINKS["MODEL"],
                "seed": _whole(0, 0, LARGEST_SEED, control_after_generate=True),
                "steps": _whole(20, 1, 10_000),
                "cfg": _number(8.0, 0, 100, 0.1),
                "sampler_name": (list(SAMPLERS), {}),
                # As classes of the newer kind declare their choices.
                "scheduler": ("COMBO", {"multiselect": False, "options": list(SCHEDULERS)}),
                "positive": _LINKS["CONDITIONING"],
                "negative": _LINKS["CONDITIONING"],
                "latent_image": _LINKS["LATENT"],
                "denoise": _number(1.0, 0, 1, 0.01),
            },
            ("LATENT",),
        ),
        NodeClass(
            "VAEDecode", "VAE Decode", "latent", {"samples": _LINKS["LATENT"], "vae": _LINKS["VAE"]}, ("IMAGE",)
        ),
        NodeClass(
            "VAEEncode", "VAE Encode", "latent", {"pixels": _LINKS["IMAGE"], "vae": _LINKS["VAE"]}, ("LATENT",)
        ),
        NodeClass("LoadImage", "Load Image", "image", {"image": ([], {"image_upload": True})}, ("IMAGE", "MASK")),
        NodeClass(
            "ImageScale", "Upscale Image", "image/upscaling",
            {
                "image": _LINKS["IMAGE"], "upscale_method": (list(UPSCALING), {}),
                "width": _whole(512, 0, LARGEST_SIDE, 1), "height": _whole(512, 0, LARGEST_SIDE, 1),
                "crop": (list(CROPPING), {}),
            },
            ("IMAGE",),
        ),
        NodeClass(
            "SaveImage", "Save Image", "image",
            {"images": _LINKS["IMAGE"], "filename_prefix": ("STRING", {"default": "ComfyUI"})},
            (), is_output=True, hidden=_PNG_INFO,
        ),
        NodeClass(
            "PreviewImage", "Preview Image", "image", {"images": _LINKS["IMAGE"]}, (), is_output=True, hidden=_PNG_INFO
        ),
    )
}  # fmt: skip


def object_info(files: Sequence[str]) -> JsonDict:
    """Every class by name."""
    return {name: one.as_json(files) for name, one in CLASSES.items()}


def choices(declared: Input) -> list[Any] | None:
    """What may be chosen, in either of the two ways to declare it; ``None`` for anything but a choice."""
    kind, options = declared
    if isinstance(kind, list):
        return kind
    return list(options["options"]) if kind == "COMBO" else None
