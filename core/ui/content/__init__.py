"""The parts of the Content and Review screens; each keeps its own state."""
