"""Taking over an existing gallery."""
