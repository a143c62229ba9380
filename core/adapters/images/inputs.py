"""Pictures that go into a call, read up to a size, and refusals before anything is sent."""

from collections.abc import Sequence

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
