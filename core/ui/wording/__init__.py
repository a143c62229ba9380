"""The Lookups & templates screen, in parts."""
