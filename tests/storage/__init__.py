"""The object store: one contract, held by every adapter."""
