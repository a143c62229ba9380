"""Pictures painted by rule, without network, key or model weights."""

from core.adapters.images.local.provider import LocalProvider

__all__ = ["LocalProvider"]
