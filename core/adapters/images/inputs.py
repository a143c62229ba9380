"""What goes into a call: pictures read up to a size, numbers that came as text; refusals before anything is sent."""

from collections.abc import Sequence
from typing import Any

from core.studio.providers import ErrorCategory, GenerationError, InputFile


def read_input(given: InputFile, *, max_bytes: int) -> bytes:
    """A picture that goes in; raises ``GenerationError`` when it is gone or larger than the provider takes."""
    try:
        size = given.path.stat().st_size
        if size <= max_bytes:
            return given.path.read_bytes()
    except OSError as error:
        raise GenerationError(
            "A picture that goes in could not be read. Check the storage and try again.", ErrorCategory.FILE_SYSTEM
        ) from error
    raise GenerationError(
        f"A picture that goes in has {size / 1024**2:.0f} MB; {max_bytes // 1024**2} is the most. Use a smaller one.",
        ErrorCategory.VALIDATION,
    )


def refused(message: str) -> GenerationError:
    """A request that cannot be made; nothing was sent."""
    return GenerationError(message, ErrorCategory.VALIDATION)


def require_inputs(inputs: Sequence[InputFile], most: int) -> None:
    if len(inputs) > most:
        raise refused(f"At most {most} pictures can go in; there are {len(inputs)}. Take some away.")


def whole_number(name: str, value: Any) -> int:
    """A seed or a count, which may be text: seeds can be larger than databases count."""
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise refused(f"“{name}” must be a whole number. Change it and try again.") from error
