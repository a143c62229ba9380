"""What fills a template: a post of the person, and answers to its variables."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.publishing.listing import Order, list_deviations
from core.publishing.post_values import BUILT_IN
from core.publishing.templates.applying import Rendered
from core.publishing.templates.variables import TemplateVariable
from core.runtime import get_runtime
from core.ui.words import listed, plain, shortened

_EXAMPLE = ""
_OFFERED = 100


def post_field(user: SignedIn, key: str, *, label: str = "Shown with") -> str | None:
    """One of the person's latest posts, or an example."""
    with get_runtime().database.read() as session:
        page = list_deviations(session, user.actor, order=Order.CHANGED, page_size=_OFFERED, now=utc_now())
    names = {row.id: shortened(row.title, 60) for row in page.rows}
    if not names:
        return None
    chosen = st.selectbox(
        label, [*names, _EXAMPLE], format_func=lambda one: names.get(one, "An invented example"), key=f"{key}-post"
    )
    return chosen or None


def answer_fields(key: str, variables: Sequence[TemplateVariable]) -> dict[str, str]:
    """Asks for each declared variable once."""
    return {
        one.name: st.text_input(one.question, value=one.default, key=f"{key}-answer-{one.name}") or ""
        for one in variables
    }


def show_rendered(rendered: Rendered) -> None:
    """The text as it comes out, and what of it the post has nothing for."""
    with st.container(border=True, key=None, gap="xsmall"):
        st.text(rendered.text or "…")
    show_empty_names(rendered.empty)


def show_empty_names(empty: Sequence[str]) -> None:
    """Say which variables stay empty for this post."""
    if empty:
        names = listed([f"{{{name}}}" for name in empty])
        st.caption(f":orange[{plain(names)} {'is' if len(empty) == 1 else 'are'} empty for this post.]")


def variables_help(built_in: Mapping[str, str] = BUILT_IN) -> str:
    """What can stand in braces, as markdown."""
    lines = "\n".join(f"- `{{{name}}}` {meaning}" for name, meaning in built_in.items())
    return f"Filled from each post:\n{lines}\n\nA brace that is meant as one is written twice: `{{{{`."
