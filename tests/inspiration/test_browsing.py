"""Looking around: what is asked, what is kept, and that publishing always goes first."""

from datetime import date, timedelta

import pytest

from core.db.engine import Database
from core.identity.account_errors import AccountNeedsReconnect, AccountNotFound, SiteNotConfigured
from core.identity.models import AccountState
from core.publishing.asking import Line
from core.publishing.inspiration import browsing
from core.publishing.inspiration.errors import WishRefused, Withdrawn
from core.publishing.inspiration.keys import Mode, Wish
from core.publishing.providers import ErrorCategory, ProviderError
from core.system.actors import Actor
from tests.factories import DAY, HOUR, NOON, make_account, make_deviation, make_user
from tests.identity_accounts.support import read_account
from tests.inspiration.conftest import House
from tests.inspiration.support import FOX, PLAIN, limited

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def test_a_page_comes_back_from_the_cache_as_it_was(house: House) -> None:
    first, second = house.read(), house.read(MINUTE)
    assert first.value.works == second.value.works == [FOX, PLAIN]
    assert (second.value.next_offset, second.cached_at, second.is_stale) == (25, NOON, False)
    assert house.site.asked == [("home", (0, 24, False))]


@pytest.mark.parametrize(
    ("mode", "wish", "asked"),
    [
        (Mode.FOLLOWING, {"offset": 25}, ("following", (25, 24, False))),
        (Mode.TAG, {"tag": "#Röte Fuchs", "mature": True}, ("tag", ("rote_fuchs", 0, 24, True))),
        (Mode.TOPIC, {"topic": "sea"}, ("topic", ("sea", 0, 24, False))),
        (Mode.DAILY, {"day": date(2026, 5, 1), "offset": 48}, ("daily", (date(2026, 5, 1), False))),
        (Mode.DAILY, {}, ("daily", (NOON.date(), False))),
    ],
)
def test_each_list_is_asked_for_in_the_sites_own_form(house: House, mode: Mode, wish: dict, asked: tuple) -> None:
    house.read(mode=mode, **wish)
    assert house.site.asked == [asked]


def test_other_days_tags_and_pages_are_other_answers(house: House) -> None:
    for wish in (
        {"mode": Mode.DAILY, "day": date(2026, 5, 1)}, {"mode": Mode.DAILY, "day": date(2026, 5, 2)},
        {"mode": Mode.TAG, "tag": "fox"}, {"mode": Mode.TAG, "tag": "fox", "offset": 25},
        {"mode": Mode.TAG, "tag": "fox", "mature": True},
    ):  # fmt: skip
        house.read(**wish)
    assert len(house.site.asked) == 5


def test_a_past_day_is_kept_for_a_day_and_today_for_minutes(house: House) -> None:
    house.read(mode=Mode.DAILY, day=date(2026, 5, 1))
    house.read(23 * HOUR, Mode.DAILY, day=date(2026, 5, 1))
    assert len(house.site.asked) == 1
    house.read(mode=Mode.DAILY)
    house.read(8 * MINUTE, Mode.DAILY)
    assert len(house.site.asked) == 3


def test_what_depends_on_who_asks_is_never_shown_to_another(house: House) -> None:
    with house.database.session() as session:
        bob = make_account(session, make_user(session, "bob"), expires_at=NOON + DAY)
    house.read()
    browsing.browse(house.line(), Actor.person(bob.user_id), bob.id, Wish(Mode.HOME), now=NOON)
    assert len(house.site.asked) == 2
    house.read(mode=Mode.TAG, tag="fox")
    browsing.browse(house.line(), Actor.person(bob.user_id), bob.id, Wish(Mode.TAG, tag="fox"), now=NOON)
    assert len(house.site.asked) == 3


