"""The parts of the Notes screen."""
