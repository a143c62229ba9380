"""A stand-in for Civitai's orchestration."""
