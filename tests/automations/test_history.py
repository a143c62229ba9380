"""The log of automations, and what their list shows."""

from datetime import timedelta

import pytest

from core.publishing.automations import editing, history, overview, switching
from core.publishing.automations.errors import AutomationNotFound
from core.publishing.automations.forms import AutomationForm
from core.publishing.automations.lookup import list_rules
from core.publishing.automations.models import AutomationExecutionLog, RunOutcome
from tests.automations.making import DAILY, make
from tests.factories import DAY, HOUR, NOON, make_deviation, make_user


def log(session, automation, *, rule=None, at=NOON, outcome=RunOutcome.SCHEDULED, posts=(), message=None):
    row = AutomationExecutionLog(
        automation_id=automation.id,
        executed_at=at,
        scheduled_count=len(posts),
        error_message=message,
        triggered_by_rule_type="fixed_time",
        rule_id=rule.id if rule else None,
        occurrence_at=at,
        outcome=outcome,
        deviation_ids=[post.id for post in posts],
    )
    session.add(row)
    session.flush()
    return row


def test_runs_are_told_newest_first_with_their_rule_and_their_posts(session, alice, actor, account):
    made = make(session, actor)
    (rule,) = list_rules(session, made.id)
    post, binned = make_deviation(session, alice, account, title="Fox"), make_deviation(session, alice, deleted_at=NOON)
    log(session, made, rule=rule, posts=(post, binned))
    log(session, made, at=NOON + HOUR, outcome=RunOutcome.BLOCKED, message="The blackout “Night” is in the way.")
    page = history.list_runs(session, actor, made.id)
    blocked, scheduled = page.rows
    assert (blocked.outcome, blocked.message, blocked.rule) == (
        RunOutcome.BLOCKED, "The blackout “Night” is in the way.", "At a time of day",
    )  # fmt: skip
    assert (scheduled.rule, scheduled.scheduled_count, scheduled.posts) == ("At 18:00", 2, ((post.id, "Fox"),))


def test_the_log_goes_page_by_page_and_a_page_too_far_is_the_last(session, actor):
    made = make(session, actor)
    rows = [log(session, made, at=NOON + timedelta(minutes=place)) for place in range(5)]
    page = history.list_runs(session, actor, made.id, page=2, page_size=2)
    assert [row.id for row in page.rows] == [rows[2].id, rows[1].id]
    assert (page.total, page.pages) == (5, 3)
    assert [row.id for row in history.list_runs(session, actor, made.id, page=99, page_size=2).rows] == [rows[0].id]


def test_an_export_has_every_run_and_no_formula(session, actor):
    made = make(session, actor, name="=cmd()")
    for place in range(3):
        log(session, made, at=NOON + timedelta(minutes=place), message="-1 drafts")
    rows = list(history.csv_rows(session, actor, made.id))
    assert rows[0] == ["automation", "'=cmd()"]
    assert rows[1][0] == "executed_at"
    assert len(rows) == 5
    assert rows[2][6] == "'-1 drafts"


def test_charlie_reads_nobodys_log(session, actor, charlie):
    made = make(session, actor)
    for attempt in (
        lambda: history.list_runs(session, charlie, made.id),
        lambda: list(history.csv_rows(session, charlie, made.id)),
        lambda: overview.overview_of(session, charlie, made.id, now=NOON, until=NOON + DAY),
    ):
        with pytest.raises(AutomationNotFound):
            attempt()
    assert overview.overview(session, charlie, now=NOON, until=NOON + DAY) == []


def test_the_list_says_what_comes_and_how_long_the_drafts_last(session, alice, actor, account):
    made = make(session, actor, enabled=True)
    drafts = [make_deviation(session, alice, created_at=NOON - place * HOUR) for place in range(2)]
    make_deviation(session, alice, account, status="scheduled", automation_id=made.id)
    log(session, made, outcome=RunOutcome.SCHEDULED, posts=(drafts[0],))
    (card,) = overview.overview(session, actor, now=NOON, until=NOON + 5 * DAY)
    assert (card.drafts, card.scheduled, card.account_name, card.zone) == (2, 1, account.username, "Europe/Vienna")
    assert [post.deviation_id for post in card.upcoming] == [drafts[1].id, drafts[0].id]
    assert card.next_at == NOON + 4 * HOUR
    assert card.dry_at == NOON + 4 * HOUR + 2 * DAY
    assert [rule.words for rule in card.rules] == ["At 18:00"]
    assert card.last_run is not None and card.last_run.outcome is RunOutcome.SCHEDULED
    assert card.trouble == ()


def test_one_that_is_off_has_no_next_and_says_what_is_missing(session, alice, actor):
    make(session, actor)
    make_deviation(session, alice)
    (card,) = overview.overview(session, actor, now=NOON, until=NOON + DAY)
    assert (card.next_at, card.dry_at, card.upcoming, card.last_run) == (None, None, (), None)
    assert card.drafts == 1
    assert "No account is connected" in card.trouble[0]


def test_a_pause_that_is_over_is_not_shown(session, actor, account):
    made = make(session, actor, enabled=True)
    switching.pause(session, actor, made.id, NOON + DAY, now=NOON)
    assert overview.overview_of(session, actor, made.id, now=NOON, until=NOON + DAY).paused_until == NOON + DAY
    later = NOON + 2 * DAY
    assert overview.overview_of(session, actor, made.id, now=later, until=later).paused_until is None


def test_the_latest_run_is_found_for_each_automation(session, actor):
    first, second = make(session, actor), make(session, actor)
    log(session, first, at=NOON)
    latest = log(session, first, at=NOON + HOUR)
    only = log(session, second, at=NOON - HOUR)
    found = history.last_runs(session, [first.id, second.id])
    assert {key: view.id for key, view in found.items()} == {first.id: latest.id, second.id: only.id}


def test_drafts_that_match_are_counted_and_shown_before_anything_is_saved(session, alice, actor, account):
    fox = make_deviation(session, alice, tags=["Fox"])
    make_deviation(session, alice, tags=["Hare"], project="Winter")
    make_deviation(session, make_user(session, "dora"), tags=["fox"], project="Secret")
    form = AutomationForm(source_filter={"tags": ["fox"]})
    assert overview.count_drafts(session, actor, form) == 1
    assert overview.matching_ids(session, actor, form, limit=5) == [fox.id]
    assert overview.count_drafts(session, actor, AutomationForm()) == 2
    assert overview.list_projects(session, actor) == ["Winter"]


def test_a_deleted_automation_takes_its_log_along(session, actor):
    made = make(session, actor, rules=(DAILY,))
    log(session, made)
    editing.delete(session, actor, made.id, now=NOON)
    assert session.query(AutomationExecutionLog).all() == []
