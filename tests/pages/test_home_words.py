"""The words of Home: greeting, times, counts, the one sentence."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.publishing.automations.standing import Expected, Standing, Troubled
from core.publishing.figures import Attention
from core.publishing.listing import Counts
from core.publishing.models import DeviationStatus
from core.publishing.outlook import FirstSteps, Outlook, week_change
from core.publishing.takeover.stopped import StoppedTakeover
from core.system.heartbeats import Pulse
from core.ui import times, words
from core.ui.home.flow import home_figures, lasting
from core.ui.home.headline import headline
from core.ui.home.need import Need
from core.ui.home.needs import list_needs
from core.ui.home.reading import Elsewhere, HomeReading
from core.ui.home.sidecar import sidecar_line
from tests.factories import DAY, HOUR, NOON

VIENNA = "Europe/Vienna"


def counts(**by_status: int) -> Counts:
    return Counts({DeviationStatus(name): number for name, number in by_status.items()}, trashed=0)


def flow(out: tuple[int, ...] = (0,) * 30, /, **by_status: int) -> Outlook:
    dates = tuple((NOON - DAY * back).date() for back in range(29, -1, -1))
    return Outlook(dates, out, (0,) * 30, (0,) * 14, (0,) * 14, counts(**by_status))


ALIVE = Pulse("scheduler", "here", 1, NOON - HOUR, NOON, True, 0, True)


def home(outlook: Outlook, *, pulse: Pulse | None = None, **more: Any) -> HomeReading:
    nothing = Attention((), 0, (), 0, (), 0, ())
    return HomeReading(outlook, nothing, (), FirstSteps(True, True, True), pulse, frozenset(), **more)


@pytest.mark.parametrize(
    ("hour", "words_"),
    [(4, "Good evening"), (5, "Good morning"), (11, "Good morning"), (12, "Good afternoon"), (18, "Good evening")],
)
def test_the_greeting_follows_the_persons_clock(hour, words_):
    # Vienna is two hours ahead of UTC in June.
    assert times.greeting(datetime(2026, 6, 1, tzinfo=UTC) + timedelta(hours=hour - 2), VIENNA) == words_


def test_days_near_today_have_names():
    said = [times.day(NOON + DAY * ahead, VIENNA, now=NOON) for ahead in (-1, 0, 1, 2)]
    assert said == ["yesterday", "today", "tomorrow", "Wed 3 Jun"]


def test_a_day_of_another_year_says_which():
    assert times.day(datetime(2027, 1, 2, tzinfo=UTC), VIENNA, now=NOON) == "Sat 2 Jan 2027"


def test_today_is_the_persons_day_not_the_servers():
    late = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)
    assert times.day(late, VIENNA, now=NOON) == "tomorrow"
    assert times.day(late, "UTC", now=NOON) == "today"


@pytest.mark.parametrize(
    ("jitter", "shown"),
    [(0, "14:00"), (60, "14:00–14:01"), (61, "14:00–14:02"), (300, "14:00–14:05"), (3600, "14:00–15:00")],
)
def test_a_window_ends_with_the_minute_of_the_promise(jitter, shown):
    assert times.window(NOON, NOON + timedelta(seconds=jitter), VIENNA) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 s ago"), (59, "59 s ago"), (60, "1 min ago"), (7200, "2 h ago"), (86400, "1 day ago"), (-5, "0 s ago")],
)
def test_the_past_is_told_in_its_largest_unit(seconds, shown):
    assert times.ago(NOON - timedelta(seconds=seconds), now=NOON) == shown


@pytest.mark.parametrize(("milliseconds", "shown"), [(7, "7 ms"), (1234, "1.2 s"), (125_000, "2 min 5 s")])
def test_durations_are_short(milliseconds, shown):
    assert times.duration(milliseconds) == shown


def test_counts_agree_with_their_noun():
    assert [words.count(number, "post") for number in (0, 1, 1204)] == ["0 posts", "1 post", "1,204 posts"]


def test_lists_read_as_sentences():
    assert [words.listed(list(letters)) for letters in ("", "a", "ab", "abc")] == ["", "a", "a and b", "a, b and c"]


def test_long_titles_are_cut_and_say_so():
    assert words.shortened("a very long title", 8) == "a very…"


def test_with_nothing_planned_the_sentence_points_at_the_drafts():
    assert headline(home(flow(draft=2)), 0, VIENNA, now=NOON) == "Nothing is scheduled. 2 drafts are ready for a time."


def evenings(*, at: datetime) -> Standing:
    return Standing(expected=(Expected("aut_1", "Evenings", at),))


def test_with_nothing_scheduled_the_sentence_names_the_automation_that_runs_next():
    reading = home(flow(draft=2), pulse=ALIVE, automations=evenings(at=NOON + HOUR))
    sentence = headline(reading, 0, VIENNA, now=NOON)
    assert sentence == "Nothing is scheduled; **“Evenings”** runs next today at 15:00; nothing needs you."


def test_an_automation_that_is_due_runs_any_moment():
    reading = home(flow(draft=2), pulse=ALIVE, automations=evenings(at=NOON))
    assert "runs next any moment" not in headline(reading, 0, VIENNA, now=NOON)
    assert "runs any moment" in headline(reading, 0, VIENNA, now=NOON)


def test_an_automation_is_not_promised_while_nobody_is_there_to_run_it():
    sentence = headline(home(flow(draft=2), automations=evenings(at=NOON + HOUR)), 0, VIENNA, now=NOON)
    assert sentence == "**“Evenings”** is due today at 15:00, but nothing goes out right now."


def needs_of(**more: Any) -> list[Need]:
    return list_needs(home(flow(draft=2), pulse=ALIVE, **more), is_admin=False, now=NOON)


def test_each_automation_that_needs_its_person_is_said_by_name():
    troubled = Standing(failed=(Troubled("aut_1", "Noon", "The disk is full."),), dry=(Troubled("aut_2", "Evenings"),))
    said = [(need.title, need.detail, need.link) for need in needs_of(automations=troubled)]
    assert said == [
        ("“Noon” could not do its work", "The disk is full.", "automations?open=aut_1"),
        (
            "“Evenings” has no drafts left",
            "Add drafts that fit its source, or switch it off.",
            "automations?open=aut_2",
        ),
    ]


def test_several_automations_of_a_kind_are_one_thing():
    dry = tuple(Troubled(f"aut_{name}", name) for name in "ABCDE")
    (need,) = needs_of(automations=Standing(dry=dry))
    assert (need.title, need.link) == ("5 automations have no drafts left", "automations")
    assert need.detail == "“A”, “B”, “C” and 2 more."


def test_sales_takeovers_and_messages_count_as_well():
    stopped = (StoppedTakeover("acc_1", "mira", "DeviantArt refused."),)
    found = needs_of(elsewhere=Elsewhere(2, 1, 3, stopped))
    assert [(need.title, need.link) for need in found] == [
        ("2 pieces could not be priced", "sales?status=failed"),
        ("1 piece is held by a client that fell silent", "sales?status=processing"),
        ("Taking over the gallery of mira stopped", "accounts"),
        ("3 messages could not be delivered", "notifications?show=Outbox"),
    ]


def test_with_nothing_left_the_sentence_says_so():
    everything_out = flow((1,) * 30, published=30)
    assert "Everything has gone out" in headline(home(everything_out), 0, VIENNA, now=NOON)


def test_drafts_last_as_long_as_the_persons_pace_allows():
    assert lasting(flow((2,) * 30, draft=10)) == "enough for 5 days"
    assert lasting(flow(draft=10)) == "0 came in this week"


def test_a_week_is_held_against_the_week_before():
    assert week_change((1,) * 7 + (3,) * 7) == 14


def test_only_a_change_that_is_bad_may_be_red():
    published, scheduled, drafts, failed = home_figures(flow())
    assert (published.falling_is, failed.falling_is) == ("bad", "good")
    assert scheduled.change is None and drafts.change is None


def test_the_sidecar_line_says_alive_silent_or_never_started():
    alive = Pulse("scheduler", "here", 1, NOON - HOUR, NOON - timedelta(seconds=3), True, 2, True)
    silent = Pulse("scheduler", "here", 1, NOON - HOUR, NOON - HOUR, True, 0, False)
    assert "running · last tick 3 s ago · 2 calls in hand" in sidecar_line(alive, now=NOON)
    assert "stopped · last heard of 1 h ago" in sidecar_line(silent, now=NOON)
    assert "has not been started" in sidecar_line(None, now=NOON)
