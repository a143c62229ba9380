"""Models at fal, as their published input schemas say (copies of 2025-26; prices as listed in November 2025).

``image_size`` of these models is a name or a pair of sides: the form asks for the sides, the adapter joins them.
"""

from dataclasses import replace

from core.adapters.images.catalogue.fields import (
    INPUT,
    QUALITY,
    SIZE,
    choice,
    flag,
    negative,
    number,
    picture,
    prompt,
    seed,
    whole,
)
from core.studio.parameters import ParameterSpec, ParameterSpecSet
from core.studio.providers import CatalogueModel, Modality

AS_OF = "2025-11"
SEVERAL = {"seed": "seed", "images": "num_images", "size": "image_size"}
SAFETY = flag("enable_safety_checker", "Safety checker", True, "What it flags comes back black, and is charged.")
FILE = choice("output_format", "File type", ("jpeg", "png"), "jpeg", group=QUALITY, order=70)
SPEED = choice("acceleration", "Acceleration", ("none", "regular", "high"), "none", advanced=True, order=75)


def _sides(width: int, height: int, *, most: int = 1440) -> tuple[ParameterSpec, ...]:
    return (
        whole("width", "Width", 256, most, width, group=SIZE, step=16, order=20),
        whole("height", "Height", 256, most, height, group=SIZE, step=16, order=21),
    )


def _price(amount: str, unit: str) -> dict[str, str]:
    return {"usd": amount, "per": unit, "as_of": AS_OF}


def _steps(most: int, default: int, *, low: int = 1) -> ParameterSpec:
    return whole("num_inference_steps", "Steps", low, most, default, group=QUALITY)


GUIDANCE = number("guidance_scale", "Guidance", 1, 20, 3.5, group=QUALITY)
FLUX = (prompt(), seed(), SAFETY, FILE, SPEED)

SCHNELL = CatalogueModel(
    "fal-ai/flux/schnell",
    "FLUX.1 schnell",
    "flux",
    Modality.TEXT_TO_IMAGE,
    ParameterSpecSet.of((*FLUX, *_sides(1024, 768), _steps(12, 4))),
    capabilities={"images_per_call": 4, "accepts_negative_prompt": False},
    pricing=_price("0.003", "megapixel"),
    definition=SEVERAL,
)
DEV = CatalogueModel(
    "fal-ai/flux/dev",
    "FLUX.1 dev",
    "flux",
    Modality.TEXT_TO_IMAGE,
    ParameterSpecSet.of((*FLUX, *_sides(1024, 768), _steps(50, 28), GUIDANCE)),
    capabilities={"images_per_call": 4, "accepts_negative_prompt": False},
    pricing=_price("0.025", "megapixel"),
    definition=SEVERAL,
)
DEV_FROM_IMAGE = CatalogueModel(
    "fal-ai/flux/dev/image-to-image",
    "FLUX.1 dev, from a picture",
    "flux",
    Modality.IMAGE_TO_IMAGE,
    ParameterSpecSet.of(
        (
            *FLUX,
            picture("image_url", "Picture to begin with", required=True, hint="The result has its size."),
            number("strength", "Strength", 0.01, 1, 0.95, step=0.05, group=INPUT, order=11),
            _steps(50, 40, low=10),
            GUIDANCE,
        )
    ),
    capabilities={"images_per_call": 4, "accepts_negative_prompt": False},
    pricing=_price("0.03", "megapixel"),
    definition={"seed": "seed", "images": "num_images"},
)
PRO = CatalogueModel(
    "fal-ai/flux-pro/v1.1",
    "FLUX 1.1 pro",
    "flux",
    Modality.TEXT_TO_IMAGE,
    ParameterSpecSet.of(
        (
            prompt(),
            seed(),
            FILE,
            *_sides(1024, 768),
            choice(
                "safety_tolerance",
                "Tolerance",
                ("1", "2", "3", "4", "5", "6"),
                "2",
                hint="1 is strict, 6 is permissive.",
                advanced=True,
            ),
        )
    ),
    capabilities={"images_per_call": 4, "accepts_negative_prompt": False},
    pricing=_price("0.04", "megapixel"),
    definition=SEVERAL,
)
SDXL = CatalogueModel(
    "fal-ai/fast-sdxl",
    "Stable Diffusion XL (fast)",
    "stable-diffusion",
    Modality.TEXT_TO_IMAGE,
    ParameterSpecSet.of(
        (
            prompt(),
            negative(),
            seed(),
            SAFETY,
            FILE,
            *_sides(1024, 1024, most=2048),
            _steps(65, 25),
            replace(GUIDANCE, minimum=0, default=7.5),
        )
    ),
    capabilities={"images_per_call": 8, "accepts_negative_prompt": True},
    pricing=_price("0.00111", "second"),
    definition=SEVERAL,
)
MODELS = (SCHNELL, DEV, DEV_FROM_IMAGE, PRO, SDXL)
