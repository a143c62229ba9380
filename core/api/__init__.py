"""The HTTP API for programs: one file per subject, each endpoint a door to one service."""
