"""From the texts of a file to one record: which program wrote them, and what they mean."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.media.embedded import comfyui, comfyui_workflow
from core.media.embedded.automatic1111 import looks_like_parameters, parse_parameters
from core.media.embedded.containers import read_texts
from core.media.embedded.flatjson import parse_flat
from core.media.embedded.metadata import EmbeddedMetadata, as_name, as_prompt, clean_raw
from core.media.sniff import MediaType

# ComfyUI puts its JSON into whatever EXIF field is free: "Make" = 'Workflow:{…}', "Model" = 'Prompt:{…}'.
_LABELLED = re.compile(r"\s*(prompt|workflow)\s*:\s*(?=\{)", re.IGNORECASE)
_CAMERA_FIELDS = frozenset({"Make", "Model"})
_PARAMETER_KEYS = (
    "parameters",
    "UserComment",
    "ImageDescription",
    "Comment",
    "comment",
    "xmp:Description",
    "XPComment",
)
# Keywords whose JSON object holds settings, and the program it gives away.
_FLAT_KEYS = {
    "invokeai_metadata": "invokeai",
    "sd-metadata": "invokeai",
    "parameters": None,
    "Comment": None,
    "comment": None,
    "UserComment": None,
}


def read_embedded(path: Path, media_type: MediaType) -> EmbeddedMetadata:
    """What a picture says about its making; an empty record when it says nothing or nothing readable."""
    return from_texts(read_texts(path, media_type))


def from_texts(texts: Mapping[str, str]) -> EmbeddedMetadata:
    """The record for texts by keyword, from a picture's chunks or a film's tags; readings fill each other's gaps."""
    named = _with_labelled(texts)
    graph = _from_graphs(named)
    # A node that also writes Automatic1111's text knows better than a walk through the graph does.
    found = _from_parameters(named).or_else(graph).or_else(_from_flat(named)).or_else(_from_plain(named))
    return replace(found, generator=graph.generator or found.generator, raw=clean_raw(named))


def _with_labelled(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts, labelled ones under their label; a camera's maker and model are left out."""
    named: dict[str, str] = {}
    for key, text in texts.items():
        label = _LABELLED.match(text)
        if label:
            named.setdefault(label.group(1).lower(), text[label.end() :])
        elif key not in _CAMERA_FIELDS:
            named.setdefault(key, text)
    return named


def _from_parameters(texts: Mapping[str, str]) -> EmbeddedMetadata:
    for key in _PARAMETER_KEYS:
        text = texts.get(key, "")
        if looks_like_parameters(text) or (key == "parameters" and text and _json_object(text) is None):
            return parse_parameters(text)
    return EmbeddedMetadata()


def _from_graphs(texts: Mapping[str, str]) -> EmbeddedMetadata:
    holder = _json_object(texts.get("comment") or texts.get("Comment") or texts.get("UserComment") or "") or {}
    prompt = _json_object(texts.get("prompt") or holder.get("prompt"))
    workflow = _json_object(texts.get("workflow") or holder.get("workflow"))
    found = EmbeddedMetadata()
    for graph in (comfyui.read_graph(prompt), comfyui_workflow.read_workflow(workflow)):
        if graph:
            found = found.or_else(comfyui.parse_graph(graph))
    return found


def _from_flat(texts: Mapping[str, str]) -> EmbeddedMetadata:
    for key, generator in _FLAT_KEYS.items():
        settings = _json_object(texts.get(key)) or {}
        found = parse_flat(settings, generator)
        if found.prompt or found.seed is not None:
            # NovelAI keeps the prompt outside, in the description.
            outside = EmbeddedMetadata(
                generator=as_name(texts.get("Software", "")[:100].lower()), prompt=as_prompt(texts.get("Description"))
            )
            return found.or_else(outside)
    return EmbeddedMetadata()


def _from_plain(texts: Mapping[str, str]) -> EmbeddedMetadata:
    prompt = texts.get("prompt", "")
    return EmbeddedMetadata() if _json_object(prompt) else EmbeddedMetadata(prompt=as_prompt(prompt))


def _json_object(value: Any) -> dict[str, Any] | None:
    """A JSON object, given as such or as text; NaN and Infinity, which Python programs write, become null."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, str) or not value.lstrip("\ufeff \r\n\t").startswith("{"):
        return None
    try:
        parsed = json.loads(value.strip("\ufeff\0 \r\n\t"), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None
