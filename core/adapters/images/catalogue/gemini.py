"""Gemini's models of pictures.

Written on 21 November 2026 from https://ai.google.dev/gemini-api/docs/image-generation; all their pictures carry an
invisible watermark, and none can be transparent.
"""

from dataclasses import replace

from core.adapters.images.catalogue import fields
from core.adapters.images.catalogue.fields import SIZE
from core.studio.parameters import ParameterSpec, ParameterSpecSet, ParameterType
from core.studio.providers import CatalogueModel, Modality

WRITTEN_ON = "2026-11-21"
RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
PICTURES_IN = 4  # places in the form; the protocol counts megabytes

_RATIO = ParameterSpec(
    "aspectRatio", ParameterType.ENUM, "Ratio", choices=RATIOS, group=SIZE, order=30,
    aliases=("aspect_ratio", "aspect", "ratio"),
    hint="Empty: a square, or the shape of the last picture that goes in.",
)  # fmt: skip
_TEMPERATURE = ParameterSpec(
    "temperature", ParameterType.NUMBER, "Temperature", minimum=0, maximum=2, step=0.1, advanced=True, order=70
)
_SEED = replace(fields.seed(), hint="The same seed tends to give the same picture; it is no promise.", advanced=True)


def _model(model_id: str, name: str, about: str, sizes: tuple[str, ...]) -> CatalogueModel:
    size = fields.choice("imageSize", "Size", sizes, sizes[0], group=SIZE, order=31)
    size = replace(size, aliases=("image_size", "resolution"))
    known = [fields.prompt(), *fields.pictures(PICTURES_IN), _RATIO, _TEMPERATURE, _SEED]
    return CatalogueModel(
        model_id,
        name,
        "gemini-image",
        Modality.TEXT_TO_IMAGE,
        ParameterSpecSet.of([*known, *([size] if len(sizes) > 1 else [])]),
        capabilities={
            "about": about,
            "images_per_call": 1,
            "modalities": [Modality.TEXT_TO_IMAGE.value, Modality.IMAGE_TO_IMAGE.value],
            "pictures_in": PICTURES_IN,
            "sizes": list(sizes),
            "accepts_negative_prompt": False,
            "transparent_background": False,
            "watermark": "invisible",
            "as_of": WRITTEN_ON,
        },
        pricing={"unit": "token", "as_of": WRITTEN_ON},
    )


MODELS: tuple[CatalogueModel, ...] = (
    _model("gemini-2.5-flash-image", "Gemini 2.5 Flash Image", "Fast; changes pictures by words", ("1K",)),
    _model(
        "gemini-3-pro-image-preview",
        "Gemini 3 Pro Image (preview)",
        "Thinks first; writes text into pictures; up to 4K",
        ("1K", "2K", "4K"),
    ),
)
