"""The four models of the house, as the catalogue holds them."""

from core.adapters.images.local.commission import (
    DEFAULT_GUIDANCE,
    DEFAULT_SIDE,
    DEFAULT_STEPS,
    DEFAULT_STRENGTH,
    MAX_GUIDANCE,
    MAX_IMAGES,
    MAX_SEED,
    MAX_SIDE,
    MAX_STEPS,
    MIN_GUIDANCE,
    MIN_SIDE,
    MIN_STEPS,
    SIDE_STEP,
)
from core.adapters.images.local.lighting import AUTO
from core.adapters.images.local.palettes import PALETTES
from core.adapters.images.local.repertoire import REPERTOIRE
from core.studio.parameters import Interpolation, ParameterSpec, ParameterSpecSet, ParameterType
from core.studio.providers import CatalogueModel, Modality

_NAMES = {
    "local/landscape": (
        "Landscapes",
        "Places that are nowhere: mountains, dunes, sea, northern lights, a city at dusk.",
    ),
    "local/abstract": ("Abstracts", "Currents of ink, marble, silk, stained glass, fractals, contour maps."),
    "local/geometric": (
        "Geometry",
        "Bauhaus posters, constructivist balance, endless bands, rosettes, packed circles.",
    ),
    "local/botanical": ("Botanicals", "Pressed stems, great blooms, ferns, a tree in blossom."),
}
_WORDS, _SIZE, _LOOK, _START = "Words", "Size", "Look", "Start picture"


def models() -> tuple[CatalogueModel, ...]:
    """All models: free, without a key, up to four pictures in a call."""
    return tuple(_model(model_id, name, about) for model_id, (name, about) in _NAMES.items())


def _model(model_id: str, name: str, about: str) -> CatalogueModel:
    return CatalogueModel(
        model_id=model_id,
        name=name,
        family="Atelier painters",
        modality=Modality.TEXT_TO_IMAGE,
        parameters=ParameterSpecSet.of([*_words(), *_sizes(), *_look(model_id), *_start()]),
        version="1",
        capabilities={
            "images_per_call": MAX_IMAGES,
            "modalities": [Modality.TEXT_TO_IMAGE.value, Modality.IMAGE_TO_IMAGE.value],
            "accepts_negative_prompt": True,
            "styles": list(REPERTOIRE[model_id]),
            "about": about,
        },
        pricing={"note": "Free: painted on this machine.", "per_image": "0"},
    )


def _words() -> list[ParameterSpec]:
    return [
        ParameterSpec(
            "prompt", ParameterType.TEXT, "Prompt", required=True, group=_WORDS, order=10, max_length=10_000,
            interpolation=Interpolation.TOKENS, aliases=("text",),
            hint="Subjects (sea, firs, moon), moods (dawn, storm, neon) and colours (teal, gold) are understood; "
            "other words change the picture, too, but not by their meaning.",
        ),
        ParameterSpec(
            "negative_prompt", ParameterType.TEXT, "Negative prompt", group=_WORDS, order=20, max_length=10_000,
            interpolation=Interpolation.TOKENS, aliases=("negative",),
            hint="What is not to be there: mist, birds, sun, stars, grain, a colour, a mood.",
        ),
    ]  # fmt: skip


def _sizes() -> list[ParameterSpec]:
    def side(name: str, label: str, order: int) -> ParameterSpec:
        return ParameterSpec(
            name, ParameterType.INTEGER, label, default=DEFAULT_SIDE, minimum=MIN_SIDE, maximum=MAX_SIDE,
            step=SIDE_STEP, group=_SIZE, order=order, aliases=(name[0],),
            hint=f"Pixels, a multiple of {SIDE_STEP}. With a start picture, that picture's size is used.",
        )  # fmt: skip

    return [side("width", "Width", 30), side("height", "Height", 40)]


def _look(model_id: str) -> list[ParameterSpec]:
    return [
        ParameterSpec(
            "style", ParameterType.ENUM, "Style", default=AUTO, choices=(AUTO, *REPERTOIRE[model_id]), group=_LOOK,
            order=50, hint="How it is painted; auto chooses by the words of the prompt.",
        ),
        ParameterSpec(
            "palette", ParameterType.ENUM, "Palette", default=AUTO, choices=(AUTO, *PALETTES), group=_LOOK, order=60,
            aliases=("colors", "colours"), hint="The light and its colours; auto chooses by the words of the prompt.",
        ),
        ParameterSpec(
            "seed", ParameterType.SEED, "Seed", minimum=0, maximum=MAX_SEED, group=_LOOK, order=70,
            hint="The same seed and words make the same picture. Empty: left to chance.",
        ),
        ParameterSpec(
            "steps", ParameterType.INTEGER, "Steps", default=DEFAULT_STEPS, minimum=MIN_STEPS, maximum=MAX_STEPS,
            step=1, group=_LOOK, order=80, advanced=True, aliases=("num_inference_steps", "sampling_steps"),
            hint="How much detail: strokes, layers, leaves.",
        ),
        ParameterSpec(
            "guidance", ParameterType.NUMBER, "Guidance", default=DEFAULT_GUIDANCE, minimum=MIN_GUIDANCE,
            maximum=MAX_GUIDANCE, step=0.5, group=_LOOK, order=90, advanced=True,
            aliases=("cfg", "cfg_scale", "guidance_scale"),
            hint="How strictly colours follow the words: low leaves more to the seed.",
        ),
    ]  # fmt: skip


def _start() -> list[ParameterSpec]:
    return [
        ParameterSpec(
            "image", ParameterType.IMAGE, "Start picture", group=_START, order=100, interpolation=Interpolation.NONE,
            aliases=("init_image", "input_image"),
            hint="A picture to recolour, bend and paint over. The result has its size.",
        ),
        ParameterSpec(
            "strength", ParameterType.NUMBER, "Strength", default=DEFAULT_STRENGTH, minimum=0, maximum=1, step=0.05,
            group=_START, order=110, aliases=("denoise", "denoising_strength"),
            hint="How much of the start picture is changed: 0 leaves it, 1 lets only its light and dark remain.",
        ),
    ]  # fmt: skip
