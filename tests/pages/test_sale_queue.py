"""The sale queue: empty, filled, filtered, and pricing by hand."""

import pytest

from core.clock import utc_now
from core.sales import claims, listing
from core.sales.models import SaleQueue, SaleQueueStatus
from core.system.actors import Actor
from core.ui.sell import query
from tests.factories import HOUR, make_preset, make_user
from tests.sales.support import make_sale
from tests.screens.support import press, run, said, scripts

SALES = "pages/sell/queue.py"
S = SaleQueueStatus


@pytest.fixture
def preset(runtime, anna):
    with runtime.database.session() as session:
        return make_preset(session, anna, name="Standard")


def add(runtime, user, preset, **fields) -> str:
    with runtime.database.session() as session:
        return make_sale(session, user, preset, **fields).id


def status_of(runtime, sale_id: str) -> SaleQueueStatus:
    with runtime.database.read() as session:
        return session.get_one(SaleQueue, sale_id).status


def test_an_empty_queue_says_how_pieces_come_here(anna, open_page):
    screen = open_page(SALES)
    assert "Nothing is for sale yet" in said(screen) and "public API cannot set a price" in said(screen)
    assert next(button for button in screen.button if button.label == "Price by hand").disabled


def test_each_piece_says_its_price_and_where_it_stands(runtime, anna, preset, open_page):
    now = utc_now()
    add(runtime, anna, preset, title="Winter <fox>", price=124_900)
    add(runtime, anna, preset, title="Yen", price=5000, currency="JPY", status=S.COMPLETED, completed_at=now)
    add(runtime, anna, preset, status=S.FAILED, attempts=3, error_message="The page was gone.")
    add(runtime, anna, preset, status=S.PROCESSING, locked_at=now)
    shown = scripts(open_page(SALES))
    for part in ("Winter &lt;fox&gt;", "$1,249.00", "Waiting", "¥5,000", "Priced", "by shop", "The page was gone.",
                 "After 3 tries", "With a client", "shop, until"):  # fmt: skip
        assert part in shown


def test_what_needs_somebody_comes_first_and_can_be_set_right(runtime, anna, preset, open_page):
    failed = add(runtime, anna, preset, status=S.FAILED, attempts=3)
    silent = add(runtime, anna, preset, status=S.PROCESSING, locked_at=utc_now() - HOUR)
    screen = open_page(SALES)
    assert "1 piece could not be priced" in said(screen) and "1 piece is held by shop" in said(screen)
    screen = press(press(screen, "Retry all"), "Release")
    assert {status_of(runtime, one) for one in (failed, silent)} == {S.PENDING}
    assert "could not be priced" not in said(screen)


def test_the_filters_of_the_address_are_applied(runtime, anna, preset, open_page):
    add(runtime, anna, preset, title="Winter fox")
    add(runtime, anna, preset, title="Summer fox", status=S.SKIPPED)
    assert "Summer fox" not in scripts(open_page(SALES, status="pending"))
    assert "Winter fox" not in scripts(open_page(SALES, q="summer"))
    screen = open_page(SALES, status="failed")
    assert "Nothing here" in said(screen)
    assert "Winter fox" in scripts(press(screen, "Show all"))


def test_what_was_earned_is_summed_by_currency(runtime, anna, preset, open_page):
    for price, currency in ((1000, "USD"), (2550, "USD"), (900, "JPY")):
        add(runtime, anna, preset, status=S.COMPLETED, price=price, currency=currency)
    text = said(open_page(SALES))
    assert r"**\$35.50** for 2 pieces" in text and "**¥900** for 1 piece" in text


def test_pieces_are_priced_by_hand_one_after_another(runtime, anna, preset, open_page):
    start = utc_now() - HOUR
    first = add(runtime, anna, preset, title="First", price=4990, created_at=start)
    second = add(runtime, anna, preset, title="Second", created_at=start + HOUR / 2)
    screen = press(open_page(SALES), "Price by hand")
    assert "### First" in said(screen) and 'data-text="49.90"' in scripts(screen) and "1 of 2 waiting" in said(screen)
    screen = press(screen, "Mark as priced")
    assert "### Second" in said(screen) and status_of(runtime, first) is S.COMPLETED
    screen = press(screen, "Undo")
    assert status_of(runtime, first) is S.PENDING
    screen = press(press(press(screen, "Previous"), "Next"), "Skip")
    assert status_of(runtime, second) is S.SKIPPED and "### First" in said(screen)
    screen = press(screen, "Mark as priced")
    assert "Nothing waits for a price" in said(screen)


def test_a_piece_a_client_took_meanwhile_is_not_marked(runtime, anna, preset, open_page):
    sale = add(runtime, anna, preset)
    screen = press(open_page(SALES), "Price by hand")
    with runtime.database.session() as session:
        claims.claim_next(session, Actor.person(anna.id), client="shop", now=utc_now())
    next(button for button in screen.button if button.label == "Mark as priced").click()
    screen = run(screen)
    assert status_of(runtime, sale) is S.PROCESSING and "Nothing waits for a price" in said(screen)


def test_another_persons_pieces_are_not_there(runtime, anna, preset, open_page):
    with runtime.database.session() as session:
        make_sale(session, make_user(session, "charlie"), title="Not for Anna", status=S.FAILED)
    screen = open_page(SALES)
    assert "Not for Anna" not in scripts(screen) and "could not be priced" not in said(screen)


@pytest.mark.parametrize(
    "parameters", [{"status": "sold"}, {"page": "-3"}, {"page": "x"}, {"mode": "feet"}, {"piece": "sal_nonsense"}]
)
def test_an_address_that_cannot_be_understood_shows_everything(parameters):
    assert query.read(parameters).wanted == listing.SaleFilter() and query.read(parameters).page == 1
