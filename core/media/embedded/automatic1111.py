"""The ``parameters`` text of Automatic1111's web UI, which Forge, SD.Next and many sites write too.

Prompt lines, then optionally a line that begins with ``Negative prompt:`` and its further lines, then
one line of ``Name: value`` pairs that begins with ``Steps:``. Values with commas stand in quotes.
"""

import json
import re
from collections.abc import Iterator

from core.media.embedded.metadata import (
    EmbeddedMetadata,
    as_count,
    as_name,
    as_prompt,
    as_scale,
    as_seed,
    as_size,
)

_NEGATIVE = "Negative prompt:"
_MAX_SETTINGS_CHARACTERS = 100_000
_MAX_LORAS = 50
_LORA = re.compile(r"<(?:lora|lyco):([^:<>]{1,200})(?::[^<>]{0,50})?>")


def looks_like_parameters(text: str) -> bool:
    """Whether a text is of this shape; a plain description is not."""
    return _settings_line(text.splitlines()) is not None


def parse_parameters(text: str) -> EmbeddedMetadata:
    """Fields of a ``parameters`` text; what is missing or odd stays ``None``."""
    lines = text.splitlines()
    at = _settings_line(lines)
    prompt, negative = _prompts(lines if at is None else lines[:at])
    settings = {} if at is None else dict(_pairs("\n".join(lines[at:])[:_MAX_SETTINGS_CHARACTERS]))
    width, _, height = settings.get("size", "").partition("x")
    return EmbeddedMetadata(
        generator="automatic1111",
        prompt=as_prompt(prompt),
        negative_prompt=as_prompt(negative),
        seed=as_seed(settings.get("seed")),
        model=as_name(settings.get("model")),
        model_hash=as_name(settings.get("model hash")),
        sampler=as_name(settings.get("sampler")),
        steps=as_count(settings.get("steps")),
        cfg_scale=as_scale(settings.get("cfg scale")),
        size=as_size(width, height),
        loras=_loras(prompt, settings.get("lora hashes", "")),
    )


def _settings_line(lines: list[str]) -> int | None:
    for at in range(len(lines) - 1, -1, -1):
        if lines[at].lstrip().startswith("Steps: "):
            return at
    return None


def _prompts(lines: list[str]) -> tuple[str, str]:
    for at, line in enumerate(lines):
        if line.startswith(_NEGATIVE):
            negative = [line.removeprefix(_NEGATIVE), *lines[at + 1 :]]
            return "\n".join(lines[:at]), "\n".join(negative)
    return "\n".join(lines), ""


def _pairs(settings: str) -> Iterator[tuple[str, str]]:
    """Names in lower case with their values, quotes taken off."""
    for piece in _split_outside_quotes(settings):
        name, colon, value = piece.partition(":")
        if colon:
            yield name.strip().lower(), _unquoted(value.strip())


def _split_outside_quotes(text: str) -> Iterator[str]:
    start, quoted, escaped = 0, False, False
    for at, character in enumerate(text):
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = quoted
        elif character == '"':
            quoted = not quoted
        elif character in ",\n" and not quoted:
            yield text[start:at]
            start = at + 1
    yield text[start:]


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    try:
        return str(json.loads(value))
    except ValueError:
        return value.strip('"')


def _loras(prompt: str, hashes: str) -> tuple[str, ...]:
    """Names from ``<lora:name:weight>`` in the prompt and from ``Lora hashes: "name: hash, …"``."""
    hashed = (piece.partition(":")[0] for piece in hashes.split(",") if ":" in piece)
    names = (as_name(name) for name in (*_LORA.findall(prompt), *hashed))
    return tuple(dict.fromkeys(name for name in names if name))[:_MAX_LORAS]
