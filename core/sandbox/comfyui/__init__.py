"""A stand-in for a ComfyUI server."""
