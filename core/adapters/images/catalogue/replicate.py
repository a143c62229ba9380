"""Models at Replicate, as their published input schemas say (copies of 2025; prices as listed in November 2025)."""

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
RATIOS = ("1:1", "16:9", "21:9", "3:2", "2:3", "4:5", "5:4", "3:4", "4:3", "9:16", "9:21")
SDXL_SCHEDULERS = (
    *("DDIM", "DPMSolverMultistep", "HeunDiscrete", "KarrasDPM"),
    *("K_EULER_ANCESTRAL", "K_EULER", "PNDM"),
)
SDXL_VERSION = "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc"
SEVERAL = {"seed": "seed", "images": "num_outputs"}


def _output(default: str = "webp") -> tuple[ParameterSpec, ...]:
    return (
        choice("output_format", "File type", ("webp", "jpg", "png"), default, group=QUALITY, order=70),
        whole("output_quality", "File quality", 0, 100, 80, group=QUALITY, advanced=True, order=71),
    )


def _ratio(*, custom: bool = False) -> ParameterSpec:
    values = ("custom", *RATIOS) if custom else RATIOS
    return choice("aspect_ratio", "Aspect ratio", values, "1:1", group=SIZE, order=20)


UNSAFE = flag("disable_safety_checker", "Without safety checker", False, "Replicate takes this from programs alone.")
STRENGTH = number("prompt_strength", "Strength", 0, 1, 0.8, step=0.05, group=INPUT, order=11)
IMAGE = picture("image", "Picture to begin with", hint="The result has its aspect ratio.")
FLUX = (
    prompt(),
    _ratio(),
    choice("megapixels", "Megapixels", ("1", "0.25"), "1", group=SIZE, order=21),
    seed(),
    *_output(),
    flag("go_fast", "Fast (quantised)", True, "Quicker and cheaper; not quite repeatable."),
    UNSAFE,
)


def _price(amount: str, unit: str = "image") -> dict[str, str]:
    return {"usd": amount, "per": unit, "as_of": AS_OF}


SCHNELL = CatalogueModel(
    "black-forest-labs/flux-schnell",
    "FLUX.1 schnell",
    "flux",
    Modality.TEXT_TO_IMAGE,
    ParameterSpecSet.of((*FLUX, whole("num_inference_steps", "Steps", 1, 4, 4, group=QUALITY))),
    capabilities={"images_per_call": 4, "accepts_negative_prompt": False},
    pricing=_price("0.003"),
    definition=SEVERAL,
)
DEV = CatalogueModel(
    "black-forest-labs/flux-dev",
    "FLUX.1 dev",
    "flux",
    Modality.TEXT_TO_IMAGE,
    ParameterSpecSet.of(
        (
            *FLUX,
            whole("num_inference_steps", "Steps", 1, 50, 28, group=QUALITY),
            number("guidance", "Guidance", 0, 10, 3, group=QUALITY),
            IMAGE,
            STRENGTH,
        )
    ),
    capabilities={
        "images_per_call": 4,
        "accepts_negative_prompt": False,
        "modalities": ["text-to-image", "image-to-image"],
    },
    pricing=_price("0.025"),
    definition=SEVERAL,
)
PRO = CatalogueModel(
    "black-forest-labs/flux-1.1-pro",
    "FLUX 1.1 pro",
    "flux",
    Modality.TEXT_TO_IMAGE,
    ParameterSpecSet.of(
        (
            prompt(),
            _ratio(custom=True),
            whole("width", "Width", 256, 1440, group=SIZE, step=32, hint="With aspect ratio “custom”.", order=22),
            whole("height", "Height", 256, 1440, group=SIZE, step=32, hint="With aspect ratio “custom”.", order=23),
            picture("image_prompt", "Picture as a hint"),
            seed(),
            whole("safety_tolerance", "Tolerance", 1, 6, 2, hint="1 is strict, 6 is permissive.", advanced=True),
            flag("prompt_upsampling", "Let the model extend the prompt", False),
            *_output(),
        )
    ),
    capabilities={"images_per_call": 1, "accepts_negative_prompt": False},
    pricing=_price("0.04"),
    definition={"seed": "seed"},
)
RECRAFT = CatalogueModel(
    "recraft-ai/recraft-v3",
    "Recraft V3",
    "recraft",
    Modality.TEXT_TO_IMAGE,
    ParameterSpecSet.of(
        (
            prompt(),
            _ratio(),
            choice(
                "style",
                "Style",
                ("any", "realistic_image", "digital_illustration", "digital_illustration/pixel_art"),
                "any",
            ),
        )
    ),
    capabilities={"images_per_call": 1, "accepts_negative_prompt": False},
    pricing=_price("0.04"),
    definition={},
)
SDXL = CatalogueModel(
    "stability-ai/sdxl",
    "Stable Diffusion XL",
    "stable-diffusion",
    Modality.TEXT_TO_IMAGE,
    ParameterSpecSet.of(
        (
            prompt(),
            negative(),
            whole("width", "Width", 64, 2048, 1024, group=SIZE, step=8, order=20),
            whole("height", "Height", 64, 2048, 1024, group=SIZE, step=8, order=21),
            choice("scheduler", "Sampler", SDXL_SCHEDULERS, "K_EULER", group=QUALITY),
            whole("num_inference_steps", "Steps", 1, 500, 50, group=QUALITY),
            number("guidance_scale", "Guidance", 1, 50, 7.5, group=QUALITY),
            seed(),
            replace(IMAGE, hint="Changed as far as the strength says."),
            picture("mask", "Mask", hint="Black stays, white is painted anew."),
            STRENGTH,
            choice(
                "refine",
                "Refiner",
                ("no_refiner", "expert_ensemble_refiner", "base_image_refiner"),
                "no_refiner",
                advanced=True,
                order=72,
            ),
            number("high_noise_frac", "Refiner's share of noise", 0, 1, 0.8, step=0.05, advanced=True, order=73),
            flag("apply_watermark", "Invisible watermark", True),
            UNSAFE,
        )
    ),
    version=SDXL_VERSION,
    capabilities={
        "images_per_call": 4,
        "accepts_negative_prompt": True,
        "modalities": ["text-to-image", "image-to-image"],
    },
    pricing=_price("0.000975", "second"),
    definition=SEVERAL,
)
MODELS = (SCHNELL, DEV, PRO, RECRAFT, SDXL)
