"""Components shared by pages: the only Streamlit imports in core."""
