"""Parts of the Statistics screen, and the curve of one work."""
