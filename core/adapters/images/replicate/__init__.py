"""Replicate's HTTP API, version 1 (https://replicate.com/docs/reference/http)."""

from core.adapters.images.replicate.adapter import ReplicateImages

__all__ = ["ReplicateImages"]
