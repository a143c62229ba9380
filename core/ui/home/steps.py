"""The first-steps card: what to do in a new studio, ticked as it gets done."""

from collections.abc import Collection

import streamlit as st

from core.publishing.outlook import FirstSteps
from core.ui.accounts import SANDBOX, go_to_site
from core.ui.home.uploading import show_upload_button
from core.ui.links import screen_button


def show_steps(steps: FirstSteps, sites: Collection[str]) -> None:
    """Three steps; the first that is not done is the one to take. ``sites`` can be connected here."""
    entries = (
        (steps.has_account, "Connect an account", _how_to_connect(sites)),
        (
            steps.has_post,
            "Drop in pictures, or make some",
            "They become drafts, ready for titles, tags and descriptions.",
        ),
        (steps.has_plan, "Give one a time", "Choose the time yourself, or let an automation choose drafts and times."),
    )
    following = next((number for number, entry in enumerate(entries) if not entry[0]), None)
    with st.container(border=True, key="home-steps"):
        st.header("Three steps to your first post", anchor=False)
        for number, (is_done, title, detail) in enumerate(entries):
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"home-step-{number}"):
                _show(number + 1, is_done, title, detail)
                if number == following:
                    _show_action(number, sites)


def _how_to_connect(sites: Collection[str]) -> str:
    if SANDBOX in sites:
        return "Two clicks with the sandbox, a stand-in on this machine. The real DeviantArt whenever you like."
    return "You sign in at DeviantArt and allow Atelier to post for you."


def _show(number: int, is_done: bool, title: str, detail: str) -> None:
    icon = ":green[:material/check_circle:]" if is_done else ":gray[:material/radio_button_unchecked:]"
    with st.container(width="stretch", gap=None):
        st.markdown(f"{icon} {number}. {f'~~{title}~~' if is_done else f'**{title}**'}")
        st.caption(detail)


def _show_action(number: int, sites: Collection[str]) -> None:
    with st.container(width="content"):
        if number == 0 and SANDBOX in sites:
            if st.button("Connect the sandbox", key="step-connect", type="primary", icon=":material/add_link:"):
                go_to_site(SANDBOX)
        elif number == 0:
            screen_button("Connect", "accounts", key="step-connect", type="primary", icon=":material/add_link:")
        elif number == 1:
            with st.container(horizontal=True, gap="small"):
                show_upload_button("step-upload")
                screen_button("Make some", "generate", key="step-generate", icon=":material/brush:")
        else:
            _show_planning()


def _show_planning() -> None:
    """By hand or by itself; both are a plan."""
    with st.container(horizontal=True, gap="small"):
        screen_button("Choose a draft", "content?view=draft", key="step-schedule", type="primary",
                      icon=":material/schedule:")  # fmt: skip
        screen_button("Start an automation", "automations", key="step-automate", icon=":material/autorenew:")
