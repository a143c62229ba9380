"""The screen of API keys, in parts: making one, showing it once, the list, the export."""
