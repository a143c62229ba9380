"""The lineage of a picture, drawn as a chain of columns: from what went in to what it was sold for."""

from html import escape

import streamlit as st

from core.publishing.from_products.lineage import Lineage, Step, StepKind
from core.ui.money import plain_dollars
from core.ui.page import blob_url
from core.ui.words import shortened

_TITLE = 60


def show_way(found: Lineage) -> None:
    """Draw it; every step with a screen of its own is a link there."""
    columns = "".join(_column(heading, steps, _more(found, heading)) for heading, steps in found.columns)
    st.html(f'<ol class="atl-way" aria-label="Where it comes from and what became of it">{columns}</ol>')


def _column(heading: str, steps: tuple[Step, ...], more: int) -> str:
    rest = f"<li>and {more:,} more</li>" if more else ""
    return f"<li><section><h3>{escape(heading)}</h3><ul>{''.join(map(_step, steps))}{rest}</ul></section></li>"


def _step(step: Step) -> str:
    picture = f'<img loading="lazy" alt="" src="{blob_url(step.blob_id, 150)}">' if step.blob_id else ""
    title = escape(shortened(step.title, _TITLE))
    if step.kind is StepKind.PRODUCT:
        named = f'<span class="here" aria-current="true">{title}</span>'
    elif step.address:
        # A plain link: the browser goes there as to any page of the house.
        named = f'<a href="/{escape(step.address, quote=True)}" target="_self">{title}</a>'
    else:
        named = f"<span>{title}</span>"
    notes = [step.state or "", f"${plain_dollars(step.cost)}" if step.cost else ""]
    told = " · ".join(escape(note) for note in notes if note)
    return f"<li>{picture}<span>{named}{f'<small>{told}</small>' if told else ''}</span></li>"


def _more(found: Lineage, heading: str) -> int:
    return {"Used for": found.more_uses, "Posts": found.more_posts}.get(heading, 0)
