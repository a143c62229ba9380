"""Adding a ComfyUI workflow: the file is read, what can be set in it shown and changed, then it is saved."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.clock import utc_now
from core.studio.catalogue import workflows
from core.studio.catalogue.models import Provider
from core.studio.catalogue.workflows import CustomModel
from core.studio.providers import ProviderKind
from core.studio.workflows import MOST_BYTES, Workflow, read_workflow
from core.ui.errors import guarded
from core.ui.providers.context import TOAST, Context
from core.ui.words import count


def show_workflow_upload(context: Context, providers: Sequence[Provider]) -> None:
    """Only where there is a ComfyUI server to run it."""
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
            _show_found(context, server, found, file.name.rpartition(".")[0], file.file_id)


def _show_found(context: Context, server: Provider, found: Workflow, name: str, file_id: str) -> None:
    st.caption(
        f"Makes {found.modality.value}. {count(len(found.parameters.specs), 'parameter')} found; give them names of "
        "your own, and untick what is to stay as it is in the file."
    )
    with st.form(f"workflow-save-{file_id}", border=False):
        called = st.text_input("Name", name, max_chars=200, key=f"workflow-name-{file_id}")
        edited = st.data_editor(
            _frame(found), hide_index=True, width="stretch", key=f"workflow-parameters-{file_id}",
            disabled=["Parameter", "Set in", "In the file"],
        )  # fmt: skip
        if st.form_submit_button("Add the workflow", type="primary"):
            _save(context, server, found.offering(labels_of(edited.to_dict("records"))), called or "")


def labels_of(rows: Sequence[Mapping[Any, Any]]) -> dict[str, str]:
    """The labels of those that are ticked, by the parameter's name."""
    return {str(row["Parameter"]): str(row["Label"] or "") for row in rows if row["Offered"]}


def _frame(found: Workflow) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Offered": True,
                "Label": spec.title,
                "Parameter": spec.name,
                "Set in": ", ".join(_place(found, node, slot) for node, slot in found.bindings.get(spec.name, ())),
                "In the file": "" if spec.default is None else str(spec.default),
            }
            for spec in found.parameters
        ]
    )


def _place(found: Workflow, node: str, slot: str) -> str:
    """``KSampler 3: steps``."""
    return f"{found.graph[node]['class_type']} {node}: {slot}"


def _save(context: Context, server: Provider, chosen: Workflow, name: str) -> None:
    model = CustomModel(
        name, chosen.modality, chosen.parameters, chosen.definition(), capabilities=chosen.capabilities()
    )
    with context.runtime.database.session() as session:
        workflows.add_workflow(session, context.user.actor, server.id, model, now=utc_now())
    st.session_state[TOAST] = f"“{name}” can be ordered now."
    st.rerun()
