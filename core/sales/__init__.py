"""Selling what is out: price presets, and the queue of pieces to be priced."""
