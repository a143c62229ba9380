"""Reading and checking what predictions are asked with."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from core.sandbox.replicate.errors import invalid
from core.sandbox.replicate.models import RATIOS, Model
from core.sandbox.store import JsonDict

FIELDS = {"version", "input", "webhook", "webhook_events_filter", "stream"}
EVENTS = ("start", "output", "logs", "completed")
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}
UNITS = {"s": 1, "m": 60, "h": 3600, "": 1}


@dataclass(frozen=True)
class Wanted:
    """A good body. ``events`` are those the webhook is for."""

    input: JsonDict
    webhook: str | None
    events: tuple[str, ...]
    version: str | None


def read_body(body: Any, *, needs_version: bool) -> Wanted:
    """The body of a creation; raises the 422 the provider answers otherwise."""
    if not isinstance(body, dict):
        raise invalid([_wrong("invalid_type", "", "Invalid type. Expected: object")])
    wrong = list(_body_problems(body, needs_version=needs_version))
    if wrong:
        raise invalid(wrong)
    events = tuple(body.get("webhook_events_filter") or ("output", "completed"))
    return Wanted(body["input"], body.get("webhook"), events, body.get("version"))


def check_input(model: Model, given: JsonDict) -> None:
    """Raises the 422 for an input that the model does not take."""
    wrong = list(_input_problems(model, given))
    if wrong:
        raise invalid(wrong)


def size_of(model: Model, given: JsonDict) -> tuple[int, int]:
    """Width and height in pixels."""
    if "aspect_ratio" in model.properties and given.get("aspect_ratio") != "custom":
        width, height = RATIOS[given.get("aspect_ratio", "1:1")]
        return (width // 2, height // 2) if given.get("megapixels") == "0.25" else (width, height)
    return given.get("width", 1024), given.get("height", 1024)


def seconds_of(header: str | None) -> float | None:
    """The seconds in a ``Prefer: wait=`` or ``Cancel-After:`` value, which may carry a unit."""
    text = (header or "").strip().partition("=")[2] or (header or "").strip()
    if text == "wait":
        return 60.0
    unit = text[-1:] if text[-1:] in {"s", "m", "h"} else ""
    number = text[: len(text) - len(unit)]
    return float(number) * UNITS[unit] if number.isdecimal() else None


def _body_problems(body: JsonDict, *, needs_version: bool) -> Iterator[JsonDict]:
    if not isinstance(body.get("input"), dict):
        yield _wrong("required", "", "input is required")
    if needs_version and not isinstance(body.get("version"), str):
        yield _wrong("required", "", "version is required")
    for name in body.keys() - FIELDS:
        yield _wrong("additional_property_not_allowed", "", f"Additional property {name} is not allowed")
    webhook = body.get("webhook")
    if webhook is not None and (not isinstance(webhook, str) or urlsplit(webhook).scheme not in {"http", "https"}):
        yield _wrong("format", "webhook", "Does not match format 'uri'")
    for event in body.get("webhook_events_filter") or ():
        if event not in EVENTS:
            yield _wrong("enum", "webhook_events_filter", f"must be one of {', '.join(EVENTS)}")


def _input_problems(model: Model, given: JsonDict) -> Iterator[JsonDict]:
    prompt = model.properties["prompt"]
    if "prompt" not in given and "default" not in prompt:
        yield _wrong("required", "input", "prompt is required")
    for name, value in given.items():
        rule = model.rule_of(name)
        if rule is None:
            yield _wrong("additional_property_not_allowed", f"input.{name}", "Unexpected field")
        elif problem := _value_problem(rule, value):
            yield _wrong(problem[0], f"input.{name}", problem[1])


def _value_problem(rule: JsonDict, value: Any) -> tuple[str, str] | None:
    kind = rule["type"]
    is_right: bool = isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
    if not is_right:
        return "invalid_type", f"Invalid type. Expected: {kind}"
    if "enum" in rule and value not in rule["enum"]:
        return "enum", f"Must be one of {', '.join(map(str, rule['enum']))}"
    if "minimum" in rule and value < rule["minimum"]:
        return "number_gte", f"Must be greater than or equal to {rule['minimum']}"
    if "maximum" in rule and value > rule["maximum"]:
        return "number_lte", f"Must be less than or equal to {rule['maximum']}"
    if rule.get("format") == "uri" and urlsplit(value).scheme not in {"http", "https", "data"}:
        return "format", "Does not match format 'uri'"
    return None


def _wrong(kind: str, name: str, description: str) -> JsonDict:
    return {"type": kind, "field": name, "description": description}
