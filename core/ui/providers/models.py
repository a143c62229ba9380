"""The models on offer: a table, and what each takes."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core.clock import utc_now
from core.metering.price import Price
from core.studio.catalogue import workflows
from core.studio.catalogue.models import Model, Provider
from core.studio.parameters import ParameterSpec, ParameterSpecSet
from core.studio.parameters.casting import grid_of
from core.ui.money import plain_dollars
from core.ui.providers.acting import act
from core.ui.providers.context import Context
from core.ui.providers.terms import show_terms
from core.ui.tables import csv_button, csv_bytes
from core.ui.terms import WORDS
from core.ui.words import count

HEAD = ("provider", "model", "name", "family", "modality", "parameters", "price_of_a_picture", "sale",
        "terms", "offered")  # fmt: skip
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
    st.dataframe(
        _frame(shown, names, prices), hide_index=True, width="stretch", height=min(35 * (len(shown) + 1) + 3, 458),
        column_config={"Sale": st.column_config.TextColumn(width=130)},
    )  # fmt: skip
    _show_one(context, shown, names)


def _show_one(context: Context, models: Sequence[Model], names: Mapping[str, str]) -> None:
    # By id: the field would give back the very row that was chosen, as it was then.
    rows_by_id = {one.id: one for one in models}
    chosen = st.selectbox(
        "Look into", list(rows_by_id), key="models-one", index=None, placeholder="one model",
        format_func=lambda one: f"{rows_by_id[one].name} · {names[rows_by_id[one].provider_id]}",
    )  # fmt: skip
    if chosen is None:
        return
    model = rows_by_id[chosen]
    show_terms(context, model)
    specs = ParameterSpecSet.from_json(model.parameter_schema)
    rows = [
        {
            "Parameter": spec.name,
            "Label": spec.title,
            "Kind": spec.type.value,
            "Default": "" if spec.default is None else str(spec.default),
            "Range": _range(spec),
            "About": spec.hint,
        }
        for spec in specs
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    if context.user.is_admin:
        label = "Offer it in the order form" if model.is_hidden else "Leave it out of the order form"
        if st.button(label, key=f"offer-{model.id}"):
            said = "is in the order form again" if model.is_hidden else "is left out of the order form"
            act(context, f"“{model.name}” {said}.", lambda session: workflows.offer_model(
                session, context.user.actor, model.provider_id, model.model_id, on=model.is_hidden,
                now=utc_now()))  # fmt: skip


def _range(spec: ParameterSpec) -> str:
    if spec.choices:
        shown = ", ".join(map(str, spec.choices[:6]))
        return f"{shown} …" if len(spec.choices) > 6 else shown
    grid = grid_of(spec)
    steps = f" in steps of {grid.step}" if grid else ""
    if spec.minimum is None and spec.maximum is None:
        return steps.strip()
    return f"{_number(spec.minimum)} to {_number(spec.maximum)}{steps}"


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
                "Makes": one.modality.value,
                "A picture, about": _price(prices[one.id]),
                "Sale": WORDS[one.commercial_use],
                "Offered": one.is_available and not one.is_hidden,
                "Parameters": len(one.parameter_schema.get("parameters", ())),
                "Name at the provider": one.model_id,
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
                WORDS[one.commercial_use],
                one.terms_url or "",
                offered,
            ]
        )
    return csv_bytes(rows)
