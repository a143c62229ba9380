"""The models on offer: a table, what each takes, and workflows of one's own."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core.clock import utc_now
from core.metering.price import Price
from core.studio.catalogue import workflows
from core.studio.catalogue.models import Model, Provider
from core.studio.catalogue.workflows import CustomModel
from core.studio.parameters import ParameterSpecSet
from core.studio.providers import ProviderKind
from core.studio.workflows import MOST_BYTES, Workflow, read_workflow
from core.ui.errors import guarded
from core.ui.money import plain_dollars
from core.ui.providers.context import TOAST, Context
from core.ui.tables import csv_button, csv_bytes
from core.ui.words import count, plain

HEAD = ("provider", "model", "name", "family", "modality", "parameters", "price_of_a_picture", "offered")
Prices = Mapping[str, Price]


def show_models(context: Context, providers: Sequence[Provider], models: Sequence[Model], prices: Prices) -> None:
    """All models, narrowed to one provider if wished; ``prices`` by the id of a model's row."""
    names = {row.id: row.name for row in providers}
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        chosen = st.selectbox(
            "Provider", [None, *names], key="models-provider", bind="query-params",
            format_func=lambda one: "All" if one is None else names[one], width=260,
        )  # fmt: skip
        shown = [one for one in models if chosen is None or one.provider_id == chosen]
        csv_button(lambda: _csv(shown, chosen, prices), "atelier-models", key="models-csv")
    if not shown:
        st.caption("No models yet. Test the connection of a provider to read what it offers.")
        return
    st.dataframe(_frame(shown, names, prices), hide_index=True, width="stretch", height=min(36 * len(shown) + 38, 460))
    _show_one(context, shown)


def show_workflows(context: Context, providers: Sequence[Provider]) -> None:
    """Add a ComfyUI workflow: the file is read, what can be set in it shown, and saved under a name."""
    servers = [row for row in providers if row.kind is ProviderKind.COMFYUI]
    if not servers:
        return
    with st.expander("Add a ComfyUI workflow", icon=":material/account_tree:"):
        st.caption("In ComfyUI: Workflow › Export (API). Prompts, seed, steps and the like are found by themselves.")
        server = st.selectbox("Server", servers, format_func=lambda row: row.name, key="workflow-server")
        file = st.file_uploader("Workflow (API format)", type="json", key="workflow-file", max_upload_size=5)
        if file is None or file.size > MOST_BYTES:
            return
        with guarded():
            found = read_workflow(file.getvalue())
            _show_found(context, server, found, file.name.rpartition(".")[0])


def _show_found(context: Context, server: Provider, found: Workflow, name: str) -> None:
    listed = ", ".join(spec.label or spec.name for spec in found.parameters)
    st.markdown(f"{found.modality.value.capitalize()}. Can be set: {plain(listed)}.")
    with st.form("workflow-save", border=False):
        called = st.text_input("Name", name, max_chars=200, key="workflow-name")
        if st.form_submit_button("Add the workflow", type="primary"):
            model = CustomModel(
                called or "", found.modality, found.parameters, found.definition(), capabilities=found.capabilities()
            )
            with context.runtime.database.session() as session:
                workflows.add_workflow(session, context.user.actor, server.id, model, now=utc_now())
            st.session_state[TOAST] = f"“{called}” can be ordered now."
            st.rerun()


def _show_one(context: Context, models: Sequence[Model]) -> None:
    model = st.selectbox(
        "Look into", models, format_func=lambda one: f"{one.name} · {one.provider_id}", key="models-one", index=None,
        placeholder="one model",
    )  # fmt: skip
    if model is None:
        return
    specs = ParameterSpecSet.from_json(model.parameter_schema)
    rows = [
        {
            "parameter": spec.name,
            "kind": spec.type.value,
            "default": "" if spec.default is None else str(spec.default),
            "range": _range(spec.minimum, spec.maximum, spec.choices),
            "about": spec.hint,
        }
        for spec in specs
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    if context.user.is_admin:
        label = "Offer it in the order form" if model.is_hidden else "Leave it out of the order form"
        if st.button(label, key=f"offer-{model.id}"):
            with guarded():
                with context.runtime.database.session() as session:
                    workflows.offer_model(
                        session,
                        context.user.actor,
                        model.provider_id,
                        model.model_id,
                        on=model.is_hidden,
                        now=utc_now(),
                    )
                st.rerun()


def _range(lowest: float | None, highest: float | None, choices: Sequence[object]) -> str:
    if choices:
        shown = ", ".join(map(str, choices[:6]))
        return f"{shown} …" if len(choices) > 6 else shown
    if lowest is None and highest is None:
        return ""
    return f"{_number(lowest)} to {_number(highest)}"


def _number(value: float | None) -> str:
    return "any" if value is None else f"{value:g}"


def _price(price: Price) -> str:
    if price.cost is None:
        return "unknown"
    return "free" if price.cost == 0 else f"${plain_dollars(price.cost)}"


def _frame(models: Sequence[Model], names: dict[str, str], prices: Prices) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Provider": names.get(one.provider_id, one.provider_id),
                "Model": one.name,
                "Name at the provider": one.model_id,
                "Makes": one.modality.value,
                "Parameters": len(one.parameter_schema.get("parameters", ())),
                "A picture, about": _price(prices[one.id]),
                "Offered": one.is_available and not one.is_hidden,
            }
            for one in models
        ]
    )


def _csv(models: Sequence[Model], provider: str | None, prices: Prices) -> bytes:
    rows: list[Sequence[object]] = [
        [f"# Atelier models. Filters: provider {provider or 'all'}; {count(len(models), 'model')}"]
    ]
    rows.append(HEAD)
    for one in models:
        offered = one.is_available and not one.is_hidden
        parameters = len(one.parameter_schema.get("parameters", ()))
        rows.append(
            [
                one.provider_id,
                one.model_id,
                one.name,
                one.family or "",
                one.modality.value,
                parameters,
                _price(prices[one.id]),
                offered,
            ]
        )
    return csv_bytes(rows)
