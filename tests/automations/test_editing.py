"""Making, changing, duplicating, ordering and deleting automations."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.publishing.automations import default_editing, editing, rule_editing, switching
from core.publishing.automations.errors import AutomationBusy, AutomationNotFound, AutomationRefused
from core.publishing.automations.forms import AutomationForm, Blueprint, DefaultForm, RuleForm
from core.publishing.automations.lookup import list_automations, list_defaults, list_rules, read_blueprint
from core.publishing.automations.models import Automation, CatchUp, RuleType, SelectionMethod, WhenBlocked
from core.publishing.automations.rules import RuleSpec
from core.publishing.errors import ChangedMeanwhile, ChangeRefused, PatternRefused
from core.publishing.models import Deviation, LatePolicy
from core.system.models import AuditEvent
from tests.automations.making import DAILY, blueprint, make, make_preset
from tests.factories import DAY, HOUR, NOON, make_account, make_deviation, make_user


def events(session, automation_id):
    query = select(AuditEvent).where(AuditEvent.subject_id == automation_id).order_by(AuditEvent.id)
    return list(session.scalars(query))


def edited(session, actor, automation, **values):
    form = replace(AutomationForm.of(automation), **values)
    return editing.edit(session, actor, automation.id, form, now=NOON)


def test_a_new_automation_is_off_with_rules_defaults_and_a_seed_of_its_own(session, actor):
    whole = blueprint(defaults=(DefaultForm("tags", ["exclusive"]),))
    first = editing.create(session, actor, whole, now=NOON)
    second = editing.create(session, actor, whole, now=NOON)
    assert not first.enabled
    assert first.seed != second.seed
    assert [second.sort_order, first.sort_order] == [1, 0]
    assert [rule.next_at for rule in list_rules(session, first.id)] == [None]
    assert [(one.field_name, one.value) for one in list_defaults(session, first.id)] == [("tags", ["exclusive"])]
    assert [event.action for event in events(session, first.id)] == [
        "automation.created", "automation.rule_added", "automation.default_set",
    ]  # fmt: skip


def test_every_field_is_kept(session, actor, account):
    preset = make_preset(session, actor)
    form = AutomationForm(
        name="Evenings", description="After work.", color="#3D5A4C", icon=":material/bolt:", account_id=account.id,
        timezone="Asia/Tokyo", draft_selection_method=SelectionMethod.LIFO, source_filter={"tags": ["Fox"]},
        title_pattern="{title} {n:03}", stash_only_by_default=True, jitter_min_seconds=5, jitter_max_seconds=60,
        when_blocked=WhenBlocked.SKIP, catch_up=CatchUp.ALL, grace_minutes=30, late_policy=LatePolicy.HOLD,
        max_lateness_minutes=90, warn_days=3, auto_add_to_sale_queue=True, sale_queue_preset_id=preset.id,
    )  # fmt: skip
    made = editing.create(session, actor, Blueprint(form), now=NOON)
    session.expire(made)
    assert AutomationForm.of(made) == replace(form, color="#3d5a4c", icon="bolt")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": "  "}, "Give the automation a name"),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"description": "x" * 501}, "at most 500 characters"),
        ({"color": "green"}, "not a colour"),
        ({"color": "#12345"}, "not a colour"),
        ({"icon": "not an icon!"}, "Material icon"),
        ({"timezone": "Mars/Olympus"}, "not a time zone"),
        ({"jitter_min_seconds": 301}, "above the longest"),
        ({"jitter_max_seconds": 3601}, "between 0 seconds and 1 hour"),
        ({"jitter_min_seconds": -1}, "between 0 seconds and 1 hour"),
        ({"grace_minutes": -1}, "grace"),
        ({"grace_minutes": 10081}, "grace"),
        ({"warn_days": 91}, "0 to 90 days"),
        ({"late_policy": LatePolicy.HOLD}, "after how many minutes"),
        ({"late_policy": LatePolicy.RESLOT, "max_lateness_minutes": 0}, "1 minute to 7 days"),
        ({"title_pattern": "x" * 201}, "at most 200 characters"),
        ({"auto_add_to_sale_queue": True}, "without a price preset"),
        ({"source_filter": {"min_rating": 5, "max_rating": 1}}, "above the highest"),
        ({"source_filter": {"colour": "red"}}, "cannot be used"),
    ],
)
def test_what_cannot_be_is_refused_when_made_and_when_changed(session, actor, values, said):
    with pytest.raises(AutomationRefused, match=said):
        editing.create(session, actor, Blueprint(AutomationForm(**({"name": "Evenings"} | values))), now=NOON)
    assert list_automations(session, actor) == []
    made = make(session, actor)
    before = AutomationForm.of(made)
    with pytest.raises(AutomationRefused, match=said):
        edited(session, actor, made, **values)
    assert AutomationForm.of(made) == before


def test_a_title_pattern_that_cannot_be_read_is_refused_with_the_place(session, actor):
    with pytest.raises(PatternRefused, match="never closed"):
        editing.create(session, actor, Blueprint(AutomationForm("Evenings", title_pattern="{title")), now=NOON)


def test_neither_account_nor_preset_of_somebody_else_can_be_chosen(session, actor):
    charlie = make_user(session, "charlie")
    theirs, preset = make_account(session, charlie), make_preset(session, charlie)
    with pytest.raises(ChangeRefused, match="no such account"):
        editing.create(session, actor, Blueprint(AutomationForm("Evenings", account_id=theirs.id)), now=NOON)
    for selling, said in ((True, "without a price preset"), (False, "no such price preset")):
        form = AutomationForm("Evenings", auto_add_to_sale_queue=selling, sale_queue_preset_id=preset.id)
        with pytest.raises(AutomationRefused, match=said):
            editing.create(session, actor, Blueprint(form), now=NOON)


def test_selling_with_an_archived_preset_is_refused(session, actor):
    preset = make_preset(session, actor, archived_at=NOON)
    form = AutomationForm("Evenings", auto_add_to_sale_queue=True, sale_queue_preset_id=preset.id)
    with pytest.raises(AutomationRefused, match="is archived"):
        editing.create(session, actor, Blueprint(form), now=NOON)


def test_a_bad_rule_leaves_no_half_made_automation(session, actor):
    bad = RuleSpec(RuleType.FIXED_TIME, time_of_day="25:00")
    with pytest.raises(AutomationRefused, match="not a time of day"):
        editing.create(session, actor, blueprint(rules=(DAILY, bad)), now=NOON)
    assert list_automations(session, actor) == []


def test_a_change_says_what_was_before_and_what_is_now(session, actor):
    made = make(session, actor)
    edited(session, actor, made, name="Mornings", warn_days=2)
    event = events(session, made.id)[-1]
    assert (event.action, event.before) == ("automation.edited", {"name": "Evenings", "warn_days": 7})
    assert event.after == {"name": "Mornings", "warn_days": 2}


def test_changing_nothing_writes_nothing(session, actor):
    made = make(session, actor)
    number = len(events(session, made.id))
    edited(session, actor, made)
    editing.save(session, actor, made.id, read_blueprint(session, made), now=NOON)
    assert len(events(session, made.id)) == number


def test_lateness_minutes_mean_nothing_for_posts_that_go_out_anyway(session, actor):
    made = make(session, actor)
    edited(session, actor, made, late_policy=LatePolicy.PUBLISH, max_lateness_minutes=30)
    assert made.max_lateness_minutes is None


def test_a_run_under_way_holds_up_changes_and_one_that_died_does_not(session, actor, account):
    made = make(session, actor)
    made.is_executing, made.last_execution_lock = True, NOON - timedelta(minutes=4)
    session.flush()
    rule = list_rules(session, made.id)[0]
    for change in (
        lambda: edited(session, actor, made, name="Mornings"),
        lambda: editing.save(session, actor, made.id, read_blueprint(session, made), now=NOON),
        lambda: editing.delete(session, actor, made.id, now=NOON),
        lambda: default_editing.set_default(session, actor, made.id, DefaultForm("no_ai", True), now=NOON),
        lambda: rule_editing.switch_rule(session, actor, rule.id, enabled=False, now=NOON),
    ):
        with pytest.raises(AutomationBusy, match="Try again in a minute"):
            change()
    for died_at in (NOON - timedelta(minutes=5), NOON + DAY):  # the latter by a clock that was put back since
        made.last_execution_lock = died_at
        session.flush()
        assert edited(session, actor, made, name=f"Since {died_at}").name == f"Since {died_at}"


def test_switching_is_not_held_up_by_a_run(session, actor, account):
    made = make(session, actor, enabled=True)
    made.is_executing, made.last_execution_lock = True, NOON
    session.flush()
    assert not switching.disable(session, actor, made.id, now=NOON).enabled


def test_saving_as_a_whole_adds_changes_and_removes(session, actor):
    made = make(session, actor, rules=(DAILY, replace(DAILY, time_of_day="20:00")))
    with_default = replace(read_blueprint(session, made), defaults=(DefaultForm("no_ai", True),))
    editing.save(session, actor, made.id, with_default, now=NOON)
    first, second = read_blueprint(session, made).rules
    new = RuleSpec(RuleType.FIXED_INTERVAL, interval_minutes=240, deviations_per_interval=2, priority=5)
    wanted = Blueprint(
        replace(AutomationForm.of(made), name="All new"),
        (replace(second, spec=replace(second.spec, time_of_day="21:00")), RuleForm(new)),
        (DefaultForm("isMature", False), DefaultForm("tags", ["a"], apply_if_empty=False)),
    )
    editing.save(session, actor, made.id, wanted, now=NOON)
    after = read_blueprint(session, made)
    assert after.form.name == "All new"
    assert [rule.spec.time_of_day for rule in after.rules] == ["21:00", None]
    assert first.id not in {rule.id for rule in after.rules}
    assert after.rules[1].spec.anchor_at == NOON
    assert [one.field_name for one in after.defaults] == ["is_mature", "tags"]


def test_saving_over_somebody_elses_change_is_refused(session, actor):
    made = make(session, actor)
    seen = read_blueprint(session, made)
    edited(session, actor, made, name="Changed elsewhere")
    mine = replace(seen, form=replace(seen.form, name="Mine"))
    with pytest.raises(ChangedMeanwhile, match="changed elsewhere meanwhile"):
        editing.save(session, actor, made.id, mine, seen=seen, now=NOON)
    assert made.name == "Changed elsewhere"


def test_a_run_in_between_is_no_change_by_somebody_else(session, actor):
    made = make(session, actor)
    seen = read_blueprint(session, made)
    made.posts_made, made.shuffle_at, made.updated_at = 3, 77, NOON + HOUR
    session.flush()
    wanted = replace(seen, form=replace(seen.form, name="Mine"))
    assert editing.save(session, actor, made.id, wanted, seen=seen, now=NOON).name == "Mine"


def test_the_last_rule_can_be_exchanged_in_one_go_while_it_is_on(session, actor, account):
    made = make(session, actor, enabled=True)
    other = replace(DAILY, time_of_day="08:00")
    editing.save(session, actor, made.id, replace(read_blueprint(session, made), rules=(RuleForm(other),)), now=NOON)
    (rule,) = list_rules(session, made.id)
    assert rule.next_at is not None
    with pytest.raises(AutomationRefused, match="switched on and could not go on like this"):
        editing.save(session, actor, made.id, replace(read_blueprint(session, made), rules=()), now=NOON)
    assert [one.id for one in list_rules(session, made.id)] == [rule.id]


def test_a_rule_of_another_automation_cannot_be_taken_over(session, actor):
    made, other = make(session, actor), make(session, actor)
    foreign = read_blueprint(session, other).rules
    with pytest.raises(AutomationNotFound):
        editing.save(session, actor, made.id, replace(read_blueprint(session, made), rules=foreign), now=NOON)
    assert len(list_rules(session, other.id)) == 1


def test_a_duplicate_has_everything_but_is_off_and_draws_otherwise(session, actor, account):
    preset = make_preset(session, actor)
    form = AutomationForm(
        name="x" * 99, color="#112233", account_id=account.id, source_filter={"tags": ["fox"]},
        auto_add_to_sale_queue=True, sale_queue_preset_id=preset.id,
    )  # fmt: skip
    whole = Blueprint(form, (RuleForm(DAILY), RuleForm(replace(DAILY, enabled=False))), (DefaultForm("no_ai", True),))
    made = editing.create(session, actor, whole, now=NOON)
    switching.enable(session, actor, made.id, now=NOON)
    made.posts_made = 8
    copy = editing.duplicate(session, actor, made.id, now=NOON)
    assert copy.name == ("Copy of " + "x" * 99)[:100]
    assert (copy.enabled, copy.posts_made, copy.sort_order) == (False, 0, 1)
    assert copy.seed != made.seed
    after, before = read_blueprint(session, copy), read_blueprint(session, made)
    assert replace(after.form, name=form.name) == before.form
    assert after.specs == before.specs
    assert after.defaults == before.defaults
    assert [rule.next_at for rule in list_rules(session, copy.id)] == [None, None]


def test_automations_stand_in_the_order_they_were_put_in(session, actor):
    a, b, c = (make(session, actor, name=name) for name in "abc")
    editing.reorder(session, actor, [c.id, a.id], now=NOON)
    assert [one.name for one in list_automations(session, actor)] == ["c", "a", "b"]
    assert events(session, c.id)[-1].after == {"sort_order": 0}
    number = len(events(session, b.id))
    editing.reorder(session, actor, [c.id, a.id, b.id], now=NOON)
    assert len(events(session, b.id)) == number


def test_deleting_keeps_what_is_scheduled_and_what_it_is_to_be_sold_for(session, alice, actor, account):
    preset = make_preset(session, actor)
    made = make(session, actor, defaults=(DefaultForm("no_ai", True),))
    post = make_deviation(session, alice, account, status="scheduled", automation_id=made.id, sale_preset_id=preset.id)
    editing.delete(session, actor, made.id, now=NOON)
    session.expire_all()
    kept = session.scalars(select(Deviation).where(Deviation.id == post.id)).one()
    assert (kept.status, kept.automation_id, kept.sale_preset_id) == ("scheduled", None, preset.id)
    assert session.scalars(select(Automation)).all() == []
    assert list_rules(session, made.id) == list_defaults(session, made.id) == []
    assert events(session, made.id)[-1].action == "automation.deleted"


def test_charlie_neither_sees_nor_touches_anybody_elses(session, actor, charlie, account):
    made = make(session, actor, enabled=True)
    before = read_blueprint(session, made)
    rule = list_rules(session, made.id)[0]
    for attempt in (
        lambda: editing.edit(session, charlie, made.id, before.form, now=NOON),
        lambda: editing.save(session, charlie, made.id, before, now=NOON),
        lambda: editing.duplicate(session, charlie, made.id, now=NOON),
        lambda: editing.reorder(session, charlie, [made.id], now=NOON),
        lambda: editing.delete(session, charlie, made.id, now=NOON),
        lambda: switching.enable(session, charlie, made.id, now=NOON),
        lambda: switching.disable(session, charlie, made.id, now=NOON),
        lambda: switching.pause(session, charlie, made.id, NOON + HOUR, now=NOON),
        lambda: rule_editing.add_rule(session, charlie, made.id, DAILY, now=NOON),
        lambda: rule_editing.edit_rule(session, charlie, rule.id, DAILY, now=NOON),
        lambda: rule_editing.switch_rule(session, charlie, rule.id, enabled=False, now=NOON),
        lambda: rule_editing.delete_rule(session, charlie, rule.id, now=NOON),
        lambda: default_editing.set_default(session, charlie, made.id, DefaultForm("no_ai", True), now=NOON),
        lambda: default_editing.delete_default(session, charlie, made.id, "no_ai", now=NOON),
    ):
        with pytest.raises(AutomationNotFound):
            attempt()
    assert list_automations(session, charlie) == []
    assert read_blueprint(session, made) == before
    assert made.enabled
