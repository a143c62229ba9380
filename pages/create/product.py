"""Picture: one product, how it was made, what it cost, where it comes from and what became of it."""

import streamlit as st

from core.errors import AtelierError
from core.publishing.from_products.lineage import lineage
from core.runtime import get_runtime
from core.studio.catalogue.terms import find_terms
from core.studio.products.detail import get_product
from core.ui.errors import show
from core.ui.gallery import dialogs, look, notices
from core.ui.gallery.product import show_making, show_picture, show_side
from core.ui.gallery.sending import show_send
from core.ui.gallery.shelving import show_collect, show_tag
from core.ui.gallery.way import show_way
from core.ui.gate import current_user
from core.ui.links import screen_link
from core.ui.page import page_header
from core.ui.words import plain

user = current_user()
look.apply()
try:
    with get_runtime().database.read() as session:
        detail = get_product(session, user.actor, st.query_params.get("id", ""))
        found = lineage(session, user.actor, detail.view.id)
        terms = find_terms(session, detail.view.provider, detail.view.model)
except AtelierError as error:
    page_header("Picture", "One picture, how it was made and what became of it.")
    show(error)
    screen_link("Go to the gallery", "gallery", icon=":material/photo_library:")
    st.stop()
page_header(plain(detail.view.name), "How it was made, where it comes from and what became of it.")
screen_link("Gallery", "gallery", icon=":material/arrow_back:")
notices.show()
left, right = st.columns([3, 2], gap="medium")
with left:
    show_picture(detail)
with right:
    show_side(user, detail, terms)
st.header("From prompt to sale", anchor=False)
show_way(found)
st.header("How it was made", anchor=False)
show_making(detail)
dialog = dialogs.current_dialog()
shows = {"send": show_send, "collect": show_collect, "tag": show_tag}
if dialog is not None and dialog.kind in shows:
    shows[dialog.kind](user, dialog)
