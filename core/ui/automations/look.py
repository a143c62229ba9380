"""What the theme has no word for on the Automations screen."""

from html import escape

import streamlit as st
from streamlit.material_icon_names import ALL_MATERIAL_ICONS

from core.ui import palette
from core.ui.content import thumbs

FALLBACK_ICON = "autorenew"
ICONS = (
    "autorenew", "schedule", "update", "nights_stay", "wb_sunny", "grain", "bolt", "star", "favorite", "diamond",
    "palette", "brush", "photo_camera", "auto_awesome", "eco", "pets", "water_drop", "local_fire_department",
    "rocket_launch", "sell", "public", "calendar_month", "tune",
)  # fmt: skip

_CSS = """
[class*="st-key-automations-done"] { background: color-mix(in srgb, #4c7a5f 8%, transparent); }
[class*="st-key-automations-unsaved"] { background: color-mix(in srgb, #c9853b 9%, transparent); }
[class*="st-key-automation-card-"] { gap: .45rem; }
[class*="st-key-open-aut_"] button { padding: 0; min-height: 0; text-align: left; justify-content: start; }
[class*="st-key-open-aut_"] button p { text-align: left; }
[class*="st-key-planned-under-"] { padding-bottom: .5rem; }
[class*="st-key-open-aut_"] button p { font-size: 1.06rem; font-weight: 600; }
.atl-tile { display: inline-grid; place-items: center; width: 34px; height: 34px; border-radius: 9px; color: #fff;
  font-family: "Material Symbols Rounded"; font-size: 20px; font-weight: 400; line-height: 1; overflow: hidden;
  user-select: none; }
.atl-facts { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .3rem 1.2rem; font-size: .92rem; }
.atl-facts small { display: block; opacity: .72; font-size: .8rem; }
.atl-facts span { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.atl-covers { display: flex; gap: 6px; flex-wrap: wrap; }
.atl-covers img, .atl-covers i { width: 56px; height: 56px; object-fit: cover; border-radius: 8px; display: block; }
.atl-covers i, .atl-post i { background: color-mix(in srgb, currentColor 8%, transparent); }
.atl-post { display: grid; grid-template-columns: 44px minmax(0, 1fr); gap: .1rem .7rem; align-items: center;
  padding: .45rem 0; border-top: 1px solid color-mix(in srgb, currentColor 10%, transparent); font-size: .9rem; }
.atl-post:first-child { border-top: 0; }
.atl-post img, .atl-post i { width: 44px; height: 44px; object-fit: cover; border-radius: 7px; display: block; }
.atl-post b { font-weight: 600; font-variant-numeric: tabular-nums; }
.atl-post p { margin: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.atl-post small { font-size: .8rem; display: block; white-space: normal; }
.atl-run { display: flex; flex-wrap: wrap; gap: .1rem .8rem; align-items: baseline; font-size: .92rem;
  padding: .55rem 0; border-top: 1px solid color-mix(in srgb, currentColor 10%, transparent); }
.atl-run b { font-weight: 600; font-variant-numeric: tabular-nums; }
.atl-run p { flex-basis: 100%; margin: .1rem 0 0; font-size: .86rem; opacity: .85; overflow-wrap: anywhere; }
[class*="st-key-planned-alone-"] { padding: .5rem 0;
  border-top: 1px solid color-mix(in srgb, currentColor 10%, transparent); }
[class*="st-key-planned-"] [data-testid="stPageLink-NavLink"] { padding-left: 0; }
@media (max-width: 640px) {
  [class*="st-key-planned-"] [data-testid="stHorizontalBlock"] { display: grid;
    grid-template-columns: 64px minmax(0, 1fr); gap: .1rem .6rem; }
  [class*="st-key-planned-"] [data-testid="stColumn"] { width: auto; min-width: 0; }
  [class*="st-key-planned-"] [data-testid="stColumn"]:last-child { grid-column: 2; }
}
.atl-week { display: grid; grid-template-columns: 2.6rem 1fr; gap: .3rem .6rem; align-items: center;
  font-size: .85rem; }
.atl-week div { position: relative; height: 14px; border-radius: 5px; overflow: hidden;
  background: color-mix(in srgb, currentColor 8%, transparent); }
.atl-week div i { position: absolute; top: 0; bottom: 0; background: var(--atl-band); }
.atl-week p { display: flex; justify-content: space-between; margin: 0; opacity: .7; font-size: .75rem; }
.st-key-automation-head [data-testid="stHeading"] h1 { padding: 0; }
.st-key-automation-head [data-testid="stMarkdownContainer"]:has(h1) { margin-bottom: 0; }
.st-key-starters { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); }
.st-key-starters > div { width: auto; }
.st-key-automation-parts { border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); gap: 0 1.2rem; }
[class*="st-key-part-"] button { padding: .35rem .1rem .55rem; border-radius: 0; }
[class*="st-key-part-here"] { box-shadow: inset 0 -2px 0 currentColor; }
[class*="st-key-part-here"] button p { font-weight: 600; }
@media (max-width: 640px) {
  .atl-facts { grid-template-columns: 1fr; }
  .st-key-automation-head h1 { font-size: 1.45rem; }
}
"""


def apply() -> None:
    """Add the styles; once per run of the screen."""
    st.html(f"<style>{_CSS}{thumbs.STYLES}</style>")


def icon_of(name: str | None) -> str:
    """A Material icon that exists: what is stored may have been set by a program."""
    return name if name in ALL_MATERIAL_ICONS else FALLBACK_ICON


def tile(icon: str | None, color: str) -> str:
    """The automation's sign: its icon on its colour."""
    return f'<span class="atl-tile" aria-hidden="true" style="background: {escape(color)}">{icon_of(icon)}</span>'


def coloured(text: str, name: str) -> str:
    """``text`` as HTML in a colour of the theme, such as ``redTextColor``."""
    return f'<span style="color: {palette.colour(name)}">{escape(text)}</span>'
