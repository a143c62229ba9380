"""The order form: what to make, what it will become, what it will cost; and what is being made."""

import streamlit as st

from core.clock import utc_now
from core.metering import names
from core.runtime import get_runtime
from core.studio.catalogue.offers import list_offers
from core.studio.orders import placing
from core.studio.shelves.models import ProjectStatus
from core.studio.shelves.projects import current_project, list_projects
from core.studio.wording.lookups import list_lookups
from core.studio.wording.templates import list_templates
from core.ui.errors import guarded
from core.ui.gate import current_user
from core.ui.generate.bar import order_bar, sides
from core.ui.generate.draft import DROPPED, current_draft, new_seed, save
from core.ui.generate.fields import WIDTH, ask_parameters
from core.ui.generate.models import choose_model
from core.ui.generate.ordering import show_offer
from core.ui.generate.pictures_in import ask_pictures
from core.ui.generate.preview import show_preview, show_standing
from core.ui.generate.projects import choose_project
from core.ui.generate.running import show_running
from core.ui.generate.wording import TOAST, show_lookups, show_markup, show_saving, show_templates
from core.ui.page import empty_state, page_header
from core.ui.words import plain

user = current_user()
runtime = get_runtime()
now = utc_now()

page_header("Generate", "Write what to make, see what it becomes and costs, and order it.")
if toast := st.session_state.pop(TOAST, None):
    st.toast(toast)
with runtime.database.read() as session:
    offers = list_offers(session)
    words = list_lookups(session, user.actor)
    project = current_project(session, user.actor)
    projects = list_projects(session, user.actor, status=ProjectStatus.ACTIVE)
    kept = list_templates(session, user.actor, project_id=project.id if project else None)
    called = names.of_models(session, [(one.provider, one.model) for one in kept])
if not offers:
    empty_state("No model is on offer", "Switch a provider on; one draws on this machine without any key.",
                icon=":material/hub:")  # fmt: skip
    st.page_link("pages/connect/providers.py", label="Providers & models", icon=":material/hub:")
    st.stop()

with guarded():
    draft = current_draft(runtime, user)
    with sides():
        form_side, result_side = st.columns([6, 5], gap="large")
    with form_side:
        offer = choose_model(runtime, draft, offers, now=now)
        for said in st.session_state.pop(DROPPED, None) or ():
            st.info(plain(said), icon=":material/remove_circle:")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            show_lookups(draft, words)
            show_templates(draft, kept, called)
            show_markup()
        draft.prompt = st.text_area(
            "Prompt", draft.prompt, key=f"generate-prompt-{draft.version}", height=140,
            placeholder="a harbour at [dawn,dusk], [weather]",
        ) or ""  # fmt: skip
        takes_negative = placing.takes_negative(offer.model)
        if takes_negative:
            draft.negative_prompt = st.text_area(
                "Negative prompt", draft.negative_prompt, key=f"generate-negative-{draft.version}", height=70,
                help="What is not to be in the picture. As many batches and parts as the prompt, or one for all.",
            ) or ""  # fmt: skip
        elif draft.negative_prompt.strip():
            st.caption("This model takes no negative prompt. Yours is kept for one that does, and not sent.")
        ask_pictures(runtime, user, draft, offer.specs)
        ask_parameters(draft, offer.specs)
        most = int(offer.model.capabilities.get("images_per_call") or 1)
        draft.images_per_item = min(draft.images_per_item, most)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if most > 1:
                draft.images_per_item = st.number_input(
                    "Pictures per item",
                    1,
                    most,
                    draft.images_per_item,
                    key=f"generate-images-{draft.version}",
                    width=WIDTH,
                )
            draft.project_id = choose_project(runtime, user, project, projects)
            if st.button("Draw lots anew", icon=":material/casino:", help="Other choices at random, and other seeds"):
                draft.seed = new_seed()
    save(runtime, user, draft)

    with result_side:
        form = draft.form(takes_negative=takes_negative)
        if form is not None and (draft.prompt.strip() or not offer.model.capabilities.get("needs_prompt", True)):
            with order_bar():
                seen = show_offer(runtime, user, draft, offer, form, now=now)
            if seen is not None:
                show_standing(seen, offer.provider_name, is_admin=user.is_admin)
                show_preview(draft, seen)
                show_saving(runtime, user, form, project)
        else:
            st.caption("The preview shows every item before anything is ordered. Ctrl+Enter in the prompt brings it.")
        show_running(runtime, user)
