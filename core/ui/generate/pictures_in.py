"""Pictures that go into an order: one of the gallery for each place the model has."""

from collections.abc import Sequence

import streamlit as st

from core.identity.sessions import SignedIn
from core.runtime import Runtime
from core.studio.orders.inputs import InputChoice, input_choices
from core.studio.parameters import ParameterSpec, ParameterSpecSet, ParameterType
from core.ui.generate.draft import Draft
from core.ui.pictures import Picture, show_picture
from core.ui.words import shortened


def ask_pictures(runtime: Runtime, user: SignedIn, draft: Draft, specs: ParameterSpecSet) -> None:
    """One field for each picture the model takes, those that are needed open, the others folded away."""
    places = [spec for spec in specs if spec.type is ParameterType.IMAGE]
    if not places:
        return
    with runtime.database.read() as session:
        choices = input_choices(session, user.actor, also=list(draft.inputs.values()))
    needed = [spec for spec in places if spec.required or draft.inputs.get(spec.name)]
    others = [spec for spec in places if spec not in needed]
    for spec in needed:
        _ask(draft, spec, choices)
    if others:
        with st.expander("Start from a picture", icon=":material/add_photo_alternate:"):
            if not choices:
                st.caption("There are no pictures in your gallery yet.")
            for spec in others:
                _ask(draft, spec, choices)


def _ask(draft: Draft, spec: ParameterSpec, choices: Sequence[InputChoice]) -> None:
    by_id = {one.id: one for one in choices}
    current = draft.inputs.get(spec.name)
    ids = list(by_id)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            spec.label or spec.name, ids, index=ids.index(current) if current in by_id else None,
            format_func=lambda one: shortened(by_id[one].label, 80), placeholder="none", help=spec.hint or None,
            key=f"generate-in-{spec.name}-{draft.version}",
        )  # fmt: skip
        if chosen:
            show_picture(Picture(by_id[chosen].blob_id, "The picture that goes in"), size=150, width=96)
    if chosen:
        draft.inputs[spec.name] = chosen
    else:
        draft.inputs.pop(spec.name, None)
