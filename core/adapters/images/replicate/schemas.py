"""From a model version's OpenAPI schema to the parameters of the order form."""

from collections.abc import Mapping
from typing import Any

from core.adapters.images.catalogue.fields import ALIASES
from core.studio.parameters import ParameterSpec, ParameterSpecSet, ParameterType
from core.studio.parameters.specs import Interpolation
from core.studio.providers import CatalogueModel, Modality

TYPES = {
    "integer": ParameterType.INTEGER,
    "number": ParameterType.NUMBER,
    "boolean": ParameterType.BOOLEAN,
    "string": ParameterType.STRING,
}
COUNTS = ("num_outputs", "num_images", "number_of_images", "batch_size")
SEEDS = ("seed",)
PICTURES = ("image", "input_image", "image_prompt", "mask", "control_image", "init_image")
SIMPLE = frozenset({"prompt", "negative_prompt", "aspect_ratio", "width", "height", "seed", "image"})


def model_of(path: str, version: str, schema: Mapping[str, Any], *, name: str, is_official: bool) -> CatalogueModel:
    """A catalogue entry for ``owner/name``; ``schema`` is the version's whole OpenAPI document."""
    schemas = _object(_object(schema, "components"), "schemas")
    inputs = _object(schemas, "Input")
    properties = {key: _resolved(value, schemas) for key, value in _object(inputs, "properties").items()}
    count = next((one for one in COUNTS if one in properties), None)
    required = set(inputs.get("required") or ())
    specs = [
        spec
        for key, rule in properties.items()
        if key != count and (spec := _spec(key, rule, is_required=key in required)) is not None
    ]
    pictures = [spec.name for spec in specs if spec.type is ParameterType.IMAGE]
    needs_picture = any(spec.required and spec.type is ParameterType.IMAGE for spec in specs)
    return CatalogueModel(
        path,
        name,
        None,
        Modality.IMAGE_TO_IMAGE if needs_picture else Modality.TEXT_TO_IMAGE,
        ParameterSpecSet.of(specs),
        version=None if is_official else version,
        capabilities={
            "images_per_call": int(properties[count].get("maximum", 4)) if count else 1,
            "accepts_negative_prompt": "negative_prompt" in properties,
            "modalities": ["text-to-image", "image-to-image"] if pictures and not needs_picture else [],
        },
        definition={
            **({"seed": seed} if (seed := next((one for one in SEEDS if one in properties), None)) else {}),
            **({"images": count} if count else {}),
        },
    )


def _spec(name: str, rule: Mapping[str, Any], *, is_required: bool) -> ParameterSpec | None:
    kind = _type_of(name, rule)
    if kind is None:
        return None  # lists and objects: nothing the form could ask for
    is_words = kind is ParameterType.TEXT
    return ParameterSpec(
        name,
        kind,
        str(rule.get("title") or name.replace("_", " ").capitalize()),
        required=is_required,
        default=None if kind in {ParameterType.IMAGE, ParameterType.SEED} else rule.get("default"),
        hint=str(rule.get("description") or ""),
        minimum=rule.get("minimum"),
        maximum=rule.get("maximum"),
        step=1 if kind is ParameterType.INTEGER else None,
        max_length=rule.get("maxLength"),
        choices=tuple(rule.get("enum") or ()),
        interpolation=Interpolation.TOKENS
        if is_words
        else (Interpolation.NONE if kind is ParameterType.IMAGE else Interpolation.LIST),
        aliases=ALIASES.get(name, ()),
        advanced=name not in SIMPLE and not is_required,
        order=int(rule.get("x-order", 100)),
    )


def _type_of(name: str, rule: Mapping[str, Any]) -> ParameterType | None:
    if rule.get("enum"):
        return ParameterType.ENUM
    kind = rule.get("type")
    if name in SEEDS and kind == "integer":
        return ParameterType.SEED
    if kind == "string" and rule.get("format") == "uri":
        return ParameterType.IMAGE if name in PICTURES or "image" in name else ParameterType.STRING
    if kind == "string" and name in {"prompt", "negative_prompt"}:
        return ParameterType.TEXT
    return TYPES.get(str(kind))


def _resolved(rule: Any, schemas: Mapping[str, Any]) -> dict[str, Any]:
    """A property with what it refers to filled in: enumerations lie beside the inputs."""
    found = dict(rule) if isinstance(rule, Mapping) else {}
    for part in found.get("allOf") or ():
        name = str(part.get("$ref", "")).rpartition("/")[2] if isinstance(part, Mapping) else ""
        found = {**_object(schemas, name), **found}
    return found


def _object(holder: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = holder.get(name)
    return dict(found) if isinstance(found, Mapping) else {}
