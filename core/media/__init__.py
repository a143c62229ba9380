"""Pictures and films as bytes: what they are, how they look small, where they are kept."""
