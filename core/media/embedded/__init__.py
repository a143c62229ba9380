"""What a picture says about its making: prompt, seed, model and settings, left in it by the program that made it."""

from core.media.embedded.metadata import RAW_TOTAL_LIMIT, RAW_VALUE_LIMIT, EmbeddedMetadata
from core.media.embedded.reading import from_texts, read_embedded

__all__ = ["RAW_TOTAL_LIMIT", "RAW_VALUE_LIMIT", "EmbeddedMetadata", "from_texts", "read_embedded"]
