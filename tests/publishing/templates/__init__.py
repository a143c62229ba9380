"""Templates: kept, rendered, applied, taken back."""
