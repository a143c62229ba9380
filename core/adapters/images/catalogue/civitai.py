"""Models at Civitai, by their AIR, on the engine ``sdcpp`` (recipes of 2026; ranges of steps and sizes unverified).

``definition["input"]`` is what every call of the model carries besides the parameters. Any other checkpoint of the
three families can be added by its AIR in ``settings["models"]`` of a connection.
"""

import re
from dataclasses import replace

from core.adapters.images.catalogue.fields import (
    INPUT,
    QUALITY,
    SIZE,
    choice,
    negative,
    number,
    picture,
    prompt,
    seed,
    whole,
)
from core.studio.parameters import ParameterSpec, ParameterSpecSet, ParameterType
from core.studio.parameters.specs import Interpolation
from core.studio.providers import CatalogueModel, Modality

AIR = re.compile(r"urn:air:(?P<ecosystem>sd1|sdxl|flux1):checkpoint:civitai:(?P<model>\d+)@(?P<version>\d+)")
METHODS = (
    *("euler", "euler_a", "heun", "dpm2", "dpm++2s_a", "dpm++2m", "dpm++2mv2"),
    *("ipndm", "ipndm_v", "lcm", "ddim_trailing", "tcd"),
)
SCHEDULES = ("discrete", "karras", "exponential", "ays", "gits", "simple", "smoothstep")
FAMILIES = {"sd1": "stable-diffusion", "sdxl": "stable-diffusion", "flux1": "flux"}
SIDES = {"sd1": 512, "sdxl": 1024, "flux1": 1024}
LORAS = ParameterSpec(
    "loras",
    ParameterType.STRING,
    "LoRAs",
    hint="AIR=strength, several with spaces between: urn:air:sdxl:lora:civitai:1@2=0.8",
    interpolation=Interpolation.NONE,
    advanced=True,
    order=60,
)


def _parameters(ecosystem: str) -> ParameterSpecSet:
    is_flux = ecosystem == "flux1"
    side = SIDES[ecosystem]
    return ParameterSpecSet.of(
        (
            prompt(),
            *(() if is_flux else (negative("negativePrompt"),)),
            whole("width", "Width", 64, 2048, side, group=SIZE, step=64, order=20),
            whole("height", "Height", 64, 2048, side, group=SIZE, step=64, order=21),
            choice("sampleMethod", "Sampler", METHODS, "euler" if is_flux else "euler_a", group=QUALITY),
            choice("schedule", "Schedule", SCHEDULES, "discrete", group=QUALITY, order=31),
            whole("steps", "Steps", 1, 150, 20, group=QUALITY),
            number("cfgScale", "Guidance", 0, 30, 1 if is_flux else 7, group=QUALITY, step=0.5),
            *(() if is_flux else (whole("clipSkip", "Clip skip", 1, 12, advanced=True, order=61),)),
            seed(largest=2**63 - 1),
            LORAS,
            picture("image", "Picture to begin with", hint="Changed as far as the strength says."),
            number("strength", "Strength", 0, 1, 0.7, step=0.05, group=INPUT, order=11),
        )
    )


def model_of(air: str, name: str | None = None) -> CatalogueModel | None:
    """The entry of a checkpoint by its AIR; ``None`` for what is no AIR of the three families."""
    found = AIR.fullmatch(air)
    if found is None:
        return None
    ecosystem = found["ecosystem"]
    return CatalogueModel(
        air,
        name or f"{ecosystem.upper()} {found['model']}@{found['version']}",
        FAMILIES[ecosystem],
        Modality.TEXT_TO_IMAGE,
        _parameters(ecosystem),
        capabilities={
            "images_per_call": 12,
            "accepts_negative_prompt": ecosystem != "flux1",
            "modalities": ["text-to-image", "image-to-image"],
        },
        pricing={"unit": "buzz", "note": "Civitai says what a call costs, in Buzz."},
        definition={
            "seed": "seed",
            "images": "quantity",
            "input": {"engine": "sdcpp", "ecosystem": ecosystem},
        },
    )


def _known(air: str, name: str, version: str) -> CatalogueModel:
    model = model_of(air, name)
    assert model is not None  # the three below are good
    return replace(model, capabilities={**model.capabilities, "version_name": version})


MODELS = (
    _known("urn:air:sdxl:checkpoint:civitai:101055@128078", "SDXL 1.0", "v1.0 VAE fix"),
    _known("urn:air:sd1:checkpoint:civitai:4384@128713", "DreamShaper 8 (SD 1.5)", "8"),
    _known("urn:air:flux1:checkpoint:civitai:618692@691639", "FLUX.1 dev", "Dev"),
)
