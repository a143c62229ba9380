"""The Statistics screen: empty, filled, failing, and one work's curve in its drawer."""

from datetime import timedelta

import pytest
import streamlit as st

from core.clock import utc_now
from core.identity.models import AccountState
from core.publishing.statistics.models import DeviationStatistics, StatisticsTurn
from core.ui.statistics.query import read_chosen
from tests.factories import DAY, HOUR, make_account, make_deviation
from tests.screens.support import said, scripts

STATISTICS = "pages/insights/statistics.py"


@pytest.fixture(autouse=True)
def _nothing_remembered():
    st.cache_data.clear()


@pytest.fixture
def account(runtime, anna):
    with runtime.database.session() as session:
        return make_account(session, anna, username="anna-paints")


@pytest.fixture
def counted(runtime, anna, account):
    """Publishes works with two samples each: ``counted("Dunes", views=40)``."""

    def add(title: str, *, views: int, gone: bool = False, age: timedelta = 3 * DAY, **fields) -> str:
        now = utc_now()
        with runtime.database.session() as session:
            post = make_deviation(
                session, anna, account, status="published", title=title, published_at=now - age, **fields
            )
            own = {"user_id": anna.id, "account_id": account.id, "deviation_id": post.id}
            for at, number in ((now - age + HOUR, views // 2), (now - HOUR, views)):
                counts = {"views": number, "favourites": number // 10, "comments": 1, "downloads": None}
                session.add(DeviationStatistics(**own, taken_at=at, **counts))
            next_at = None if gone else now + HOUR
            session.add(
                StatisticsTurn(**own, next_at=next_at, taken_at=now - HOUR, views=views, favourites=views // 10)
            )
            return post.id

    return add


def tables(screen) -> str:
    return "\n".join(frame.value.to_string() for frame in screen.dataframe)


def test_without_works_it_says_what_will_be_here_and_offers_the_gallery(anna, open_page):
    assert "Nothing is counted yet" in said(open_page(STATISTICS))


def test_totals_works_and_groups_are_shown(counted, open_page):
    counted("Dunes at noon", views=400, tags=["sand", "sun"])
    counted("Harbour", views=90, tags=["sea", "sun"])
    screen = open_page(STATISTICS)
    shown = tables(screen)
    assert shown.index("Dunes at noon") < shown.index("Harbour")
    assert "By hand" in shown and "sun" in shown
    assert "Views gained: 490" in scripts(screen)
    assert "490 views gained in 30 days" in said(screen)
    assert "Counted last 1 h ago." in said(screen)


def test_the_address_says_range_order_and_metric(counted, open_page):
    counted("Long ago", views=900, age=60 * DAY)
    counted("Just now", views=90)
    screen = open_page(STATISTICS, range="7", sort="views", metric="favourites")
    shown = tables(screen)
    assert shown.index("Long ago") < shown.index("Just now")
    assert "favourites gained in 7 days" in said(screen)
    assert read_chosen({"range": "8", "sort": "x", "metric": "y", "page": "-1"}) == read_chosen({})


def test_gone_works_and_lost_accounts_are_told(runtime, counted, account, open_page):
    counted("Deleted there", views=9, gone=True)
    with runtime.database.session() as session:
        session.merge(account).state = AccountState.RECONNECT
    screen = open_page(STATISTICS)
    assert "Deleted there (gone)" in tables(screen)
    assert "1 work deleted on DeviantArt" in said(screen)
    assert "Nothing is counted for anna-paints" in said(screen)


def test_the_drawer_of_a_published_post_shows_how_it_does(counted, open_page):
    one = counted("Dunes at noon", views=400)
    screen = open_page("pages/publish/content.py", open=one, view="published")
    assert "**400 views** · **40 favourites**" in said(screen)
