"""The screen “Making of”, in parts: what earns good ratings, how providers do, what was logged."""
