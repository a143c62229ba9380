"""The providers of pictures this process can speak with."""

from core.settings import Settings
from core.studio.providers import ImageProvider, ProviderKind


def build_image_providers(settings: Settings) -> dict[ProviderKind, ImageProvider]:
    """One adapter for each protocol; which account is at the other end comes with every call."""
    return {}
