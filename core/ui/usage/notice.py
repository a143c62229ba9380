"""What was last done on the Usage & costs screen."""

from core.ui.said import Said

SAID = Said("usage")
