"""Changes of gallery folders, with the sandbox at the other end of a real connection."""
