"""OpenAI's models of pictures.

Written on 21 November 2026 from https://platform.openai.com/docs/api-reference/images and the guide to image
generation; what a picture costs is in the price table.
"""

from dataclasses import replace

from core.adapters.images.catalogue.common import PROMPT, T, choice, pictures, prompt
from core.studio.parameters import ParameterSpec, ParameterSpecSet
from core.studio.providers import CatalogueModel, Modality

WRITTEN_ON = "2026-11-21"
GPT_SIZES = ("1024x1024", "1536x1024", "1024x1536", "auto")
GPT_PROMPT, DALLE_3_PROMPT, DALLE_2_PROMPT = 32_000, 4_000, 1_000  # characters
PICTURES_IN = 4  # places in the form; the protocol takes 16
ANY_SIZE = r"auto|\d{2,4}x\d{2,4}"
BOTH = [Modality.TEXT_TO_IMAGE.value, Modality.IMAGE_TO_IMAGE.value]

_MASK = ParameterSpec(
    "mask", T.IMAGE, "Mask", hint="A PNG: what is transparent in it is made anew.", advanced=True, order=39
)
_COMPRESSION = ParameterSpec(
    "output_compression", T.INTEGER, "Compression", hint="For JPEG and WebP: 100 keeps everything.", minimum=0,
    maximum=100, advanced=True, order=63,
)  # fmt: skip
_SIZE = choice("size", "Size", GPT_SIZES, "1024x1024", order=50)
_FREE_SIZE = ParameterSpec(
    "size", T.STRING, "Size", default="1024x1024", pattern=ANY_SIZE, order=50,
    hint="Width x height in pixels, each divisible by 16, up to 3840x2160 and at most three to one; or auto.",
)  # fmt: skip
_FIDELITY = replace(
    choice("input_fidelity", "Fidelity to the pictures", ("low", "high"), "low", order=38), default=None, advanced=True
)


def _token_model(
    model_id: str, name: str, size: ParameterSpec = _SIZE, *, sets_fidelity: bool = True, sizes: tuple[str, ...] = ()
) -> CatalogueModel:
    """A model of the newer family: base64 answers, paid by tokens."""
    specs = [
        prompt(GPT_PROMPT),
        *pictures(PICTURES_IN),
        _MASK,
        size,
        choice("quality", "Quality", ("low", "medium", "high", "auto"), "medium", order=51),
        choice("background", "Background", ("auto", "transparent", "opaque"), "auto", order=60),
        choice("output_format", "File", ("png", "jpeg", "webp"), "png", order=62),
        _COMPRESSION,
        replace(choice("moderation", "Moderation", ("auto", "low"), "auto", order=70), advanced=True),
        *([_FIDELITY] if sets_fidelity else []),
    ]
    return CatalogueModel(
        model_id,
        name,
        "gpt-image",
        Modality.TEXT_TO_IMAGE,
        ParameterSpecSet.of(specs),
        capabilities={
            "images_per_call": 10,
            "modalities": BOTH,
            "pictures_in": PICTURES_IN,
            "sizes": list(sizes or GPT_SIZES),
            "accepts_negative_prompt": False,
            "transparent_background": True,
            "as_of": WRITTEN_ON,
        },
        pricing={"by": "tokens", "as_of": WRITTEN_ON},
    )


def _image_model(
    model_id: str, name: str, most: int, characters: int, specs: list[ParameterSpec], modalities: list[str]
) -> CatalogueModel:
    """A model of the older family: addresses good for an hour, paid by picture."""
    return CatalogueModel(
        model_id,
        name,
        "dall-e",
        Modality.TEXT_TO_IMAGE,
        ParameterSpecSet.of([prompt(characters), *specs]),
        capabilities={
            "images_per_call": most,
            "modalities": modalities,
            "accepts_negative_prompt": False,
            "as_of": WRITTEN_ON,
        },
        pricing={"by": "image", "as_of": WRITTEN_ON},
    )


MODELS: tuple[CatalogueModel, ...] = (
    _token_model("gpt-image-2", "GPT Image 2", _FREE_SIZE, sizes=("any",)),
    _token_model("gpt-image-1.5", "GPT Image 1.5"),
    _token_model("gpt-image-1", "GPT Image 1"),
    _token_model("gpt-image-1-mini", "GPT Image 1 mini", sets_fidelity=False),
    _image_model(
        "dall-e-3",
        "DALL·E 3",
        1,
        DALLE_3_PROMPT,
        [
            choice("size", "Size", ("1024x1024", "1792x1024", "1024x1792"), "1024x1024", order=50),
            choice("quality", "Quality", ("standard", "hd"), "standard", order=51),
            choice("style", "Style", ("vivid", "natural"), "vivid", order=52),
        ],
        [Modality.TEXT_TO_IMAGE.value],
    ),
    _image_model(
        "dall-e-2",
        "DALL·E 2",
        10,
        DALLE_2_PROMPT,
        [*pictures(1), _MASK, choice("size", "Size", ("1024x1024", "512x512", "256x256"), "1024x1024", order=50)],
        BOTH,
    ),
)


def generic_model(model_id: str) -> CatalogueModel:
    """A model of a server that speaks like OpenAI: what it takes beyond words and a size is not known."""
    specs = (
        PROMPT,
        *pictures(PICTURES_IN),
        ParameterSpec("size", T.STRING, "Size", default="1024x1024", pattern=ANY_SIZE, order=50),
        ParameterSpec(
            "quality", T.STRING, "Quality", advanced=True, order=51, hint="As the server names it, or empty."
        ),
        ParameterSpec("response_format", T.STRING, "Answer as", advanced=True, order=70, hint="b64_json or url."),
        ParameterSpec("seed", T.SEED, "Seed", advanced=True, order=60, hint="If the server knows seeds."),
    )
    return CatalogueModel(
        model_id,
        model_id,
        None,
        Modality.TEXT_TO_IMAGE,
        ParameterSpecSet.of(specs),
        capabilities={"images_per_call": 1, "modalities": BOTH, "pictures_in": PICTURES_IN},
    )
