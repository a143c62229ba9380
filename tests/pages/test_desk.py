"""What every screen with a desk relies on: a dialog begins with empty fields, and a refusal is said, not raised."""

from streamlit.testing.v1 import AppTest

from tests.screens.support import press, run, said


def screen() -> None:
    import streamlit as st
    from sqlalchemy.orm import Session

    from core.errors import ConflictError
    from core.ui.desk import Desk

    desk = Desk("foxes", "fox", lambda key, name: (key, name))
    desk.said.show()

    def refuse(_: Session) -> None:
        raise ConflictError("That den is taken.")

    if st.button("Take it"):
        desk.act(refuse, "It was taken.")
    st.button("Open", on_click=desk.open_dialog, args=("Reynard",))
    st.text(str(desk.current()))


def test_a_refused_change_is_said_and_nothing_is_said_to_be_done(runtime):
    shown = press(run(AppTest.from_function(screen)), "Take it")
    assert "That den is taken." in said(shown) and "It was taken." not in said(shown)


def test_no_two_openings_share_the_keys_of_their_fields(runtime):
    first = press(run(AppTest.from_function(screen)), "Open")
    key = first.text[0].value
    assert "Reynard" in key
    assert "Reynard" in press(first, "Open").text[0].value != key
