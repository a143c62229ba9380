"""Texts and tag lists to use again, with variables that are filled in."""
