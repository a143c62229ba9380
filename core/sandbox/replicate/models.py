"""Models the stand-in runs, with the schemas of their inputs as the real ones publish them."""

from dataclasses import dataclass, field
from typing import Any

from core.sandbox.store import JsonDict

RATIOS = {
    "1:1": (1024, 1024),
    "16:9": (1344, 768),
    "21:9": (1536, 640),
    "3:2": (1216, 832),
    "2:3": (832, 1216),
    "4:5": (896, 1088),
    "5:4": (1088, 896),
    "3:4": (896, 1152),
    "4:3": (1152, 896),
    "9:16": (768, 1344),
    "9:21": (640, 1536),
}
SCHEDULERS = ["DDIM", "DPMSolverMultistep", "HeunDiscrete", "KarrasDPM", "K_EULER_ANCESTRAL", "K_EULER", "PNDM"]


@dataclass(frozen=True)
class Model:
    """``version`` is needed in a call unless the model is official; ``gives_list`` says what the output is."""

    owner: str
    name: str
    version: str
    is_official: bool
    properties: dict[str, JsonDict]
    schemas: dict[str, JsonDict] = field(default_factory=dict)
    gives_list: bool = True
    description: str = ""

    @property
    def path(self) -> str:
        return f"{self.owner}/{self.name}"

    def schema(self) -> JsonDict:
        """The OpenAPI schema, as a version carries it."""
        placed = {name: {**one, "x-order": place} for place, (name, one) in enumerate(self.properties.items())}
        text = {"type": "string", "format": "uri"}
        return {
            "openapi": "3.0.2",
            "info": {"title": "Cog", "version": "0.1.0"},
            "components": {
                "schemas": {
                    "Input": {"type": "object", "title": "Input", "required": ["prompt"], "properties": placed},
                    "Output": {"type": "array", "items": text, "title": "Output"} if self.gives_list else text,
                    **self.schemas,
                }
            },
        }

    def rule_of(self, name: str) -> JsonDict | None:
        """A property with what it refers to filled in."""
        found = self.properties.get(name)
        if found is None or "allOf" not in found:
            return found
        return {**self.schemas[found["allOf"][0]["$ref"].rpartition("/")[2]], **found}


def _text(description: str, **more: Any) -> JsonDict:
    return {"type": "string", "description": description, **more}


def _whole(description: str, default: int | None, low: int | None = None, high: int | None = None) -> JsonDict:
    return _number(description, default, low, high, kind="integer")


def _number(description: str, default: Any, low: Any, high: Any, *, kind: str = "number") -> JsonDict:
    bounds = {"default": default, "minimum": low, "maximum": high}
    return {
        "type": kind,
        "description": description,
        **{name: value for name, value in bounds.items() if value is not None},
    }


def _flag(description: str, *, default: bool) -> JsonDict:
    return {"type": "boolean", "default": default, "description": description}


def _choice(name: str, default: str) -> JsonDict:
    return {"allOf": [{"$ref": f"#/components/schemas/{name}"}], "default": default}


def _enum(name: str, values: list[str]) -> dict[str, JsonDict]:
    return {name: {"type": "string", "title": name, "enum": values, "description": "An enumeration."}}


_PROMPT = _text("Prompt for generated image", title="Prompt")
_SEED = _whole("Random seed. Set for reproducible generation", None)
_FORMATS = _enum("output_format", ["webp", "jpg", "png"])
_QUALITY = _whole("Quality when saving the output images, from 0 to 100.", 80, 0, 100)
_COUNT = _whole("Number of outputs to generate", 1, 1, 4)
_UNSAFE = _flag("Disable safety checker for generated images.", default=False)
_FLUX = {
    "prompt": _PROMPT,
    "aspect_ratio": _choice("aspect_ratio", "1:1"),
    "num_outputs": _COUNT,
    "seed": _SEED,
    "output_format": _choice("output_format", "webp"),
    "output_quality": _QUALITY,
    "disable_safety_checker": _UNSAFE,
    "go_fast": _flag("Run faster predictions with a quantised model.", default=True),
    "megapixels": _choice("megapixels", "1"),
}
_FLUX_ENUMS = {**_enum("aspect_ratio", list(RATIOS)), **_FORMATS, **_enum("megapixels", ["1", "0.25"])}
_IMAGE = _text("Input image for image to image mode.", format="uri")
_STRENGTH = _number("Prompt strength when using img2img.", 0.8, 0, 1)

