"""Selling chosen posts from the Content screen."""

import pytest
from sqlalchemy import select

from core.publishing.models import Deviation
from core.sales.models import SaleQueue
from core.ui.content.dialogs import Dialog
from tests.factories import make_deviation, make_preset
from tests.screens.support import press, run, said

CONTENT = "pages/publish/content.py"


@pytest.fixture
def preset(runtime, anna):
    with runtime.database.session() as session:
        return make_preset(session, anna, name="Standard", is_default=True)


def post(runtime, user, **fields) -> str:
    with runtime.database.session() as session:
        return make_deviation(session, user, **fields).id


def open_dialog(open_page, view: str, *ids: str):
    screen = open_page(CONTENT, view=view)
    screen.session_state["content.dialog"] = Dialog("sell", ids, 1)
    return run(screen)


def test_published_posts_join_the_queue_and_can_be_taken_out(runtime, anna, preset, open_page):
    ids = [post(runtime, anna, status="published") for _ in range(2)]
    screen = open_dialog(open_page, "published", *ids)
    assert "wait in the sale queue" in said(screen) and "watermark" not in said(screen)
    screen = press(screen, "Sell")
    assert "2 posts were put into the sale queue." in said(screen)
    with runtime.database.read() as session:
        assert set(session.scalars(select(SaleQueue.deviation_id))) == set(ids)
    screen = press(screen, "Undo")
    with runtime.database.read() as session:
        assert session.scalars(select(SaleQueue.id)).all() == []


def test_drafts_get_their_price_and_protection_and_can_be_taken_off_sale(runtime, anna, preset, open_page):
    draft = post(runtime, anna)
    screen = open_dialog(open_page, "draft", draft)
    assert "as soon as they are out" in said(screen)
    press(screen, "Sell")
    with runtime.database.read() as session:
        row = session.get_one(Deviation, draft)
        assert (row.sale_preset_id, row.add_watermark, row.display_resolution) == (preset.id, True, 8)
    press(open_dialog(open_page, "draft", draft), "Not for sale")
    with runtime.database.read() as session:
        assert session.get_one(Deviation, draft).sale_preset_id is None


def test_without_a_preset_there_is_the_way_to_one(runtime, anna, open_page):
    screen = open_dialog(open_page, "draft", post(runtime, anna))
    assert "Make one first" in said(screen)
    assert "Make a price preset" in [button.label for button in screen.button]
