"""Wording: lookups and saved templates that prompts are written with."""
