"""What a work for sale is shown with, so that nobody takes the original for free."""

from collections.abc import Mapping
from typing import Any

SELLING_SIZE = 8  # 1920 pixels, DeviantArt's largest below the original


def forced_protection(values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` with a watermark, at most 1920 pixels (a smaller size stays), and no free download."""
    return dict(values) | {
        "add_watermark": True,
        "display_resolution": values.get("display_resolution") or SELLING_SIZE,
        "allow_free_download": False,
    }
