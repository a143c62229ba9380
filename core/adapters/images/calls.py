"""What adapters of providers with queues have in common."""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from core.adapters.images.reading import json_of
from core.adapters.images.refusals import Dialect
from core.studio.providers import Connection, ErrorCategory, GenerationError, GenerationRequest

_PERCENT = re.compile(r"(\d{1,3})%\|")
LARGEST_SEED = 2**31 - 1  # every model that takes a seed takes these


def base_of(connection: Connection, root: str, suffix: str = "") -> str:
    """Where to call: the connection's own address or ``root``, with ``suffix`` once at its end."""
    url = (connection.base_url or root).strip().rstrip("/")
    return f"{url.removesuffix(suffix).rstrip('/')}{suffix}"


def key_of(connection: Connection, dialect: Dialect) -> str:
    """The connection's key; raises when there is none, before anything is sent."""
    key = (connection.api_key or "").strip()
    if not key:
        raise GenerationError(
            f"{dialect.name} needs a key. Give one under Providers & models.", ErrorCategory.AUTHENTICATION
        )
    return key


def field_of(body: bytes, name: str) -> str | None:
    """A text in the object that a webhook brought; ``None`` when there is no such thing."""
    found = json_of(body)
    return text_of(found.get(name)) if isinstance(found, dict) else None


def named_models(settings: Mapping[str, Any]) -> list[str]:
    """The models a person named in a connection's settings: a list, or text with commas or lines."""
    named = settings.get("models") or ()
    parts = named.replace("\n", ",").split(",") if isinstance(named, str) else [str(one) for one in named]
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def marker_of(key: str) -> int:
    """A seed that names the call: where nobody chose one, it lets a call be told from others with the same words."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) & LARGEST_SEED


def arguments_of(request: GenerationRequest, dialect: Dialect) -> dict[str, Any]:
    """The parameters as they are sent: without empty ones, with the number of pictures and a seed.

    ``definition["seed"]`` and ``definition["images"]`` are what the model calls these two; raises with ``VALIDATION``
    when several pictures are asked of a model that makes one.
    """
    given = {name: value for name, value in request.parameters.items() if value is not None and value != ""}
    definition = request.model.definition
    seed, images = definition.get("seed"), definition.get("images")
    if images:
        given[images] = request.images
    elif request.images > 1:
        raise GenerationError(
            "This model makes one picture a call. Order more calls of one picture each.", ErrorCategory.VALIDATION
        )
    if seed:
        chosen = given.get(seed)
        given[seed] = marker_of(request.key) if chosen is None else whole(chosen, dialect)
    return given


def whole(value: Any, dialect: Dialect) -> int:
    """A seed kept as text, as a number."""
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise dialect.error(ErrorCategory.VALIDATION, "the seed is not a whole number.") from error


def is_same(sent: Mapping[str, Any], listed: object, *, but: Collection[str] = ()) -> bool:
    """Whether a listed call was begun with these arguments; those in ``but`` differ by nature (uploaded files)."""
    if not isinstance(listed, Mapping):
        return False
    return all(name in but or listed.get(name) == value for name, value in sent.items())


def links_in(value: Any) -> Iterator[str]:
    """Every address in an output, which may be one, a list or an object of them."""
    if isinstance(value, str):
        if value.startswith(("http://", "https://", "data:")):
            yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from links_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from links_in(one)


def progress_in(logs: str) -> float | None:
    """From 0 to 1: the last progress bar in what a model printed."""
    found = _PERCENT.findall(logs[-4000:])
    return min(int(found[-1]), 100) / 100 if found else None


def decimal_of(value: Any) -> Decimal | None:
    """A number of an answer; ``None`` for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def text_of(value: Any) -> str | None:
    """A text of an answer; ``None`` for anything else and for nothing."""
    return value if isinstance(value, str) and value else None


def rows_of(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a list of an answer; none in anything else."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers by their names in lower case."""
    return {name.lower(): value for name, value in headers.items()}


def forged(dialect: Dialect) -> GenerationError:
    """A webhook that cannot be believed."""
    return GenerationError(
        f"This webhook does not come from {dialect.name}, or is too old.", ErrorCategory.AUTHENTICATION
    )
