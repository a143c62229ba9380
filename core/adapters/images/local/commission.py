"""What is to be painted: a request's parameters, checked."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.adapters.images.local.lighting import AUTO
from core.adapters.images.local.palettes import PALETTES
from core.adapters.images.local.repertoire import REPERTOIRE
from core.studio.providers import ErrorCategory, GenerationError, GenerationRequest

MIN_SIDE, MAX_SIDE, SIDE_STEP = 256, 2048, 8
DEFAULT_SIDE = 768
MIN_STEPS, MAX_STEPS, DEFAULT_STEPS = 1, 50, 25
MIN_GUIDANCE, MAX_GUIDANCE, DEFAULT_GUIDANCE = 1.0, 20.0, 7.0
DEFAULT_STRENGTH = 0.6
MAX_SEED = 2**64 - 1
MAX_IMAGES = 4
_PROMPT_CHARACTERS = 10_000
_NAMES = frozenset({"prompt", "negative_prompt", "style", "palette", "width", "height", "steps", "guidance", "seed",
                    "strength", "image"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Commission:
    """One call, its values in range. ``seed`` is that of the first picture; ``source`` a picture to start from."""

    model: str
    prompt: str
    negative: str
    style: str
    palette: str
    width: int
    height: int
    steps: int
    guidance: float
    seed: int
    images: int
    source: Path | None = None
    source_sha256: str = ""
    strength: float = DEFAULT_STRENGTH

    @classmethod
    def read(cls, request: GenerationRequest) -> "Commission":
        """Raises ``GenerationError`` (``VALIDATION``) with a sentence that names the parameter and its range."""
        model, given = request.model.model_id, request.parameters
        if model not in REPERTOIRE:
            raise refusal(f"The built-in painter has no model “{model}”. Choose one of: {', '.join(REPERTOIRE)}.")
        strange = sorted(set(given) - _NAMES)
        if strange:
            raise refusal(f"{model} has no parameter “{strange[0]}”. It knows: {', '.join(sorted(_NAMES))}.")
        if not 1 <= request.images <= MAX_IMAGES:
            raise refusal(f"Ask for 1 to {MAX_IMAGES} pictures in one call, not {request.images}.")
        source = next((each for each in request.inputs if each.parameter == "image"), None)
        if source is None and given.get("image") not in (None, ""):
            raise refusal("The picture to start from did not come with the call. Choose it again.")
        return cls(
            model=model,
            prompt=_text(given, "prompt"),
            negative=_text(given, "negative_prompt"),
            style=_choice(given, "style", REPERTOIRE[model]),
            palette=_choice(given, "palette", PALETTES),
            width=_side(given, "width"),
            height=_side(given, "height"),
            steps=int(_number(given, "steps", DEFAULT_STEPS, MIN_STEPS, MAX_STEPS, whole=True)),
            guidance=_number(given, "guidance", DEFAULT_GUIDANCE, MIN_GUIDANCE, MAX_GUIDANCE),
            seed=_seed(given.get("seed"), request.key),
            images=request.images,
            source=source.path if source else None,
            source_sha256=source.sha256 if source else "",
            strength=_number(given, "strength", DEFAULT_STRENGTH, 0.0, 1.0),
        )

    def seed_of(self, index: int) -> int:
        """The seed of one picture of the call: the first has the call's own, each further one the next number."""
        return (self.seed + index) % (MAX_SEED + 1)


def refusal(message: str) -> GenerationError:
    """Nothing was painted; the same call would be refused again."""
    return GenerationError(message, ErrorCategory.VALIDATION)


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise refusal(f"{name} must be text.")
    if len(value) > _PROMPT_CHARACTERS:
        raise refusal(f"{name} has {len(value):,} characters; {_PROMPT_CHARACTERS:,} are the most. Shorten it.")
    return value.strip()


def _choice(given: Mapping[str, Any], name: str, known: Mapping[str, Any]) -> str:
    value = given.get(name)
    if value in (None, "", AUTO):
        return AUTO
    if not isinstance(value, str) or value not in known:
        raise refusal(f"{name} must be one of: {AUTO}, {', '.join(known)}.")
    return value


def _side(given: Mapping[str, Any], name: str) -> int:
    value = _number(given, name, DEFAULT_SIDE, MIN_SIDE, MAX_SIDE, whole=True)
    if value % SIDE_STEP:
        near = round(value / SIDE_STEP) * SIDE_STEP
        raise refusal(f"{name} must be a multiple of {SIDE_STEP}: {near} would do, {int(value)} does not.")
    return int(value)


def _number(
    given: Mapping[str, Any], name: str, default: float, least: float, most: float, *, whole: bool = False
) -> float:
    value = given.get(name)
    if value in (None, ""):
        return default
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        number = None
    # The comparison also turns NaN away.
    if number is None or not least <= number <= most or (whole and not number.is_integer()):
        kind = "a whole number" if whole else "a number"
        raise refusal(f"{name} must be {kind} from {least:g} to {most:g}.")
    return number


def _seed(value: Any, key: str) -> int:
    """A seed left to chance is drawn from the call's own key: the call, repeated, makes the same picture."""
    text = "" if value is None else str(value).strip()
    if text in ("", "-1"):
        return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4])
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) <= 20 and int(text) <= MAX_SEED):
        raise refusal(f"seed must be a whole number from 0 to {MAX_SEED}, or empty to leave it to chance.")
    return int(text)
