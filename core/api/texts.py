"""Texts that programs send, as they may be stored."""

from typing import Annotated

from pydantic import AfterValidator


def storable(text: str) -> str:
    """The text without NULs; JSON can spell half characters, which no database takes."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("This holds half a character.") from error
    return text.replace("\0", "")


def one_line(text: str) -> str:
    """As ``storable``, with blanks and line ends as single blanks."""
    return " ".join(storable(text).split())


Text = Annotated[str, AfterValidator(storable)]
Line = Annotated[str, AfterValidator(one_line)]
