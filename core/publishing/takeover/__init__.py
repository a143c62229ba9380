"""Taking over the works an account's gallery holds already."""
