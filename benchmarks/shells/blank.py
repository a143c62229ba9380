"""The least a Streamlit page can be: one heading."""

import streamlit as st

st.title("Blank", anchor=False)
