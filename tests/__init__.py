"""The proof that Atelier does what it says; start reading at ``conftest.py``."""
