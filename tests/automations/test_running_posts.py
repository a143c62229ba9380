"""What a run makes of a draft: its values, its time among windows and limits, its line in the audit trail."""

from core.publishing.automations.models import (
    Automation,
    AutomationDefaultValue,
    AutomationExecutionLog,
    BlackoutKind,
    BlackoutWindow,
    CatchUp,
    PostingLimits,
    RunOutcome,
    WhenBlocked,
)
from core.publishing.automations.runner import run_due
from core.sales.models import PricePreset
from core.system.models import AuditEvent
from tests.factories import DAY, HOUR, NOON, make_deviation


def test_what_is_caught_up_keeps_the_accounts_distance(world):
    world.noons(catch_up=CatchUp.ALL)
    world.add(PostingLimits(user_id=world.user.id, account_id=world.account.id, min_gap_minutes=60))
    world.drafts(5)
    back = NOON + 2 * DAY + 3 * HOUR
    run_due(world.database, now=back)
    assert [post.actual_publish_at - back for post in world.scheduled()] == [0 * HOUR, HOUR, 2 * HOUR]


def test_defaults_fill_what_is_empty_and_leave_false_and_zero(world):
    automation_id = world.noons()
    for field, value in {
        "description": "Hello",
        "allow_comments": True,
        "display_resolution": 5,
        "tags": ["art"],
    }.items():
        world.add(AutomationDefaultValue(automation_id=automation_id, field_name=field, value=value))
    world.add(AutomationDefaultValue(automation_id=automation_id, field_name="no_ai", value=True, apply_if_empty=False))
    world.drafts(1, description="  ", allow_comments=False, display_resolution=0, tags=["mine"], no_ai=False)
    run_due(world.database, now=NOON)
    (post,) = world.scheduled()
    assert (post.description, post.allow_comments, post.display_resolution) == ("Hello", False, 0)
    assert (post.tags, post.no_ai) == (["mine"], True)


def test_selling_forces_protection_after_the_defaults(world):
    with world.database.session() as session:
        preset = PricePreset(user_id=world.user.id, name="Standard", price=5000)
        session.add(preset)
        session.flush()
    automation_id = world.noons(auto_add_to_sale_queue=True, sale_queue_preset_id=preset.id)
    world.add(
        AutomationDefaultValue(
            automation_id=automation_id, field_name="allow_free_download", value=True, apply_if_empty=False
        )
    )
    world.drafts(1)
    run_due(world.database, now=NOON)
    (post,) = world.scheduled()
    assert (post.add_watermark, post.display_resolution, post.allow_free_download) == (True, 8, False)
    assert post.sale_preset_id == preset.id


def test_titles_are_made_from_a_pattern(world):
    world.noons(title_pattern="{automation} {n:02}: {title}, {weekday}")
    world.drafts(2)
    run_due(world.database, now=NOON)
    run_due(world.database, now=NOON + DAY)
    assert [post.title for post in world.scheduled()] == [
        "Noons 01: Draft 0, Monday", "Noons 02: Draft 1, Tuesday"
    ]  # fmt: skip


def test_a_blackout_moves_a_post_to_its_end_or_drops_it(world):
    window = {"start_time": "11:00", "end_time": "13:30", "kind": BlackoutKind.WEEKLY, "name": "lunch"}
    world.add(BlackoutWindow(user_id=world.user.id, **window))
    world.noons(when_blocked=WhenBlocked.MOVE)
    world.drafts(2)
    run_due(world.database, now=NOON)
    assert [post.scheduled_at for post in world.scheduled()] == [NOON + 1.5 * HOUR]
    world.set(Automation, when_blocked=WhenBlocked.SKIP)
    run_due(world.database, now=NOON + DAY)
    assert len(world.scheduled()) == 1
    assert world.outcomes()[-1] is RunOutcome.BLOCKED
    assert "lunch" in world.all(AutomationExecutionLog)[-1].error_message


def test_a_blackout_over_everything_posts_nothing_and_says_so(world):
    world.add(BlackoutWindow(user_id=world.user.id, name="always", kind=BlackoutKind.WEEKLY, start_time="00:00",
                             end_time="24:00"))  # fmt: skip
    world.noons()
    world.drafts(1)
    run_due(world.database, now=NOON)
    assert world.scheduled() == []
    assert "no free time within 7 days" in world.all(AutomationExecutionLog)[0].error_message


def test_the_daily_cap_counts_all_posts_of_the_account(world):
    world.add(PostingLimits(user_id=world.user.id, account_id=world.account.id, daily_cap=1))
    with world.database.session() as session:
        make_deviation(session, world.user, world.account, status="scheduled", scheduled_at=NOON + 5 * HOUR,
                       actual_publish_at=NOON + 5 * HOUR, due_at=NOON + 5 * HOUR)  # fmt: skip
    world.noons()
    world.drafts(1)
    run_due(world.database, now=NOON)
    assert [post.scheduled_at for post in world.scheduled()][-1] == NOON + DAY


def test_every_post_is_in_the_audit_trail_with_the_name_of_the_automation(world):
    world.noons()
    (draft,) = world.drafts(1)
    run_due(world.database, now=NOON)
    (event,) = [one for one in world.all(AuditEvent) if one.subject_id == draft]
    assert (event.action, event.reason) == ("deviation.scheduled", "by the automation “Noons”")
