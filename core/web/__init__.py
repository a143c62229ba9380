"""The web process: Streamlit's screens, and beside them the few routes that a script cannot be."""
