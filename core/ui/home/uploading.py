"""The way from Home to the upload panel of Content, already open."""

import streamlit as st

from core.ui.content.upload import is_upload_open, toggle_upload
from core.ui.links import go_to


def show_upload_button(key: str) -> None:
    """A button that leads to Content, ready for files."""
    if st.button("Upload pictures", key=key, type="primary", icon=":material/upload:"):
        if not is_upload_open():
            toggle_upload()
        go_to("content")
