"""ComfyUI, on a person's own hardware."""
