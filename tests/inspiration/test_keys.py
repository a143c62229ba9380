"""Keys hold everything that decides an answer."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.publishing.inspiration.keys import LONGEST_KEY, PERSONAL, Mode, Wish, fresh_for, key_of, longest_kept
from tests.factories import HOUR

DAY = date(2026, 6, 1)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Wish(Mode.HOME), Wish(Mode.FOLLOWING)),
        (Wish(Mode.HOME, offset=24), Wish(Mode.HOME, offset=48)),
        (Wish(Mode.HOME, limit=24), Wish(Mode.HOME, limit=48)),
        (Wish(Mode.HOME, mature=True), Wish(Mode.HOME)),
        (Wish(Mode.DAILY, day=DAY), Wish(Mode.DAILY, day=date(2026, 6, 2))),
        (Wish(Mode.TAG, tag="fox"), Wish(Mode.TAG, tag="sea")),
        (Wish(Mode.TAG, tag="fox"), Wish(Mode.TOPIC, topic="fox")),
        (Wish(Mode.TAG, tag="a:offset=1"), Wish(Mode.TAG, tag="a", offset=1)),
        (Wish(Mode.WORK, subject="D1"), Wish(Mode.DESCRIPTION, subject="D1")),
        (Wish(Mode.TOPIC, topic="x" * 500), Wish(Mode.TOPIC, topic="x" * 501)),
    ],
)
def test_what_decides_the_answer_decides_the_key(one: Wish, other: Wish) -> None:
    assert key_of(one, "deviantart", "acc_1") != key_of(other, "deviantart", "acc_1")


@pytest.mark.parametrize("mode", list(Mode))
def test_only_answers_that_depend_on_who_asks_are_kept_apart_by_account(mode: Mode) -> None:
    same = key_of(Wish(mode), "deviantart", "acc_1") == key_of(Wish(mode), "deviantart", "acc_2")
    assert same is (mode not in PERSONAL)


def test_sites_are_kept_apart() -> None:
    assert key_of(Wish(Mode.TAG), "deviantart", "a") != key_of(Wish(Mode.TAG), "deviantart-sandbox", "a")


def test_a_key_fits_its_column() -> None:
    assert len(key_of(Wish(Mode.TOPIC, topic="ü" * 500), "deviantart-sandbox", "acc_1")) <= LONGEST_KEY


@pytest.mark.parametrize(("hours", "fresh"), [(12, 7 * MINUTE), (31, 7 * MINUTE), (32, 24 * HOUR), (900, 24 * HOUR)])
def test_a_day_stays_fresh_for_a_day_once_it_is_over_everywhere(hours: int, fresh: timedelta) -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC) + timedelta(hours=hours)
    assert fresh_for(Wish(Mode.DAILY, day=DAY), now) == fresh


def test_nothing_is_forgotten_while_it_may_still_be_shown() -> None:
    assert longest_kept(Mode.DAILY) == 26 * HOUR
    assert longest_kept(Mode.HOME) == 2 * HOUR + 7 * MINUTE
