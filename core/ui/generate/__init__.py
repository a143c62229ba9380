"""The order form, in parts: what is typed, what it would become, what is being made."""
