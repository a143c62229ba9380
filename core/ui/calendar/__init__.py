"""The parts of the Calendar screen; each keeps its own state."""
