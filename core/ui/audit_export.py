"""The audit trail as a CSV file."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

# What a spreadsheet would run as a formula (OWASP, CSV Injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def trail_csv(columns: Sequence[str], rows: Iterable[Sequence[str]], filters: Mapping[str, str]) -> bytes:
    """The file in UTF-8; its first line names the filters, since a file is often read much later.

    Text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    stated = "; ".join(f"{name}: {value}" for name, value in filters.items()) or "none"
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([f"# Atelier audit trail. Filters: {stated}"])
    writer.writerow(columns)
    writer.writerows([_harmless(value) for value in row] for row in rows)
    # The mark at the start lets spreadsheets see that this is UTF-8.
    return file.getvalue().encode("utf-8-sig")


def _harmless(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
