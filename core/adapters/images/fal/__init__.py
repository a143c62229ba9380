"""fal's queue (https://fal.ai/docs, read in 2026), its storage, its keys for webhooks and its list of requests."""

from core.adapters.images.fal.adapter import FalImages

__all__ = ["FalImages"]
