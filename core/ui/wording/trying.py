"""What a lookup becomes: the lookups in it, the values it ends in, and a line to try it with."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.errors import AtelierError
from core.studio.wording.nesting import Branch, has_nested, resolved, tree, try_line
from core.ui.words import count, listed, plain, shortened

VALUES_SHOWN = 60
LINES_SHOWN = 120
Words = Mapping[str, Sequence[str]]


def show_resolved(words: Words, key: str) -> None:
    """The tree of a lookup, and the list at its end."""
    with st.container(border=True, gap="xsmall"):
        found = resolved(words, key)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**\\[{plain(key)}\\]** gives {count(len(found.values), 'value')}", width="stretch")
            if st.button("", icon=":material/close:", type="tertiary", key="lookup-close", help="Put this away"):
                st.query_params.pop("lookup", None)
                st.rerun()
        if found.cycles:
            names = listed([f"“{plain(one)}”" for one in found.cycles])
            st.warning(f"It comes back to itself at {names} and stops there. Take that name out of one of the lists.",
                       icon=":material/sync_problem:")  # fmt: skip
        if found.is_cut:
            st.warning("It has more values than a lookup can give; the rest is left out.")
        branch = tree(words, key)
        if has_nested(branch):
            st.markdown("\n".join(_lines(branch, 0)[:LINES_SHOWN]))
        st.caption(plain(shortened(", ".join(found.values[:VALUES_SHOWN]), 1200)) or "Nothing.")
        if len(found.values) > VALUES_SHOWN:
            st.caption(f"… and {len(found.values) - VALUES_SHOWN:,} more")


def _lines(branch: Branch, depth: int) -> list[str]:
    """A list in markdown: lookups on lines of their own, plain values beside each other."""
    indent = "  " * depth
    flat = [one.word for one in branch.below if not (one.is_lookup or one.is_loop or one.is_again)]
    lines = [f"{indent}- :material/data_array: {plain(branch.word)}"]
    if flat:
        lines.append(f"{indent}  - :gray[{plain(shortened(', '.join(flat), 140))}]")
    for one in branch.below:
        if one.is_loop:
            lines.append(f"{indent}  - :orange[{plain(one.word)}: comes back to itself, stops here]")
        elif one.is_again:
            lines.append(f"{indent}  - :gray[{plain(one.word)}: its values are in already]")
        elif one.is_lookup:
            lines += _lines(one, depth + 1)
    return lines


def show_line(words: Words, example: str) -> None:
    """A prompt to try, written out to its first ten items."""
    with st.container(border=True, gap="xsmall"):
        prompt = st.text_area("Try a line", example, height=80, key=f"try-{example}",
                              help="The first ten items of an order with this prompt.") or ""  # fmt: skip
        if not prompt.strip():
            return
        try:
            trial = try_line(words, prompt)
        except AtelierError as error:
            st.warning(plain(str(error)), icon=":material/edit_note:")
            return
        st.caption(f"{trial.possible} {'item' if trial.possible == '1' else 'items'} in all; the first are")
        st.markdown("\n".join(f"{place}. {plain(one) or '…'}" for place, one in enumerate(trial.prompts, start=1)))
        for warning in trial.warnings[:5]:
            st.caption(f":orange[{plain(warning.message)}]")
