"""Pictures and films: what they are, how they look small, what they say about their making."""
