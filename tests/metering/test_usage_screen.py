"""Usage & costs as it is read: empty, full, narrowed, and by whom."""

from decimal import Decimal

import pytest
from sqlalchemy import select, update

from core.clock import utc_now
from core.identity.models import User
from core.metering.days import last_days
from core.metering.events import UsageStatus, record
from core.metering.models import ModelPrice, PriceUnit, UsageHouseDay
from core.metering.price import Price
from core.metering.price_list import PriceForm, set_price
from core.metering.upkeep import check_days
from core.runtime import Runtime
from core.system.actors import Actor
from tests.factories import DAY, HOUR, make_user
from tests.metering.support import UNKNOWN, make_event, make_project
from tests.screens.conftest import SignIn
from tests.screens.support import open_screen, run, said, scripts
from tests.studio.factories import make_model, make_provider

SCRIPT = "pages/insights/usage.py"


@pytest.fixture
def used(runtime: Runtime, alice: User) -> User:
    """Alice and Bob made calls; one of hers has no price."""
    now = utc_now()
    with runtime.database.session() as session:
        bob = make_user(session, "bob")
        project = make_project(session, alice, "Owls $ and *stars*")
        record(
            session,
            [
                make_event(alice, "0.50", occurred_at=now - HOUR, project_id=project.id),
                make_event(alice, UNKNOWN, provider="civitai", model="nameless", occurred_at=now - 2 * HOUR),
                make_event(alice, "0.25", status=UsageStatus.ERROR, occurred_at=now - 34 * DAY),
                make_event(bob, Price(Decimal("7.25"), "a list", estimated=True), occurred_at=now - HOUR),
            ],
            now=now,
        )
    return alice


def tables(shown) -> str:  # type: ignore[no-untyped-def]  # AppTest
    return "\n".join(frame.value.to_string() for frame in shown.dataframe)


def test_the_latest_calls_say_models_by_their_names(runtime: Runtime, used: User, sign_in: SignIn) -> None:
    with runtime.database.session() as session:
        make_model(session, make_provider(session, "fal"), "flux", name="The Big Painter")
    sign_in(used)
    calls = next(frame.value for frame in open_screen(SCRIPT).dataframe if "How it is known" in frame.value)
    assert set(calls["Model"]) == {"The Big Painter", "nameless"}


def test_before_the_first_call_there_is_one_thing_to_do(alice: User, sign_in: SignIn) -> None:
    sign_in(alice)
    shown = open_screen(SCRIPT)
    assert "Nothing has been used yet" in said(shown)
    assert not shown.get("plotly_chart")


def test_where_all_was_free_there_is_a_sentence_in_place_of_an_empty_chart(
    runtime: Runtime, alice: User, sign_in: SignIn
) -> None:
    with runtime.database.session() as session:
        record(session, [make_event(alice, "0", occurred_at=utc_now() - HOUR)], now=utc_now())
    sign_in(alice)
    shown = open_screen(SCRIPT)
    assert "Nothing was spent in these days" in said(shown) and not shown.get("plotly_chart")
    assert open_screen(SCRIPT, measure="Calls").get("plotly_chart")


def test_a_member_reads_what_their_own_calls_cost(used: User, sign_in: SignIn) -> None:
    sign_in(used)
    shown = open_screen(SCRIPT)
    cards = scripts(shown)
    assert "$0.50" in cards and "$0.25 more" in cards and "7.25" not in cards + tables(shown) + said(shown)
    assert "1 call of 1 model has no known price" in said(shown)
    assert "nameless" in tables(shown) and "bob" not in tables(shown)
    assert "Set a price" not in [button.label for button in shown.button]
    assert {box.label for box in shown.selectbox}.isdisjoint({"Person"})


def test_an_administrator_reads_everybodys_and_one_persons(used: User, admin: User, runtime: Runtime) -> None:
    shown = open_screen(SCRIPT)
    assert "$7.75" in scripts(shown) and "about $7.25" in tables(shown)
    assert [button.label for button in shown.button].count("Set a price") == 2
    next(box for box in shown.selectbox if box.label == "Person").select(used.id)
    shown = run(shown)
    assert "$0.50" in scripts(shown) and "7.25" not in tables(shown)


def test_the_address_says_what_is_shown(used: User, sign_in: SignIn) -> None:
    sign_in(used)
    shown = open_screen(SCRIPT, range="90 days", provider="civitai", by="Project", unpriced="true")
    [calls] = [frame.value for frame in shown.dataframe if "How it is known" in frame.value]
    assert list(calls["Model"]) == ["nameless"] and list(calls["Cost"]) == ["unknown"]
    nothing = open_screen(SCRIPT, range="Today", provider="nobody", older="nonsense")
    assert not nothing.exception
    past = open_screen(SCRIPT, range="Choose days", days=["2020-01-01", "2020-01-31"])  # type: ignore[arg-type]  # told twice
    assert "No call was made in these days" in said(past)


def test_differences_are_said_and_the_sums_made_anew(used: User, admin: User, runtime: Runtime) -> None:
    now = utc_now()
    with runtime.database.session() as session:
        session.execute(update(UsageHouseDay).values(calls=UsageHouseDay.calls + 1))
    check_days(runtime.database, last_days(2, "UTC", now=now), now=now)
    shown = open_screen(SCRIPT)
    assert "not what the events say" in said(shown)
    next(button for button in shown.button if button.label == "Make the sums anew").click()
    shown = run(shown)
    assert "not what the events say" not in said(shown) and "made anew" in said(shown)


def test_prices_of_the_house_are_listed_and_ended(used: User, admin: User, runtime: Runtime) -> None:
    now = utc_now()
    form = PriceForm("civitai", "nameless", PriceUnit.IMAGE, Decimal("0.0123"), now - HOUR, note="their page")
    with runtime.database.session() as session:
        set_price(session, Actor.person(admin.id), form, now=now)
    shown = open_screen(SCRIPT)
    assert "\\$0.0123 a picture" in said(shown) and "their page" in said(shown)
    next(button for button in shown.button if button.label == "End").click()
    assert "holds no longer" in said(run(shown))
    with runtime.database.read() as session:
        assert session.scalar(select(ModelPrice.valid_until)) is not None
