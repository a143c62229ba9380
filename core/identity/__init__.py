"""People and the identities they link."""
