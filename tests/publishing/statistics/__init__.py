"""Statistics after publication."""
