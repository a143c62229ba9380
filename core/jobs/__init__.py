"""What the sidecar runs: ticks, claims, dispatch."""
