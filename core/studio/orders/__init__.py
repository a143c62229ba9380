"""Orders: what was asked of a model, item by item, and how each call ended."""
