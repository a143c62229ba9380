"""Working on the colours of a picture that may be see-through in places."""

from collections.abc import Callable

import pyvips


def on_colours(image: pyvips.Image, change: Callable[[pyvips.Image], pyvips.Image]) -> pyvips.Image:
    """``change`` made to the colours alone; what was see-through stays so."""
    if not image.hasalpha():
        return change(image)
    colours = image.extract_band(0, n=image.bands - 1)
    changed: pyvips.Image = change(colours).bandjoin(image.extract_band(image.bands - 1))
    return changed
