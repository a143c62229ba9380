"""How automations stand, from what is stored: who runs next, and which need their person."""

from datetime import datetime

from core.identity.models import User
from core.publishing.automations import switching
from core.publishing.automations.models import Automation, AutomationExecutionLog, RunOutcome
from core.publishing.automations.standing import standing
from core.system.actors import Actor
from core.system.notifications import mark_read, notify
from tests.automations.making import make
from tests.factories import DAY, HOUR, NOON, make_account, make_actor, make_blob, make_deviation, make_file, make_user


def studio(session, *, drafts: int = 1) -> Actor:
    """A person with an account and drafts that have a file."""
    anna = make_user(session, "anna")
    make_account(session, anna, is_default=True)
    for _ in range(drafts):
        add_draft(session, anna)
    return Actor.person(anna.id)


def add_draft(session, user, *, created_at: datetime = NOON - DAY) -> None:
    make_file(session, make_deviation(session, user, created_at=created_at), make_blob(session, user))


def log_run(session, automation: Automation, outcome: RunOutcome, *, at=NOON, message: str | None = None) -> None:
    session.add(
        AutomationExecutionLog(automation_id=automation.id, executed_at=at, outcome=outcome, error_message=message)
    )
    session.flush()


def test_who_runs_next_is_told_soonest_first(session):
    actor = studio(session)
    make(session, actor, enabled=True, name="Evenings")
    found = standing(session, actor, now=NOON)
    assert [(one.name, one.at.hour) for one in found.expected] == [("Evenings", 18)]
    assert (found.failed, found.dry, found.ending) == ((), (), ())


def test_one_that_is_off_or_paused_is_not_expected(session):
    actor = studio(session)
    make(session, actor, name="Off")
    paused = make(session, actor, enabled=True, name="Paused")
    paused.paused_until = NOON + 30 * DAY
    session.flush()
    assert standing(session, actor, now=NOON).expected == ()


def test_one_without_drafts_is_dry_and_not_expected(session):
    actor = studio(session, drafts=1)
    automation = make(session, actor, enabled=True, source_filter={"tags": ["fox"]})
    found = standing(session, actor, now=NOON)
    assert [one.automation_id for one in found.dry] == [automation.id]
    assert found.expected == ()


def test_a_failed_run_counts_until_a_later_one_does_its_work(session):
    actor = studio(session)
    automation = make(session, actor, enabled=True)
    log_run(session, automation, RunOutcome.FAILED, message="The disk is full.")
    assert [one.reason for one in standing(session, actor, now=NOON).failed] == ["The disk is full."]
    log_run(session, automation, RunOutcome.SCHEDULED, at=NOON + HOUR)
    assert standing(session, actor, now=NOON).failed == ()


def test_a_warning_counts_until_drafts_come_in(session):
    actor = studio(session)
    automation = make(session, actor, enabled=True)
    topic = f"automation.dry:{automation.id}"
    notify(session, actor.user_id, topic, "Drafts run out on 03 Jun 2026", now=NOON)
    assert [one.reason for one in standing(session, actor, now=NOON).ending] == ["Drafts run out on 03 Jun 2026"]
    add_draft(session, session.get_one(User, actor.user_id), created_at=NOON + HOUR)
    assert standing(session, actor, now=NOON + HOUR).ending == ()


def test_a_warning_that_was_read_is_said_no_more(session):
    actor = studio(session)
    automation = make(session, actor, enabled=True)
    notify(session, actor.user_id, f"automation.dry:{automation.id}", "Drafts run out on 03 Jun 2026", now=NOON)
    mark_read(session, actor.user_id, now=NOON)
    assert standing(session, actor, now=NOON).ending == ()


def test_an_automation_that_is_off_needs_nobody(session):
    actor = studio(session, drafts=0)
    automation = make(session, actor, enabled=True)
    log_run(session, automation, RunOutcome.FAILED)
    switching.disable(session, actor, automation.id, now=NOON)
    found = standing(session, actor, now=NOON)
    assert (found.failed, found.dry) == ((), ())


def test_anothers_automations_are_not_told(session):
    make(session, studio(session), enabled=True)
    found = standing(session, make_actor(session, "bob"), now=NOON)
    assert (found.expected, found.failed, found.dry, found.ending) == ((), (), (), ())
