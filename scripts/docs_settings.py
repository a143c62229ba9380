"""``docs/reference/settings.md``, from the fields of ``core.settings.Settings``."""

from types import NoneType
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from core.settings import PREFIX, SECRET_NAMES, Settings

HEAD = f"""# Settings

Every process reads its settings once, from the environment, when it starts. All names begin with `{PREFIX}`. A value
that cannot be used ends the process with a line that names it.

A secret may be given as a file instead: put `_FILE` behind its name and the path of the file as the value. This works
for {", ".join(f"`{PREFIX}{name}`" for name in sorted(SECRET_NAMES) if name.lower() in Settings.model_fields)}.

What an administrator changes while Atelier runs stands on the screen Admin › Settings, not here. Credentials of S3 are
looked for by boto3 in its own places (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, shared files, instance role).
"""

GROUPS: dict[str, tuple[str, ...]] = {
    "Where things are kept": (
        "data_dir",
        "shared_data_dir",
        "database_url",
        "storage_url",
        "s3_endpoint_url",
        "s3_public_endpoint_url",
        "secret_key",
    ),
    "The dashboard": ("host", "port", "public_url", "trusted_proxies", "session_idle_days"),
    "The HTTP API": ("api_port", "api_requests_per_minute"),
    "DeviantArt and the sandbox": (
        "deviantart_url",
        "deviantart_client_id",
        "deviantart_client_secret",
        "contact",
        "sandbox_url",
        "sandbox_port",
    ),
    "Providers of pictures": (
        "replicate_url",
        "fal_url",
        "civitai_url",
        "comfyui_url",
        "openai_url",
        "gemini_url",
    ),
    "Unattended work": (
        "scheduler_port",
        "workers",
        "generation_calls",
        "dispatch",
        "lease_seconds",
        "tick_seconds",
        "call_gap_seconds",
        "longest_call_gap_seconds",
        "provider_timeout_seconds",
        "provider_webhooks",
        "unknown_wait_seconds",
    ),
    "Notifications": ("smtp_url", "mail_from", "webhooks_to_private_networks"),
    "Limits and keeping": (
        "max_file_mb",
        "max_files_per_deviation",
        "max_megapixels",
        "trash_days",
        "log_days",
        "generation_log_days",
    ),
    "Logs": ("log_format", "log_level"),
}


def render() -> str:
    """The page; raises ``LookupError`` for a setting that no group names, or that says nothing about itself."""
    fields = Settings.model_fields
    grouped = {name for names in GROUPS.values() for name in names}
    if grouped != set(fields):
        raise LookupError(f"GROUPS in scripts/docs_settings.py must name each setting once: {grouped ^ set(fields)}")
    parts = [HEAD]
    for heading, names in GROUPS.items():
        rows = [_row(name, fields[name]) for name in names]
        parts.append(
            "\n".join([f"## {heading}\n", "| Name | Values | Default | Meaning |", "|---|---|---|---|", *rows])
        )
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _row(name: str, field: FieldInfo) -> str:
    if not field.description:
        raise LookupError(f"The setting {name} has no description in core/settings.py.")
    return f"| `{PREFIX}{name.upper()}` | {_values(field)} | {_default(field)} | {field.description} |"


def _values(field: FieldInfo) -> str:
    kinds = [kind for kind in get_args(field.annotation) or (field.annotation,) if kind is not NoneType]
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{value}`" for value in kinds)
    names = {"SecretStr": "secret", "str": "text", "Path": "folder", "int": "whole number", "float": "number"}
    return ", ".join([names[kinds[0].__name__], *_bounds(field)])


def _bounds(field: FieldInfo) -> list[str]:
    words: list[str] = []
    for rule in field.metadata:
        match rule:
            case Ge(ge=lowest):
                words.append(f"from {lowest}")
            case Gt(gt=lowest):
                words.append(f"above {lowest}")
            case Le(le=highest):
                words.append(f"to {highest}")
    return [" ".join(words)] if words else []


def _default(field: FieldInfo) -> str:
    value: Any = field.default
    if value is PydanticUndefined:
        return "required"
    return f"`{value}`" if value not in (None, "") else "none"
