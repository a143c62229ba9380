"""Tables that leave the house as CSV files."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence

import streamlit as st

from core.publishing.csv_cells import cell


def csv_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file in UTF-8. The first row says which filters were used, so that a file can be understood later.

    Text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers.
    """
    file = io.StringIO(newline="")
    csv.writer(file).writerows([cell(one) if isinstance(one, str) else one for one in row] for row in rows)
    # The mark at the start lets spreadsheets see that this is UTF-8.
    return file.getvalue().encode("utf-8-sig")


def csv_button(make: Callable[[], bytes], name: str, *, key: str, label: str = "CSV") -> None:
    """A button that makes the file when it is pressed, not before; ``name`` is without its ending."""
    st.download_button(
        label,
        make,
        file_name=f"{name}.csv",
        mime="text/csv",
        key=key,
        help="Everything that matches, with the filters named in the first line.",
        icon=":material/download:",
        on_click="ignore",
    )
