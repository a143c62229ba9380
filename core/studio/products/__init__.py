"""Products: the pictures that came of it, to be culled, compared and sent on."""
