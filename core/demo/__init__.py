"""The demo studio: pictures made on the spot, so that everything can be tried without an account."""

from core.demo.studio import furnish

__all__ = ["furnish"]
