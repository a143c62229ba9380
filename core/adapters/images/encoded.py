"""Pictures inside answers: base64 and ``data:`` addresses, decoded up to a size."""

import base64
import binascii
from urllib.parse import unquote_to_bytes

from core.studio.providers import ErrorCategory, GenerationError


def decode_base64(text: str, *, max_bytes: int) -> bytes:
    """The bytes; raises ``GenerationError`` with ``BAD_RESULT`` for what is none or too long."""
    if len(text) * 3 // 4 > max_bytes + 3:
        raise too_large(max_bytes)
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _unreadable() from error
    if len(content) > max_bytes:
        raise too_large(max_bytes)
    if not content:
        raise _unreadable()
    return content


def is_data_uri(url: str) -> bool:
    return url[:5].lower() == "data:"


def decode_data_uri(uri: str, *, max_bytes: int) -> bytes:
    """The bytes of ``data:[type][;base64],…`` (RFC 2397); raises as ``decode_base64``."""
    head, comma, content = uri.partition(",")
    if not is_data_uri(uri) or not comma:
        raise _unreadable()
    if head.lower().endswith(";base64"):
        return decode_base64(unquote_to_bytes(content).decode("ascii", "replace"), max_bytes=max_bytes)
    if len(content) > max_bytes * 3:
        raise too_large(max_bytes)
    return unquote_to_bytes(content)


def too_large(max_bytes: int, *, effect_possible: bool = False) -> GenerationError:
    return GenerationError(
        f"The result has more than {max_bytes / 1024**2:g} MB. Order a smaller one, or allow larger files.",
        ErrorCategory.BAD_RESULT,
        effect_possible=effect_possible,
    )


def _unreadable() -> GenerationError:
    return GenerationError("The result came in a form that cannot be read. Order it again.", ErrorCategory.BAD_RESULT)
