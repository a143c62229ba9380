"""Rules that fill the coming weeks from a pool of drafts, and say beforehand what they will do."""
