"""DeviantArt over HTTP."""
