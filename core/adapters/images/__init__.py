"""Providers of pictures, each speaking its own protocol behind ``core.studio.providers.ImageProvider``."""
