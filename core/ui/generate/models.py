"""Choosing the model: those that are on offer, with what one picture costs."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from core.runtime import Runtime
from core.studio.catalogue.offers import Offer
from core.studio.catalogue.terms import terms_of
from core.studio.parameters import ParameterType
from core.ui.generate.draft import DROPPED, Draft
from core.ui.generate.quoting import price_of
from core.ui.money import about
from core.ui.terms import hint, remark


def choose_model(runtime: Runtime, draft: Draft, offers: Sequence[Offer], *, now: datetime) -> Offer:
    """The model picker; what was typed for another model stays as far as the new one takes it."""
    by_key = {offer.key: offer for offer in offers}
    current = by_key.get((draft.provider_id or "", draft.model_id or ""))
    if current is None:
        current = offers[0]
        if draft.model_id is not None:
            gone = f"“{draft.model_id}” is not on offer at present; “{current.model.name}” is chosen instead."
            dropped = draft.use_model(*current.key, current.specs, current.specs)
            st.session_state[DROPPED] = [gone, *dropped]
        draft.provider_id, draft.model_id = current.key
    keys = list(by_key)
    chosen = st.selectbox(
        "Model", keys, index=keys.index(current.key), format_func=lambda key: by_key[key].label,
        key=f"generate-model-{draft.version}", help="Type to search. Set up more under Providers & models.",
    )  # fmt: skip
    if chosen != current.key:
        st.session_state[DROPPED] = draft.use_model(*chosen, current.specs, by_key[chosen].specs)
        st.rerun()
    _place_input(draft, current)
    if dropped := draft.tidy(current.specs):
        st.session_state[DROPPED] = dropped
    what = str(current.model.capabilities.get("about") or current.model.modality.value)
    terms = terms_of(current.model)
    parts = [what.rstrip("."), about(price_of(runtime, current, now=now), "a picture"), remark(terms)]
    st.caption(" · ".join(part for part in parts if part), help=hint(terms))
    return current


def _place_input(draft: Draft, offer: Offer) -> None:
    """A picture that came by the address goes to the first place the model has for one."""
    if "" not in draft.inputs:
        return
    product_id = draft.inputs.pop("")
    place = next((spec for spec in offer.specs if spec.type is ParameterType.IMAGE), None)
    if place is None:
        st.warning("This model takes no picture. Choose one that works on pictures, then use the picture again.")
        return
    draft.inputs[place.name] = product_id
