"""Reading and checking workflows: one step ``imageGen`` of the engine ``sdcpp``, models by their AIR."""

import math
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from core.sandbox.civitai.errors import wrong
from core.sandbox.store import JsonDict

AIR = re.compile(r"urn:air:(?P<ecosystem>[a-z0-9]+):(?P<type>[a-z]+):civitai:\d+@\d+")
ECOSYSTEMS = ("sd1", "sdxl", "flux1")
METHODS = (
    *("euler", "euler_a", "heun", "dpm2", "dpm++2s_a", "dpm++2m", "dpm++2mv2"),
    *("ipndm", "ipndm_v", "lcm", "ddim_trailing", "tcd"),
)
SCHEDULES = ("discrete", "karras", "exponential", "ays", "gits", "simple", "smoothstep")
BODY = {"steps", "callbacks", "tags", "metadata", "allowMatureContent", "currencies", "tips", "upgradeMode"}
# Lowest and highest of each number.
NUMBERS: dict[str, tuple[float, float]] = {
    "width": (64, 2048),
    "height": (64, 2048),
    "steps": (1, 150),
    "cfgScale": (0, 30),
    "seed": (0, 2**63 - 1),
    "quantity": (1, 12),
    "clipSkip": (1, 12),
    "strength": (0, 1),
}
FRACTIONS = {"cfgScale", "strength"}
CHOICES = {"sampleMethod": METHODS, "schedule": SCHEDULES, "ecosystem": ECOSYSTEMS}
TEXTS = {"engine", "operation", "model", "prompt", "negativePrompt", "image", "outputFormat", "vaeModel"}


@dataclass(frozen=True)
class Wanted:
    """A good body."""

    input: JsonDict
    step_name: str
    callbacks: list[JsonDict]
    tags: list[str]
    metadata: JsonDict


def read_workflow(body: Any) -> Wanted:
    """The body of a submission; raises the 400 the provider answers otherwise."""
    if not isinstance(body, dict):
        raise wrong("$", "The JSON value could not be converted.")
    for name in body.keys() - BODY:
        raise wrong(name, "The field is not known.")
    steps = body.get("steps")
    if not isinstance(steps, list) or len(steps) != 1 or not isinstance(steps[0], dict):
        raise wrong("steps", "A workflow needs steps; this server runs one.")
    if steps[0].get("$type") != "imageGen":
        raise wrong("steps[0].$type", f"The value '{steps[0].get('$type')}' is not valid for $type.")
    given = steps[0].get("input")
    if not isinstance(given, dict):
        raise wrong("steps[0].input", "The input field is required.")
    _check_input(given)
    tags, callbacks = body.get("tags") or [], body.get("callbacks") or []
    if not all(isinstance(tag, str) and 0 < len(tag) <= 200 for tag in tags):
        raise wrong("tags", "Tags are texts.")
    for place, callback in enumerate(callbacks):
        _check_callback(callback, place)
    return Wanted(given, steps[0].get("name") or "0", callbacks, tags, body.get("metadata") or {})


def cost_of(given: JsonDict) -> int:
    """What it costs in Buzz; invented, but it grows with size, steps and number as the real price does."""
    pixels: float = given.get("width", 1024) * given.get("height", 1024) / 1024**2
    steps: int = given.get("steps", 20)
    return math.ceil(4 * pixels * steps / 20) * int(given.get("quantity", 1))


def _check_input(given: JsonDict) -> None:
    if given.get("engine") != "sdcpp":
        raise wrong("steps[0].input.engine", f"The value '{given.get('engine')}' is not valid for engine.")
    for name in ("ecosystem", "operation", "model", "prompt"):
        if not given.get(name):
            raise wrong(f"steps[0].input.{name}", f"The {name} field is required.")
    if given["operation"] not in {"createImage", "createVariant"}:
        raise wrong("steps[0].input.operation", f"The value '{given['operation']}' is not valid for operation.")
    if given["operation"] == "createVariant" and not given.get("image"):
        raise wrong("steps[0].input.image", "The image field is required.")
    for name, value in given.items():
        if problem := _problem(name, value):
            raise wrong(f"steps[0].input.{name}", problem)
    _check_airs(given)


def _problem(name: str, value: Any) -> str | None:
    if name in NUMBERS:
        low, high = NUMBERS[name]
        kinds = (int, float) if name in FRACTIONS else int
        if not isinstance(value, kinds) or isinstance(value, bool):
            return "The JSON value could not be converted to a number."
        return None if low <= value <= high else f"The field {name} must be between {low:g} and {high:g}."
    if name in CHOICES:
        return None if value in CHOICES[name] else f"The value '{value}' is not valid for {name}."
    if name in TEXTS:
        return None if isinstance(value, str) and len(value) <= 10_000 else f"The field {name} must be a text."
    return None if name in {"loras", "embeddings"} else "The field is not known."


def _check_airs(given: JsonDict) -> None:
    loras = given.get("loras") or {}
    airs = [(given["model"], "checkpoint", "model"), *((air, "lora", "loras") for air in loras)]
    for air, kind, place in airs:
        found = AIR.fullmatch(air)
        if found is None or found["type"] != kind or found["ecosystem"] != given["ecosystem"]:
            raise wrong(f"steps[0].input.{place}", f"'{air}' is not a {kind} of {given['ecosystem']}.")


def _check_callback(callback: Any, place: int) -> None:
    url = urlsplit(str(callback.get("url") if isinstance(callback, dict) else ""))
    # The real one takes https only; so that a machine can talk with itself, loopback may do without.
    if url.scheme != "https" and url.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise wrong(f"callbacks[{place}].url", "The url must be an absolute https address.")
    if not isinstance(callback.get("type"), list) or not callback["type"]:
        raise wrong(f"callbacks[{place}].type", "The type field is required.")
