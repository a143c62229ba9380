"""The colours of the theme in use, for what Streamlit does not colour by itself."""

import streamlit as st


def is_dark() -> bool:
    """Whether the browser shows the dark theme."""
    return st.context.theme.type == "dark"


def chart_colours() -> list[str]:
    """The categorical chart colours, in their order."""
    light: list[str] = st.get_option("theme.chartCategoricalColors") or []
    dark: list[str] = st.get_option("theme.dark.chartCategoricalColors") or []
    return dark if is_dark() and dark else light


def colour(name: str) -> str:
    """A colour by its name in ``config.toml``, as ``redTextColor``; ``currentColor`` when the theme has none."""
    theme = "dark" if is_dark() else "light"
    found: str | None = st.get_option(f"theme.{theme}.{name}")
    return found or "currentColor"
