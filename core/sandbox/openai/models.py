"""The image models and their rules, as https://platform.openai.com/docs/api-reference/images states them."""

import re
from dataclasses import dataclass

from core.sandbox.openai.errors import ApiError, invalid_value

ANY_SIZE = re.compile(r"(\d{2,4})x(\d{2,4})")
MOST_PIXELS_ACROSS, MOST_PIXELS_DOWN, SIZE_STEP, MOST_RATIO = 3840, 2160, 16, 3


@dataclass(frozen=True)
class ImageModel:
    """One model; ``makes_tokens``: the newer family, which answers in base64 and says what it used."""

    name: str
    makes_tokens: bool
    sizes: tuple[str, ...]
    qualities: tuple[str, ...]
    most_images: int
    prompt_limit: int
    takes_any_size: bool = False
    edits: bool = True
    sets_fidelity: bool = False

    def check_size(self, size: str) -> None:
        if size in self.sizes or (self.takes_any_size and _fits(size)):
            return
        raise invalid_value("size", size, ", ".join(f"'{one}'" for one in self.sizes))


GPT_SIZES = ("1024x1024", "1536x1024", "1024x1536", "auto")
GPT_QUALITIES = ("low", "medium", "high", "auto")


def _gpt(name: str, *, any_size: bool = False, fidelity: bool = True) -> ImageModel:
    return ImageModel(name, True, GPT_SIZES, GPT_QUALITIES, 10, 32_000, any_size, sets_fidelity=fidelity)


MODELS = {
    model.name: model
    for model in (
        _gpt("gpt-image-1"),
        _gpt("gpt-image-1-mini", fidelity=False),
        _gpt("gpt-image-1.5"),
        _gpt("gpt-image-2", any_size=True),
        ImageModel(
            "dall-e-3", False, ("1024x1024", "1792x1024", "1024x1792"), ("standard", "hd"), 1, 4_000, edits=False
        ),
        ImageModel("dall-e-2", False, ("256x256", "512x512", "1024x1024"), ("standard",), 10, 1_000),
    )
}

# Output tokens of one picture by quality, at a megapixel and at one and a half (OpenAI's guide to image generation).
TOKENS = {"low": (272, 408), "medium": (1056, 1584), "high": (4160, 6240)}
INPUT_IMAGE_TOKENS = {"low": 323, "high": 4_483}


def find_model(name: str) -> ImageModel:
    """Raises the 404 for a model there is none of."""
    model = MODELS.get(name)
    if model is None:
        raise ApiError(404, f"The model '{name}' does not exist.", param="model", code="model_not_found")
    return model


def pixels_of(size: str) -> tuple[int, int]:
    """``auto`` becomes a square."""
    width, _, height = ("1024x1024" if size == "auto" else size).partition("x")
    return int(width), int(height)


def output_tokens(size: str, quality: str) -> int:
    width, height = pixels_of(size)
    square, oblong = TOKENS["medium" if quality == "auto" else quality]
    return square if width * height <= 1024 * 1024 else oblong


def _fits(size: str) -> bool:
    match = ANY_SIZE.fullmatch(size)
    if match is None:
        return False
    width, height = int(match[1]), int(match[2])
    within = max(width, height) <= MOST_PIXELS_ACROSS and min(width, height) <= MOST_PIXELS_DOWN
    ratio = max(width, height) / min(width, height)
    return within and width % SIZE_STEP == height % SIZE_STEP == 0 and ratio <= MOST_RATIO
