"""Text in lower case, for all of Unicode on both engines."""

from typing import Any

from sqlalchemy import ColumnElement, String, collate, func
from sqlalchemy.orm import Session


def folded(session: Session, column: Any) -> ColumnElement[str]:
    """The text of a column in lower case, to compare with text that ``str.lower`` made."""
    if session.get_bind().dialect.name == "postgresql":
        # The database's own collation may be C, which knows 26 letters.
        return func.lower(collate(column, "und-x-icu"), type_=String)
    return func.unicode_lower(column, type_=String)
