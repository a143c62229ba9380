"""One provider per file or folder, each behind a small protocol of a context."""
