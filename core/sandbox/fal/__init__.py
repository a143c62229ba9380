"""A stand-in for fal: the queue at its root, the other hosts below ``/-/``."""
