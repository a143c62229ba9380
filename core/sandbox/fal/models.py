"""Applications the stand-in runs, and how they check what they are given: when they run, not when they are asked."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from core.sandbox.fal.errors import ApiError, model_error
from core.sandbox.store import JsonDict

SIZES = {
    "square_hd": (1024, 1024),
    "square": (512, 512),
    "portrait_4_3": (768, 1024),
    "portrait_16_9": (576, 1024),
    "landscape_4_3": (1024, 768),
    "landscape_16_9": (1024, 576),
}
Rule = tuple[type | tuple[type, ...], float | None, float | None, tuple[str, ...]]


def _number(low: float, high: float) -> Rule:
    return (int, float), low, high, ()


def _whole(low: float | None = None, high: float | None = None) -> Rule:
    return int, low, high, ()


_COMMON: dict[str, Rule] = {
    "prompt": (str, None, None, ()),
    "seed": _whole(),
    "num_images": _whole(1, 4),
    "sync_mode": (bool, None, None, ()),
    "enable_safety_checker": (bool, None, None, ()),
    "output_format": (str, None, None, ("jpeg", "png")),
    "acceleration": (str, None, None, ("none", "regular", "high")),
}


@dataclass(frozen=True)
class Application:
    """One endpoint. ``refuses``: what is against the rules is an error here, elsewhere a black picture."""

    id: str
    rules: dict[str, Rule]
    size: str = "landscape_4_3"
    needs_image: bool = False
    refuses: bool = False

    @property
    def app(self) -> str:
        """Owner and name, without the path: what the addresses of requests are made of."""
        return "/".join(self.id.split("/")[:2])


APPLICATIONS = (
    Application("fal-ai/flux/schnell", {**_COMMON, "num_inference_steps": _whole(1, 12)}),
    Application(
        "fal-ai/flux/dev",
        {**_COMMON, "num_inference_steps": _whole(1, 50), "guidance_scale": _number(1, 20)},
    ),
    Application(
        "fal-ai/flux/dev/image-to-image",
        {
            **_COMMON,
            "num_inference_steps": _whole(10, 50),
            "guidance_scale": _number(1, 20),
            "strength": _number(0.01, 1),
            "image_url": (str, None, None, ()),
        },
        needs_image=True,
    ),
    Application(
        "fal-ai/flux-pro/v1.1",
        {**_COMMON, "safety_tolerance": (str, None, None, ("1", "2", "3", "4", "5", "6"))},
        refuses=True,
    ),
    Application(
        "fal-ai/fast-sdxl",
        {
            **_COMMON,
            "negative_prompt": (str, None, None, ()),
            "num_images": _whole(1, 8),
            "num_inference_steps": _whole(1, 65),
            "guidance_scale": _number(0, 20),
        },
        "square_hd",
    ),
)


def find_application(endpoint: str) -> Application | None:
    return next((one for one in APPLICATIONS if one.id == endpoint), None)


def check(application: Application, given: JsonDict) -> ApiError | None:
    """What the application says to its arguments; unknown ones are passed over, as there."""
    for name in ("prompt", *(("image_url",) if application.needs_image else ())):
        if name not in given:
            return model_error(422, "missing", "Field required", loc=("body", name))
    for name, value in given.items():
        rule = application.rules.get(name)
        if rule is not None and (wrong := _problem(rule, value)):
            kind, message, ctx = wrong
            return model_error(422, kind, message, loc=("body", name), **ctx)
    if "image_url" in given and urlsplit(given["image_url"]).scheme not in {"http", "https", "data"}:
        return model_error(422, "file_download_error", "Failed to download the file.", loc=("body", "image_url"))
    return _size_problem(given.get("image_size"))


def size_of(application: Application, given: JsonDict) -> tuple[int, int]:
    """Width and height in pixels of arguments that were checked."""
    wanted = given.get("image_size", application.size)
    return SIZES[wanted] if isinstance(wanted, str) else (wanted["width"], wanted["height"])


def _problem(rule: Rule, value: Any) -> tuple[str, str, JsonDict] | None:
    kind, low, high, choices = rule
    is_right: bool = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    if not is_right:
        return "type_error", "Input has the wrong type", {}
    if choices and value not in choices:
        return "literal_error", f"Input should be {', '.join(choices)}", {"expected": list(choices)}
    if low is not None and value < low:
        return "greater_than_equal", f"Input should be greater than or equal to {low:g}", {"ge": low}
    if high is not None and value > high:
        return "less_than_equal", f"Input should be less than or equal to {high:g}", {"le": high}
    return None


def _size_problem(wanted: Any) -> ApiError | None:
    if wanted is None or (isinstance(wanted, str) and wanted in SIZES):
        return None
    sides = [wanted.get("width"), wanted.get("height")] if isinstance(wanted, dict) else []
    if sides and all(isinstance(side, int) and 0 < side <= 14142 for side in sides):
        return None
    return model_error(422, "literal_error", "Input should be a size by name or by pixels", loc=("body", "image_size"))
