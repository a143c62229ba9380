"""The Automations screen, run by AppTest against a real installation."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from core.clock import utc_now
from core.identity.models import AccountState
from core.publishing.automations import editing, limits_editing, switching
from core.publishing.automations.forms import AutomationForm, BlackoutForm, DefaultForm, LimitsForm
from core.publishing.automations.lookup import get_automation, list_automations, list_rules, read_blueprint
from core.publishing.automations.models import AutomationExecutionLog, BlackoutKind, QuotaMode, RuleType, RunOutcome
from core.publishing.automations.rules import RuleSpec, describe
from core.system.actors import Actor
from tests.automations.making import DAILY, blueprint, make, make_preset
from tests.factories import make_account, make_deviation, make_user
from tests.screens.support import press, run, said, scripts
from tests.screens.test_hostile_text import ALIVE, MARKUP, html_of, markdown_of

PAGE = "pages/publish/automations.py"
PARTS = ("about", "rules", "source", "defaults", "selling", "manners", "preview", "log")
NIGHT = BlackoutForm("Night", BlackoutKind.WEEKLY, start_time="22:00", end_time="07:00")


@pytest.fixture
def actor(runtime, anna):
    """Anna, with a default account and two drafts."""
    with runtime.database.session() as session:
        make_account(session, anna, username="anna-paints", is_default=True)
        for minutes, title in enumerate(("Winter fox", "Summer hare")):
            make_deviation(session, anna, title=title, created_at=utc_now() + timedelta(minutes=minutes))
    return Actor.person(anna.id)


@pytest.fixture
def evenings(runtime, actor):
    """An automation of hers that is off."""
    with runtime.database.session() as session:
        return make(session, actor).id


def stored(runtime, actor, automation_id):
    with runtime.database.read() as session:
        return read_blueprint(session, get_automation(session, actor, automation_id))


def click(screen, key):
    screen.button(key=key).click()
    return run(screen)


def field(kind, key):
    """The widget whose key ends like this: what is in front counts how often a part was opened."""
    return next(one for one in kind if (one.key or "").endswith(key))


def switch_on(runtime, actor, automation_id):
    with runtime.database.session() as session:
        switching.enable(session, actor, automation_id, now=utc_now())


def test_an_empty_list_offers_ways_to_begin(anna, open_page):
    screen = open_page(PAGE)
    for words in ("No automation yet", "One a day at 18:00", "Three a day", "Every 6 hours", "Weekday mornings"):
        assert words in said(screen)


def test_a_starter_is_seen_at_work_saved_and_switched_on(runtime, actor, open_page):
    screen = click(open_page(PAGE), "starter-daily")
    assert "A new automation, not saved yet." in said(screen)
    assert "Winter fox" in scripts(screen)
    screen = press(screen, "Save and switch on")
    assert "“One a day” was saved and is switched on." in said(screen)
    with runtime.database.read() as session:
        (made,) = list_automations(session, actor)
        (rule,) = list_rules(session, made.id)
    assert made.enabled and rule.next_at is not None
    assert screen.query_params["open"] == made.id


@pytest.mark.parametrize(
    ("starter", "words"),
    [
        ("three", "3 a day, spread out from 09:00 to 21:00"),
        ("interval", "Every 6 hours"),
        ("weekdays", "At 08:30 on Mon, Tue, Wed, Thu, Fri"),
    ],
)
def test_each_starter_has_its_rule(runtime, actor, open_page, starter, words):
    screen = open_page(PAGE, open="new", starter=starter, part="rules")
    press(screen, "Save")
    with runtime.database.read() as session:
        (made,) = list_automations(session, actor)
        assert [describe(spec) for spec in read_blueprint(session, made).specs] == [words]


def test_without_an_account_it_is_saved_but_stays_off_and_says_why(runtime, anna, open_page):
    screen = press(open_page(PAGE, open="new", starter="daily"), "Save and switch on")
    assert "No account is connected" in said(screen)
    assert "Before it can be switched on" in said(screen)
    with runtime.database.read() as session:
        (made,) = list_automations(session, Actor.person(anna.id))
    assert not made.enabled


@pytest.mark.parametrize("part", PARTS)
def test_opening_a_part_changes_nothing(runtime, actor, evenings, open_page, part):
    with runtime.database.session() as session:
        preset = make_preset(session, actor)
        form = replace(
            AutomationForm.of(get_automation(session, actor, evenings)), description="After work.", icon="bolt",
            source_filter={"tags": ["Fox"], "min_rating": 3, "mature": "none"}, title_pattern="{title} {n:03}",
            auto_add_to_sale_queue=True, sale_queue_preset_id=preset.id, timezone="Asia/Tokyo",
        )  # fmt: skip
        rules = (
            DAILY,
            RuleSpec(RuleType.FIXED_INTERVAL, interval_minutes=1440, deviations_per_interval=2, anchor_at=utc_now()),
            RuleSpec(RuleType.DAILY_QUOTA, daily_quota=3, quota_mode=QuotaMode.DRIP),
            RuleSpec(RuleType.DAILY_QUOTA, daily_quota=9, quota_mode=QuotaMode.MAXIMUM, days_of_week=("monday",)),
        )
        defaults = tuple(
            DefaultForm(name, value, value in ("x", ["x"]))
            for name, value in {
                "description": "x", "tags": ["x"], "is_mature": True, "mature_level": "strict", "no_ai": False,
                "mature_classification": ["gore"], "display_resolution": 3, "category_path": "x", "gallery_ids": ["x"],
            }.items()
        )  # fmt: skip
        whole = replace(blueprint(rules=rules, defaults=defaults), form=form)
        made = editing.create(session, actor, whole, now=utc_now())
    screen = open_page(PAGE, open=made.id, part=part)
    assert not screen.error
    assert "Unsaved changes" not in said(screen)


def test_a_change_is_previewed_before_it_is_saved_and_can_be_discarded(runtime, actor, evenings, open_page):
    screen = open_page(PAGE, open=evenings, part="source")
    field(screen.radio, "-method").set_value("lifo")
    screen = run(screen)
    assert "Unsaved changes" in said(screen)
    beside = next(html for html in html_of(screen) if "atl-post" in html and "<style>" not in html)
    assert beside.index("Summer hare") < beside.index("Winter fox")
    assert stored(runtime, actor, evenings).form.draft_selection_method == "fifo"
    screen = press(screen, "Discard")
    assert "Unsaved changes" not in said(screen)
    assert field(screen.radio, "-method").value == "fifo"


def test_what_is_changed_in_several_parts_is_saved_together(runtime, actor, evenings, open_page):
    screen = open_page(PAGE, open=evenings, part="about")
    field(screen.text_input, "-name").set_value("Late evenings")
    screen = click(run(screen), "part-manners")
    field(screen.number_input, "-jitter-max").set_value(600)
    screen = click(run(screen), "part-about")
    assert field(screen.text_input, "-name").value == "Late evenings"
    press(screen, "Save")
    form = stored(runtime, actor, evenings).form
    assert (form.name, form.jitter_max_seconds) == ("Late evenings", 600)


def test_a_rule_is_added_changed_and_removed(runtime, actor, evenings, open_page):
    screen = open_page(PAGE, open=evenings, part="rules")
    field(screen.toggle, "-on").set_value(False)
    screen = run(screen)
    press(screen, "Save")
    assert [spec.enabled for spec in stored(runtime, actor, evenings).specs] == [False]
    screen = open_page(PAGE, open=evenings, part="rules")
    screen = press(click(screen, next(one.key for one in screen.button if one.key.endswith("-remove"))), "Save")
    assert stored(runtime, actor, evenings).rules == ()
    assert "It has no rule yet" in said(screen)


def test_what_cannot_be_is_said_at_the_field_and_again_when_saving(runtime, actor, evenings, open_page):
    screen = open_page(PAGE, open=evenings, part="manners")
    field(screen.number_input, "-jitter-min").set_value(900)
    screen = run(screen)
    assert "The shortest delay is above the longest" in said(screen)
    screen = press(screen, "Save")
    assert any("above the longest" in str(error.value) for error in screen.error)
    assert stored(runtime, actor, evenings).form.jitter_min_seconds == 0


def test_a_change_made_elsewhere_is_not_overwritten(runtime, actor, evenings, open_page):
    screen = open_page(PAGE, open=evenings, part="about")
    field(screen.text_input, "-name").set_value("Mine")
    screen = run(screen)
    with runtime.database.session() as session:
        form = replace(AutomationForm.of(get_automation(session, actor, evenings)), name="Elsewhere")
        editing.edit(session, actor, evenings, form, now=utc_now())
    screen = press(screen, "Save")
    assert any("changed elsewhere meanwhile" in str(error.value) for error in screen.error)
    assert stored(runtime, actor, evenings).form.name == "Elsewhere"
    assert field(press(screen, "Discard").text_input, "-name").value == "Elsewhere"


def test_the_switch_on_a_card_switches_and_a_refusal_leaves_it_off(runtime, actor, evenings, open_page):
    screen = open_page(PAGE)
    screen.toggle(key=f"automation-on-{evenings}").set_value(True)
    screen = run(screen)
    assert screen.toggle(key=f"automation-on-{evenings}").value is True
    assert "2 left, until" in scripts(screen) and "18:00–18:05" in scripts(screen)
    screen.toggle(key=f"automation-on-{evenings}").set_value(False)
    screen = run(screen)
    with runtime.database.session() as session:
        session.get_one(
            type(make_account(session, make_user(session, "x"))), _account_id(session, actor)
        ).state = AccountState.DISCONNECTED
    screen.toggle(key=f"automation-on-{evenings}").set_value(True)
    screen = run(screen)
    assert any("is disconnected" in str(error.value) for error in screen.error)
    assert screen.toggle(key=f"automation-on-{evenings}").value is False


def _account_id(session, actor):
    return limits_editing.list_limits(session, actor)[0].account.id


def test_one_that_is_on_and_cannot_post_says_so(runtime, anna, actor, evenings, open_page):
    switch_on(runtime, actor, evenings)
    with runtime.database.session() as session:
        limits_editing.list_limits(session, actor)[0].account.state = AccountState.DISCONNECTED
    screen = open_page(PAGE)
    assert "Cannot post" in said(screen)
    assert "is disconnected" in said(screen)


def test_the_preview_says_when_drafts_run_out_and_why_posts_are_moved(runtime, actor, evenings, open_page):
    evening = BlackoutForm("Supper", BlackoutKind.WEEKLY, start_time="17:30", end_time="19:00")
    with runtime.database.session() as session:
        limits_editing.add_blackout(session, actor, evening, now=utc_now())
    screen = open_page(PAGE, open=evenings, part="preview", days="7")
    assert "**2 posts** in 7 days" in said(screen)
    assert "2 moved" in said(screen)
    assert "Moved because of the blackout “Supper”" in said(screen)
    assert "No drafts" in scripts(screen)
    assert "19:00–19:05" in said(screen)


def test_a_preview_of_a_month_is_turned_page_by_page(runtime, anna, actor, evenings, open_page):
    with runtime.database.session() as session:
        for number in range(28):
            make_deviation(session, anna, title=f"More {number:02}", created_at=utc_now() + timedelta(days=1))
    screen = open_page(PAGE, open=evenings, part="preview", days="30")
    labels = {link.proto.label for link in screen.get("page_link")}
    assert "Winter fox" in labels and "More 27" not in labels
    screen = open_page(PAGE, open=evenings, part="preview", days="30", page="2")
    assert "More 27" in {link.proto.label for link in screen.get("page_link")}


def test_the_log_tells_each_run(runtime, anna, actor, evenings, open_page):
    with runtime.database.session() as session:
        post = make_deviation(session, anna, title="Out already")
        session.add(
            AutomationExecutionLog(
                automation_id=evenings, executed_at=utc_now(), scheduled_count=1, outcome=RunOutcome.SCHEDULED,
                triggered_by_rule_type="fixed_time", deviation_ids=[post.id],
            )
        )  # fmt: skip
    screen = open_page(PAGE, open=evenings, part="log")
    assert "**1 run**" in said(screen)
    assert "Scheduled" in scripts(screen)
    assert "Out already" in {link.proto.label for link in screen.get("page_link")}


def test_limits_of_an_account_are_set(runtime, actor, open_page):
    screen = open_page(PAGE, view="limits")
    assert "no limits" in said(screen)
    field(screen.number_input, "-gap").set_value(90)
    field(screen.number_input, "-cap").set_value(4)
    screen = press(run(screen), "Save")
    assert "90 minutes between two posts and at most 4 a day" in said(screen)
    with runtime.database.read() as session:
        assert limits_editing.list_limits(session, actor)[0].limits == LimitsForm(90, 4)


def test_a_blackout_window_is_made_switched_removed_and_taken_back(runtime, actor, open_page):
    screen = click(open_page(PAGE, view="limits"), "window-add")
    field(screen.text_input, "-name").set_value("Night")
    screen = run(screen)
    screen = click(screen, next(one.key for one in screen.button if "window-form" in one.key and "save" in one.key))
    assert "22:00 to 07:00 the day after" in said(screen)

    def windows():
        with runtime.database.read() as session:
            return [(row.id, row.name, row.enabled) for row in limits_editing.list_blackouts(session, actor)]

    ((window_id, name, enabled),) = windows()
    assert (name, enabled) == ("Night", True)
    screen.toggle(key=f"window-on-{window_id}").set_value(False)
    screen = run(screen)
    assert [one[2] for one in windows()] == [False]
    screen = click(screen, f"window-delete-{window_id}")
    assert windows() == []
    click(screen, "automations-undo")
    assert [one[1] for one in windows()] == ["Night"]


def test_windows_that_leave_no_time_are_warned_of(runtime, actor, open_page):
    with runtime.database.session() as session:
        limits_editing.add_blackout(session, actor, replace(NIGHT, end_time="22:00"), now=utc_now())
    assert "cover the whole week of anna-paints" in said(open_page(PAGE, view="limits"))


def test_somebody_elses_automation_looks_like_none(runtime, anna, open_page):
    with runtime.database.session() as session:
        charlie = make_user(session, "charlie")
        theirs = make(session, Actor.person(charlie.id), name="Secret plans")
        limits_editing.add_blackout(session, Actor.person(charlie.id), NIGHT, now=utc_now())
    for query in ({"open": theirs.id}, {"open": "aut_nonsense"}):
        screen = open_page(PAGE, **query)
        assert any("There is no such automation" in str(error.value) for error in screen.error)
        assert "Secret plans" not in said(screen)
    assert "No automation yet" in said(open_page(PAGE))
    assert "No blackout windows" in said(open_page(PAGE, view="limits"))


@pytest.mark.parametrize("query", [{}, {"view": "limits"}, *({"part": part} for part in PARTS)], ids=str)
def test_nothing_that_somebody_typed_becomes_markup(runtime, anna, actor, open_page, query):
    with runtime.database.session() as session:
        make_deviation(session, anna, title=MARKUP, tags=[MARKUP])
        made = make(
            session, actor, enabled=True, name=MARKUP, description=MARKUP, rules=(DAILY, replace(DAILY, enabled=False)),
            defaults=(DefaultForm("description", MARKUP),), title_pattern="{title} " + MARKUP,
        )  # fmt: skip
        limits_editing.add_blackout(session, actor, replace(NIGHT, name=MARKUP, end_time="21:00"), now=utc_now())
        session.add(
            AutomationExecutionLog(
                automation_id=made.id, executed_at=utc_now(), outcome=RunOutcome.FAILED, error_message=MARKUP
            )
        )
    screen = open_page(PAGE, **(query | {"open": made.id} if "part" in query else query))
    assert not [text for text in markdown_of(screen) if ALIVE.search(text)]
    assert "<img src=x" not in "".join(html_of(screen))


def test_what_is_typed_and_left_in_one_go_is_not_lost(runtime, actor, evenings, open_page):
    screen = open_page(PAGE, open=evenings, part="about")
    field(screen.text_input, "-name").set_value("Late evenings")
    screen = click(screen, "part-source")
    field(screen.radio, "-method").set_value("random")
    screen = click(screen, "automation-back")
    assert "unsaved changes" in said(screen)
    press(click(screen, f"open-{evenings}"), "Save")
    form = stored(runtime, actor, evenings).form
    assert (form.name, form.draft_selection_method) == ("Late evenings", "random")


def test_whoever_moves_to_another_zone_takes_their_automations_along(runtime, actor, evenings, open_page):
    switch_on(runtime, actor, evenings)

    def hour_of_next():
        with runtime.database.read() as session:
            return list_rules(session, evenings)[0].next_at.astimezone(ZoneInfo("Asia/Tokyo")).hour

    assert hour_of_next() != 18
    screen = open_page("pages/account/profile.py")
    screen.selectbox(key="profile-timezone").set_value("Asia/Tokyo")
    press(screen, "Save")
    assert hour_of_next() == 18


def test_a_card_reads_as_a_sentence_and_says_when_others_take_the_drafts_first(runtime, actor, open_page):
    maximum = RuleSpec(RuleType.DAILY_QUOTA, daily_quota=4, quota_mode=QuotaMode.MAXIMUM, priority=1)
    every = RuleSpec(RuleType.FIXED_INTERVAL, interval_minutes=5, deviations_per_interval=9, anchor_at=utc_now())
    with runtime.database.session() as session:
        greedy = make(session, actor, name="Greedy", rules=(every,))
        later = f"{(utc_now() + timedelta(hours=6)).astimezone(ZoneInfo('Europe/Vienna')):%H:%M}"
        patient = make(session, actor, name="Patient", rules=(replace(DAILY, time_of_day=later), maximum))
    for automation in (greedy, patient):
        switch_on(runtime, actor, automation.id)
    screen = open_page(PAGE)
    assert " and at most 4 a day" in said(screen)
    assert "2 left, but other automations take them first" in scripts(screen)
