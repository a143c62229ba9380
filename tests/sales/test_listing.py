"""The queue as it is shown and exported."""

import csv

import pytest

from core.sales import claims, listing
from core.sales.errors import SaleNotFound
from core.sales.listing import SaleFilter
from core.sales.models import SaleQueueStatus
from core.ui.tables import csv_bytes
from tests.factories import HOUR, NOON, make_deviation
from tests.sales.support import LEASE, make_sale

S = SaleQueueStatus


def titles(session, actor, **wanted) -> list[str]:
    return [row.title for row in listing.list_sales(session, actor, SaleFilter(**wanted), now=NOON).rows]


def test_what_waits_stands_in_the_order_of_the_queue(session, actor, alice, preset):
    make_sale(session, alice, preset, title="Later", created_at=NOON)
    make_sale(session, alice, preset, title="Sooner", created_at=NOON - HOUR)
    make_sale(session, alice, preset, title="Left out", status=S.SKIPPED)
    assert titles(session, actor, status=S.PENDING) == ["Sooner", "Later"]
    assert [one.title for one in listing.list_waiting(session, actor, now=NOON)] == ["Sooner", "Later"]


def test_titles_are_found_whatever_their_case(session, actor, alice, preset):
    make_sale(session, alice, preset, title="ÜBER den Wolken")
    make_sale(session, alice, preset, title="100 % wool")
    assert titles(session, actor, text="über") == ["ÜBER den Wolken"]
    assert titles(session, actor, text="%") == ["100 % wool"]


def test_every_state_is_counted_and_money_is_summed_by_currency(session, actor, charlie, alice, preset):
    for price, currency in ((1000, "USD"), (250, "USD"), (5000, "JPY")):
        make_sale(session, alice, preset, status=S.COMPLETED, price=price, currency=currency)
    make_sale(session, alice, preset, status=S.FAILED)
    counts = listing.count_by_status(session, actor)
    assert counts == {S.PENDING: 0, S.PROCESSING: 0, S.COMPLETED: 3, S.FAILED: 1, S.SKIPPED: 0}
    assert [(one.amount, one.count) for one in listing.totals(session, actor)] == [("$12.50", 2), ("¥5,000", 1)]
    assert listing.totals(session, charlie) == () and not any(listing.count_by_status(session, charlie).values())


def test_a_held_piece_says_by_whom_and_until_when(session, actor, alice, preset):
    sale = make_sale(session, alice, preset)
    claims.claim_next(session, actor, client="shop", now=NOON)
    view = listing.find_sale(session, actor, sale.id, now=NOON)
    assert view is not None and (view.held_by, view.held_until, view.is_lease_over) == ("shop", NOON + LEASE, False)
    late = listing.find_sale(session, actor, sale.id, now=NOON + LEASE + HOUR)
    assert late is not None and late.is_lease_over


def test_posts_in_the_trash_wait_out_of_sight_but_what_was_earned_stays(session, actor, alice, preset):
    for status in (S.PENDING, S.COMPLETED):
        post = make_deviation(session, alice, status="published", deleted_at=NOON)
        make_sale(session, alice, preset, deviation=post, status=status, title=status.value)
    assert titles(session, actor) == ["completed"]


def test_pages_are_cut_and_one_behind_the_last_shows_the_last(session, actor, alice, preset):
    for number in range(5):
        make_sale(session, alice, preset, title=str(number), created_at=NOON + number * HOUR)
    page = listing.list_sales(session, actor, SaleFilter(S.PENDING), page=9, page_size=2, now=NOON)
    assert (page.number, page.pages, page.total, [row.title for row in page.rows]) == (3, 3, 5, ["4"])


def test_the_history_tells_what_happened_to_its_owner_only(session, actor, charlie, alice, preset):
    sale = make_sale(session, alice, preset)
    claimed = claims.claim_next(session, actor, client="shop", now=NOON)
    assert claimed is not None
    claims.complete(session, actor, sale.id, client="shop", claim_version=1, now=NOON + HOUR)
    assert [event.action for event in listing.history(session, actor, sale.id)] == ["sale.claimed", "sale.completed"]
    with pytest.raises(SaleNotFound):
        listing.history(session, charlie, sale.id)


def test_the_export_says_its_filter_and_holds_bare_amounts(session, actor, alice, preset):
    make_sale(session, alice, preset, title="Yen", price=5000, currency="JPY")
    make_sale(session, alice, preset, status=S.SKIPPED)
    head, columns, row = listing.sales_csv(session, actor, SaleFilter(S.PENDING), now=NOON)
    assert head == ["# Atelier sale queue. Filters: status = pending"]
    assert dict(zip(columns, row, strict=True))["price"] == "5000" and row[1] == "Yen"


@pytest.mark.parametrize("title", ['=HYPERLINK("http://evil.example")', "@SUM(A1)", "\t=1+1", "＝1+1"])
def test_no_cell_of_an_export_is_a_formula(session, actor, alice, preset, title):
    make_sale(session, alice, preset, title=title, error_message="-1+1")
    file = csv_bytes([*listing.sales_csv(session, actor, SaleFilter(), now=NOON), [-3, -0.5]]).decode("utf-8-sig")
    _, columns, row, numbers = csv.reader(file.splitlines())
    cells = dict(zip(columns, row, strict=True))
    assert (cells["title"], cells["error"]) == (f"'{title}", "'-1+1")
    assert numbers == ["-3", "-0.5"]