@pytest.mark.parametrize(
    ("mode", "wish"),
    [
        (Mode.TAG, {}), (Mode.TAG, {"tag": "日本"}), (Mode.TOPIC, {}), (Mode.TOPIC, {"topic": "x" * 200}),
        (Mode.DAILY, {"day": date(2026, 6, 3)}), (Mode.HOME, {"offset": -1}), (Mode.HOME, {"offset": 60_000}),
        (Mode.WORK, {}),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_refused_with_a_sentence(house: House, mode: Mode, wish: dict) -> None:
    with pytest.raises(WishRefused, match=r"\.$"):
        house.read(mode=mode, **wish)
    assert house.site.asked == []


@pytest.mark.parametrize("work_id", ["../user/whoami", "", "a b", "D1?x=1", "x" * 65])
def test_an_id_that_is_none_does_not_become_part_of_an_address(house: House, work_id: str) -> None:
    with pytest.raises(WishRefused):
        browsing.look_at(house.line(), house.actor, house.account.id, work_id, now=NOON)


@pytest.mark.parametrize("name", browsing.WITHDRAWN)
def test_lists_that_the_site_took_away_say_so(name: str) -> None:
    with pytest.raises(Withdrawn, match=name):
        browsing.mode_of(name)


def test_a_list_is_known_by_its_name() -> None:
    assert browsing.mode_of("daily") is Mode.DAILY
    with pytest.raises(WishRefused):
        browsing.mode_of("work")


def test_tags_topics_similar_work_and_details_are_kept_as_well(house: House) -> None:
    line, actor, account = house.line(), house.actor, house.account.id
    for _ in range(2):
        assert browsing.search_tags(line, actor, account, "#Fo", now=NOON).value == ["fox", "foy"]
        assert browsing.list_topics(line, actor, account, now=NOON).value.topics[0].examples == [FOX]
        assert browsing.top_topics(line, actor, account, now=NOON).value[0].title == "The Sea"
        assert browsing.more_like(line, actor, account, "D1", now=NOON).value.others == [PLAIN]
        assert browsing.look_at(line, actor, account, "D1", now=NOON).value == FOX
        assert browsing.describe(line, actor, account, "D1", now=NOON).value.tags == ["fox", "snow"]
    assert [name for name, _ in house.site.asked] == ["search", "topics", "top", "similar", "work", "description"]


@pytest.mark.parametrize("beginning", ["", "f", "#", "日本"])
def test_too_short_a_beginning_of_a_tag_asks_nobody(house: House, beginning: str) -> None:
    assert browsing.search_tags(house.line(), house.actor, house.account.id, beginning, now=NOON).value == []
    assert house.site.asked == []


def test_without_the_permission_for_more_like_this_the_account_is_to_be_connected_again(house: House) -> None:
    with house.database.session() as session:
        account = make_account(session, make_user(session, "bob"), scope="basic browse")
    with pytest.raises(AccountNeedsReconnect, match="Accounts"):
        browsing.more_like(house.line(), Actor.person(account.user_id), account.id, "D1", now=NOON)
    assert house.site.asked == []


def test_when_limited_the_old_page_is_shown_and_the_account_slows_down(house: House) -> None:
    house.read()
    house.site.error = limited(retry_after=900)
    shown = house.read(HOUR)
    assert (shown.cached_at, shown.is_stale) == (NOON, True)
    assert "slow down" in (shown.problem or "")
    next_call = read_account(house.database, house.account.id).next_call_at
    assert next_call is not None and next_call >= NOON + HOUR + 899 * SECOND
    house.site.error = None
    assert house.read(HOUR + MINUTE).is_stale  # still waiting, and not asked
    assert len(house.site.asked) == 2


def read_paced(house: House, after: timedelta = timedelta(0), *, patience_seconds: float = 0.0):
    line = house.line(floor_seconds=3, patience_seconds=patience_seconds)
    return browsing.browse(line, house.actor, house.account.id, Wish(Mode.TAG, tag=f"t{after}"), now=NOON + after)


def test_calls_keep_the_accounts_pace(house: House) -> None:
    read_paced(house)
    with pytest.raises(ProviderError, match=r"Try again in [12] s") as caught:
        read_paced(house, SECOND)
    assert caught.value.category is ErrorCategory.RATE_LIMITED
    read_paced(house, 4 * SECOND)
    assert len(house.site.asked) == 2


def test_a_slot_that_comes_soon_is_waited_for(house: House) -> None:
    read_paced(house)
    read_paced(house, timedelta(seconds=2.8), patience_seconds=4)
    assert len(house.site.asked) == 2


@pytest.mark.parametrize(
    ("due_in", "may_ask"),
    [(-60 * SECOND, False), (timedelta(0), False), (2 * SECOND, False), (30 * SECOND, True), (-HOUR, True)],
)
def test_a_post_that_is_about_to_go_out_goes_first(house: House, due_in: timedelta, may_ask: bool) -> None:
    with house.database.session() as session:
        owner = make_user(session, "bob")
        account = make_account(session, owner, expires_at=NOON + DAY)
        make_deviation(session, owner, account, status="scheduled", due_at=NOON + due_in)
    line = house.line(floor_seconds=3, patience_seconds=0)
    if may_ask:
        browsing.browse(line, Actor.person(owner.id), account.id, Wish(Mode.HOME), now=NOON)
    else:
        with pytest.raises(ProviderError, match="posts go first"):
            browsing.browse(line, Actor.person(owner.id), account.id, Wish(Mode.HOME), now=NOON)
    next_call = read_account(house.database, account.id).next_call_at
    assert (next_call is not None and next_call >= NOON + 3 * SECOND) if may_ask else next_call is None


def test_a_refused_token_is_renewed_and_the_call_made_once_more(house: House) -> None:
    house.site.valid.add(house.account.refresh_token or "")
    house.site.errors = [ProviderError("No.", ErrorCategory.AUTH, http_status=401)]
    assert house.read().value.works == [FOX, PLAIN]
    assert (house.site.refreshes, len(house.site.asked)) == (1, 2)


def test_a_missing_permission_does_not_cost_a_renewal(house: House) -> None:
    house.site.error = ProviderError("No.", ErrorCategory.AUTH, http_status=403)
    with pytest.raises(ProviderError):
        house.read()
    assert house.site.refreshes == 0


def test_an_account_to_be_connected_again_and_a_site_that_is_not_set_up_are_told(house: House) -> None:
    with house.database.session() as session:
        ended = make_account(session, make_user(session, "bob"), state=AccountState.RECONNECT)
    with pytest.raises(AccountNeedsReconnect):
        browsing.browse(house.line(), Actor.person(ended.user_id), ended.id, Wish(Mode.HOME), now=NOON)
    with pytest.raises(SiteNotConfigured):
        browsing.browse(Line(house.database, {}, 0), house.actor, house.account.id, Wish(Mode.HOME), now=NOON)


def test_charlie_cannot_look_around_with_alices_account(house: House, database: Database) -> None:
    with database.session() as session:
        charlie = Actor.person(make_user(session, "charlie").id)
    with pytest.raises(AccountNotFound):
        browsing.browse(house.line(), charlie, house.account.id, Wish(Mode.HOME), now=NOON)
