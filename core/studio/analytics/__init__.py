"""What is to be learned from what was made: which choices earn good ratings, and how providers do."""
