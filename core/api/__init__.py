"""HTTP endpoints for key holders, one file per context."""
