"""How much room is used, by whom, and what is left."""

from collections.abc import Sequence

import streamlit as st

from core.identity.sessions import SignedIn
from core.media.room import RoomUsed, disk_of, room_by_person
from core.runtime import get_runtime
from core.ui.storage.sizes import size
from core.ui.tables import csv_button, csv_bytes
from core.ui.words import count

LOW_BYTES = 2 * 1000**3


def show_room(user: SignedIn) -> None:
    """One line about the disk, then a line for each person."""
    runtime = get_runtime()
    with runtime.database.read() as session:
        people = room_by_person(session, user.actor)
    disk = disk_of(runtime.settings.data_dir)
    st.header("Room used", anchor=False)
    total = sum(one.total_bytes for one in people)
    said = f"**{size(total)}** in {count(sum(one.files for one in people), 'file')}, thumbnails not counted."
    if disk is not None:
        free = size(disk.free_bytes)
        said += f" {free} of {size(disk.total_bytes)} are free on the disk of the data folder."
        if disk.free_bytes < LOW_BYTES:
            st.warning(f"Only {free} are left on the disk of the data folder. Make room, or move it to a larger one.",
                       icon=":material/hard_drive:")  # fmt: skip
    st.markdown(said)
    if not people:
        st.caption("Nobody keeps a file yet.")
        return
    st.dataframe(
        [
            {"Person": one.username, "Files": one.files, "Pictures": _some(one.picture_bytes),
             "Films": _some(one.film_bytes), "Other": _some(one.other_bytes), "Together": size(one.total_bytes)}
            for one in people
        ],
        hide_index=True, height="content",
    )  # fmt: skip
    csv_button(lambda: _csv(people), "atelier-storage", key="room-csv")


def _some(number: int) -> str:
    return size(number) if number else "–"


def _csv(people: Sequence[RoomUsed]) -> bytes:
    head = ["person", "files", "picture_bytes", "film_bytes", "other_bytes"]
    lines = [[one.username, one.files, one.picture_bytes, one.film_bytes, one.other_bytes] for one in people]
    return csv_bytes([["# Atelier storage, everybody, originals only"], head, *lines])
