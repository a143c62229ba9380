"""OpenAI's models of pictures.

Written on 21 November 2026 from https://platform.openai.com/docs/api-reference/images and the guide to image
generation; what a picture costs is in the price table.
"""

from typing import Any

from core.adapters.images.catalogue import fields
from core.adapters.images.catalogue.fields import QUALITY, SIZE
from core.studio.parameters import ParameterSpec, ParameterSpecSet, ParameterType
from core.studio.providers import CatalogueModel, Modality

WRITTEN_ON = "2026-11-21"
GPT_SIZES = ("1024x1024", "1536x1024", "1024x1536", "auto")
GPT_PROMPT, DALLE_3_PROMPT, DALLE_2_PROMPT = 32_000, 4_000, 1_000  # characters
PICTURES_IN = 4  # places in the form; the protocol takes 16
ANY_SIZE = r"auto|\d{2,4}x\d{2,4}"
WORDS, BOTH = [Modality.TEXT_TO_IMAGE.value], [Modality.TEXT_TO_IMAGE.value, Modality.IMAGE_TO_IMAGE.value]

_MASK = fields.picture("mask", "Mask", hint="A PNG: what is transparent in it is made anew.")
_SIZE = fields.choice("size", "Size", GPT_SIZES, "1024x1024", group=SIZE)
_FREE_SIZE = ParameterSpec(
    "size", ParameterType.STRING, "Size", default="1024x1024", pattern=ANY_SIZE, group=SIZE, order=30,
    hint="Width x height in pixels, each divisible by 16, up to 3840x2160 and at most three to one; or auto.",
)  # fmt: skip
_GPT: tuple[ParameterSpec, ...] = (
    fields.prompt(longest=GPT_PROMPT),
    *fields.pictures(PICTURES_IN),
    _MASK,
    fields.choice("quality", "Quality", ("low", "medium", "high", "auto"), "medium", group=QUALITY),
    fields.choice("background", "Background", ("auto", "transparent", "opaque"), "auto", order=60),
    fields.choice("output_format", "File", ("png", "jpeg", "webp"), "png", order=62),
    fields.whole(
        "output_compression", "Compression", 0, 100, order=63, advanced=True,
        hint="For JPEG and WebP: 100 keeps everything.",
    ),
    fields.choice("moderation", "Moderation", ("auto", "low"), "auto", order=70, advanced=True),
)  # fmt: skip
_FIDELITY = fields.choice(
    "input_fidelity", "Fidelity to the pictures", ("low", "high"), None, group=QUALITY, order=38, advanced=True
)


def _gpt(
    model_id: str, name: str, about: str, *, size: ParameterSpec = _SIZE, sets_fidelity: bool = True
) -> CatalogueModel:
    """A model of the newer family: base64 answers, paid by tokens."""
    specs = [*_GPT, size, *([_FIDELITY] if sets_fidelity else [])]
    can = {"images_per_call": 10, "pictures_in": PICTURES_IN, "transparent_background": True}
    return _model(model_id, name, "gpt-image", about, specs, BOTH, can)


def _model(
    model_id: str,
    name: str,
    family: str,
    about: str,
    specs: list[ParameterSpec],
    modalities: list[str],
    can: dict[str, Any],
) -> CatalogueModel:
    said = {"about": about, "modalities": modalities, "accepts_negative_prompt": False, "as_of": WRITTEN_ON}
    unit = "token" if family == "gpt-image" else "image"
    return CatalogueModel(
        model_id,
        name,
        family,
        Modality.TEXT_TO_IMAGE,
        ParameterSpecSet.of(specs),
        capabilities={**can, **said},
        pricing={"unit": unit, "as_of": WRITTEN_ON},
    )


MODELS: tuple[CatalogueModel, ...] = (
    _gpt("gpt-image-2", "GPT Image 2", "The newest: any size, pictures in, transparent background", size=_FREE_SIZE),
    _gpt("gpt-image-1.5", "GPT Image 1.5", "Pictures in, transparent background"),
    _gpt("gpt-image-1", "GPT Image 1", "Pictures in, transparent background"),
    _gpt("gpt-image-1-mini", "GPT Image 1 mini", "The cheapest of its family", sets_fidelity=False),
    _model(
        "dall-e-3",
        "DALL·E 3",
        "dall-e",
        "Older: from words alone, which it changes",
        [
            fields.prompt(longest=DALLE_3_PROMPT),
            fields.choice("size", "Size", ("1024x1024", "1792x1024", "1024x1792"), "1024x1024", group=SIZE),
            fields.choice("quality", "Quality", ("standard", "hd"), "standard", group=QUALITY),
            fields.choice("style", "Style", ("vivid", "natural"), "vivid"),
        ],
        WORDS,
        {"images_per_call": 1},
    ),
    _model(
        "dall-e-2",
        "DALL·E 2",
        "dall-e",
        "Oldest and small",
        [
            fields.prompt(longest=DALLE_2_PROMPT),
            *fields.pictures(1),
            _MASK,
            fields.choice("size", "Size", ("1024x1024", "512x512", "256x256"), "1024x1024", group=SIZE),
        ],
        BOTH,
        {"images_per_call": 10, "pictures_in": 1},
    ),
)


def generic_model(model_id: str) -> CatalogueModel:
    """A model of a server that speaks like OpenAI: what it takes beyond words and a size is not known."""
    text = ParameterType.STRING
    specs = (
        fields.prompt(),
        *fields.pictures(PICTURES_IN),
        ParameterSpec("size", text, "Size", default="1024x1024", pattern=ANY_SIZE, group=SIZE, order=30),
        ParameterSpec("quality", text, "Quality", advanced=True, order=51, hint="As the server names it, or empty."),
        ParameterSpec("response_format", text, "Answer as", advanced=True, order=70, hint="b64_json or url."),
        # Not of the type of seeds: those are always sent, and a strict server refuses what it does not know.
        ParameterSpec(
            "seed", ParameterType.INTEGER, "Seed", advanced=True, order=60, hint="If the server knows seeds."
        ),
    )
    return CatalogueModel(
        model_id,
        model_id,
        None,
        Modality.TEXT_TO_IMAGE,
        ParameterSpecSet.of(specs),
        capabilities={"images_per_call": 1, "modalities": BOTH, "pictures_in": PICTURES_IN},
    )
