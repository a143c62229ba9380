"""Civitai's orchestration, version 2 (https://developer.civitai.com/orchestration, read in 2026)."""

from core.adapters.images.civitai.adapter import CivitaiImages

__all__ = ["CivitaiImages"]
