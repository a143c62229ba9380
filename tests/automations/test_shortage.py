"""Drafts that run out are told of in time, with the date."""

from core.publishing.automations.runner import run_due
from core.publishing.automations.shortage import warn_of_shortage
from core.system.models import Notification
from tests.automations.world import World
from tests.factories import DAY, HOUR, NOON


def told(world: World) -> list[tuple[str, str]]:
    return [(note.topic, note.title) for note in world.all(Notification)]


def test_who_runs_out_within_the_warned_days_is_told_the_date_once(world):
    automation_id = world.noons(warn_days=7)
    world.drafts(3)
    now = NOON - HOUR
    assert warn_of_shortage(world.database, now=now) == 1
    assert told(world) == [(f"automation.dry:{automation_id}", "Drafts for “Noons” run out on 04 Jun 2026")]
    assert warn_of_shortage(world.database, now=now + HOUR / 2) == 0


def test_who_has_enough_or_does_not_want_to_know_is_left_alone(world):
    world.noons(name="Plenty", warn_days=2)
    world.noons(name="Silent", warn_days=0, source_filter={"tags": ["nothing"]})
    world.noons(name="Off", enabled=False, source_filter={"tags": ["nothing"]})
    world.drafts(5)
    assert warn_of_shortage(world.database, now=NOON - HOUR) == 0
    assert told(world) == []


def test_two_that_share_drafts_run_out_together(world):
    world.noons(name="First", warn_days=3)
    world.noons(name="Second", sort_order=1, warn_days=3)
    world.drafts(4)
    assert warn_of_shortage(world.database, now=NOON - HOUR) == 2


def test_being_dry_is_one_cause_with_running_dry(world):
    world.noons(warn_days=7)
    warn_of_shortage(world.database, now=NOON - HOUR)
    run_due(world.database, now=NOON)
    run_due(world.database, now=NOON + DAY)
    assert len(told(world)) == 1
