"""Sizes of files in a person's words."""

_UNITS = ("B", "kB", "MB", "GB", "TB")


def size(number: int) -> str:
    """``812 B``, ``4.2 MB``, ``17 GB``: thousands of bytes, as disks are sold by."""
    amount = float(number)
    for unit in _UNITS:
        if amount < 1000 or unit == _UNITS[-1]:
            break
        amount /= 1000
    return f"{amount:.1f} {unit}" if 0 < amount < 10 and unit != "B" else f"{amount:,.0f} {unit}"
