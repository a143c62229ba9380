"""The painters: one style in each file."""
