"""What is typed, across reruns, reloads and machines."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import Runtime
from core.studio.orders import actions, drafts
from core.studio.orders.forms import OrderForm
from core.studio.parameters import ParameterSpecSet, carry_over
from core.studio.wording import templates

KEY = "generate.draft"
SAVED = "generate.saved"
DROPPED = "generate.dropped"
_HIGHEST_SEED = 1_000_000_000


@dataclass(slots=True)
class Draft:
    """The form while it is being filled in. ``values`` are raw, by the model's own names; ``version`` makes the fields
    be drawn anew when something else than the person filled them."""

    provider_id: str | None = None
    model_id: str | None = None
    prompt: str = ""
    negative_prompt: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    images_per_item: int = 1
    seed: int = 1
    project_id: str | None = None
    template_id: str | None = None
    repeats_id: str | None = None
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    version: int = 0

    def form(self, *, takes_negative: bool = True) -> OrderForm | None:
        """As it can be ordered; ``None`` without a model. A negative prompt stays here for a model that takes one."""
        if self.provider_id is None or self.model_id is None:
            return None
        values = {name: value for name, value in self.values.items() if value not in (None, "", [])}
        return OrderForm(
            self.provider_id,
            self.model_id,
            self.prompt,
            self.negative_prompt if takes_negative else "",
            values,
            {name: one for name, one in self.inputs.items() if one},
            self.images_per_item,
            self.seed,
            self.project_id,
            self.template_id,
            self.repeats_id,
            self.token,
        )

    def take(self, form: OrderForm) -> None:
        """Fill in another form: an order to repeat, or a template."""
        self.provider_id, self.model_id = form.provider_id, form.model_id
        self.prompt, self.negative_prompt = form.prompt, form.negative_prompt
        self.values, self.inputs = dict(form.parameters), dict(form.inputs)
        self.images_per_item, self.repeats_id, self.template_id = (
            form.images_per_item,
            form.repeats_id,
            form.template_id,
        )
        self.seed = form.seed or self.seed
        self.version += 1

    def use_model(self, provider_id: str, model_id: str, old: ParameterSpecSet, new: ParameterSpecSet) -> list[str]:
        """Change the model, keeping what the new one has too; sentences about what was dropped."""
        carried = carry_over(self.values, old, new)
        names = {spec.name for spec in new}
        gone = [name for name in self.inputs if name not in names]
        self.provider_id, self.model_id = provider_id, model_id
        self.values = dict(carried.kept)
        self.inputs = {name: one for name, one in self.inputs.items() if name in names}
        self.version += 1
        return [problem.message for problem in carried.dropped] + [f"The new model takes no “{name}”." for name in gone]

    def tidy(self, specs: ParameterSpecSet) -> list[str]:
        """Put values under the model's own names, where a template or a changed model has others; what was dropped."""
        names = {spec.name for spec in specs}
        if names.issuperset(self.values) and names.issuperset(self.inputs):
            return []
        return self.use_model(str(self.provider_id), str(self.model_id), specs, specs)

    def renew(self) -> None:
        """After an order was placed: the next press of the button is another order."""
        self.token, self.template_id, self.repeats_id = secrets.token_hex(16), None, None

    def kept(self) -> dict[str, Any]:
        """What is kept for next time."""
        return {
            "provider_id": self.provider_id,
            "model_id": self.model_id,
            "prompt": self.prompt,
            "negative_prompt": self.negative_prompt,
            "values": self.values,
            "inputs": self.inputs,
            "images_per_item": self.images_per_item,
            "seed": self.seed,
        }

    @classmethod
    def of_kept(cls, kept: Mapping[str, Any]) -> "Draft":
        known = {name: kept[name] for name in cls().kept() if name in kept}
        return cls(**known)


def new_seed() -> int:
    """For the choices that are left to chance."""
    return 1 + secrets.randbelow(_HIGHEST_SEED)


def current_draft(runtime: Runtime, user: SignedIn) -> Draft:
    """The form of this visit: as it was left, or what the address asks for (``order``, ``template``, ``input``)."""
    draft: Draft | None = st.session_state.get(KEY)
    if draft is None:
        with runtime.database.read() as session:
            kept = drafts.load_draft(session, user.actor)
        draft = Draft.of_kept(kept)
        if not kept:
            draft.seed = new_seed()
        st.session_state[KEY], st.session_state[SAVED] = draft, draft.kept()
    _take_address(runtime, user, draft)
    return draft


def save(runtime: Runtime, user: SignedIn, draft: Draft) -> None:
    """Keep what is typed, when it changed since."""
    if st.session_state.get(SAVED) == draft.kept():
        return
    with runtime.database.session() as session:
        drafts.save_draft(session, user.actor, draft.kept(), now=utc_now())
    st.session_state[SAVED] = draft.kept()


def _take_address(runtime: Runtime, user: SignedIn, draft: Draft) -> None:
    asked = {name: st.query_params.pop(name) for name in ("order", "template", "input") if name in st.query_params}
    if not asked:
        return
    with runtime.database.read() as session:
        if order_id := asked.get("order"):
            draft.take(actions.form_of(session, user.actor, order_id))
        elif template_id := asked.get("template"):
            kept = templates.get_template(session, user.actor, template_id)
            draft.take(OrderForm.of_set(kept.provider, kept.model, kept.parameter_set, template_id=kept.id))
    if product_id := asked.get("input"):
        draft.inputs = {"": product_id}  # which parameter it is for depends on the model that is chosen
        draft.version += 1