MODELS = (
    Model(
        "black-forest-labs",
        "flux-schnell",
        "c846a69991daf4c0e5d016514849d14ee5b2e6846ce6b9d6f21369e564cfe51e",
        True,
        {**_FLUX, "num_inference_steps": _whole("Number of denoising steps.", 4, 1, 4)},
        _FLUX_ENUMS,
    ),
    Model(
        "black-forest-labs",
        "flux-dev",
        "6e4a938f85952bdabcc15aa329178c4d681c52bf25a0342403287dc26944661d",
        True,
        {
            **_FLUX,
            "image": _IMAGE,
            "prompt_strength": _STRENGTH,
            "num_inference_steps": _whole("Number of denoising steps.", 28, 1, 50),
            "guidance": _number("Guidance for generated image", 3, 0, 10),
        },
        _FLUX_ENUMS,
    ),
    Model(
        "black-forest-labs",
        "flux-1.1-pro",
        "609793a667ed94b210242837d3c3c9fc9a64ae93685f15d75002ba0ed9a97f2b",
        True,
        {
            "prompt": _PROMPT,
            "image_prompt": _IMAGE,
            "aspect_ratio": _choice("aspect_ratio", "1:1"),
            "width": _whole("Width, with aspect_ratio=custom.", None, 256, 1440),
            "height": _whole("Height, with aspect_ratio=custom.", None, 256, 1440),
            "safety_tolerance": _whole("1 is most strict and 6 is most permissive", 2, 1, 6),
            "seed": _SEED,
            "prompt_upsampling": _flag("Modify the prompt for more creative generation.", default=False),
            "output_format": _choice("output_format", "webp"),
            "output_quality": _QUALITY,
        },
        {**_enum("aspect_ratio", ["custom", *RATIOS]), **_FORMATS},
        gives_list=False,
    ),
    Model(
        "recraft-ai",
        "recraft-v3",
        "9507e61ddace8b3a238371b17a61be203747c5081ea6070fecd3c40d27318922",
        True,
        {
            "prompt": _PROMPT,
            "aspect_ratio": _choice("aspect_ratio", "1:1"),
            "style": _choice("style", "any"),
        },
        {
            **_enum("aspect_ratio", list(RATIOS)),
            **_enum("style", ["any", "realistic_image", "digital_illustration", "digital_illustration/pixel_art"]),
        },
        gives_list=False,
    ),
    Model(
        "stability-ai",
        "sdxl",
        "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc",
        False,
        {
            "prompt": {**_PROMPT, "default": "An astronaut riding a rainbow unicorn"},
            "negative_prompt": _text("Input Negative Prompt", default=""),
            "image": _IMAGE,
            "mask": _text("Input mask for inpaint mode.", format="uri"),
            "width": _whole("Width of output image", 1024),
            "height": _whole("Height of output image", 1024),
            "num_outputs": _COUNT,
            "scheduler": _choice("scheduler", "K_EULER"),
            "num_inference_steps": _whole("Number of denoising steps", 50, 1, 500),
            "guidance_scale": _number("Scale for classifier-free guidance", 7.5, 1, 50),
            "prompt_strength": _STRENGTH,
            "seed": _SEED,
            "refine": _choice("refine", "no_refiner"),
            "high_noise_frac": _number("For expert_ensemble_refiner, the fraction of noise to use", 0.8, 0, 1),
            "apply_watermark": _flag("Applies a watermark.", default=True),
            "disable_safety_checker": _UNSAFE,
        },
        {
            **_enum("scheduler", SCHEDULERS),
            **_enum("refine", ["no_refiner", "expert_ensemble_refiner", "base_image_refiner"]),
        },
        description="A text-to-image generative AI model that creates beautiful images",
    ),
)


def find_model(owner: str, name: str) -> Model | None:
    return next((one for one in MODELS if (one.owner, one.name) == (owner, name)), None)


def find_version(version: str) -> Model | None:
    """By 64 hex digits, or ``owner/name`` of an official model, or both with a colon between."""
    path, _, digits = version.rpartition(":")
    return next(
        (
            one
            for one in MODELS
            if (one.version == digits and path in {"", one.path}) or (one.is_official and version == one.path)
        ),
        None,
    )
