"""Lists, search, counts and one deviation in full."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from core.db.engine import Database
from core.identity.models import AccountState
from core.publishing.detail import get_detail, list_history, read_fields
from core.publishing.errors import DeviationNotFound
from core.publishing.listing import Order, count_by_status, list_deviations, list_ids
from core.publishing.models import DeviationStatus, HoldReason
from core.publishing.searching import DeviationFilter
from core.system.actors import Actor
from tests.factories import DAY, HOUR, NOON, lease, make_account, make_blob, make_deviation, make_file, make_user
from tests.support.databases import only_sqlite


def titles(session, actor, wanted=None, **options) -> list[str]:
    page = list_deviations(session, actor, wanted, now=NOON, **options)
    return [row.title for row in page.rows]


def test_a_list_has_plain_values_that_outlive_the_session(session, alice, actor, account):
    post = make_deviation(session, alice, account, files=3, tags=["a", "b"], status="scheduled", jitter_seconds=9)
    (row,) = list_deviations(session, actor, now=NOON).rows
    session.close()
    assert dataclasses.is_dataclass(row) and row.id == post.id
    assert row.tags == ("a", "b") and row.account_name == account.username
    assert row.file_count == 3 and row.first_file is not None and row.first_file.width == 640
    assert row.scheduled_at == NOON + HOUR and row.jitter_seconds == 9


def test_the_first_file_is_the_first_in_order_not_in_age(session, alice, actor):
    post = make_deviation(session, alice, files=0)
    make_file(session, post, make_blob(session, alice), sort_order=2, original_filename="second.png")
    make_file(session, post, make_blob(session, alice), sort_order=1, original_filename="first.png")
    (row,) = list_deviations(session, actor, now=NOON).rows
    assert row.first_file is not None and row.first_file.name == "first.png"


def test_a_post_without_files_is_listed_too(session, alice, actor):
    make_deviation(session, alice, files=0)
    (row,) = list_deviations(session, actor, now=NOON).rows
    assert (row.file_count, row.first_file) == (0, None)


def test_pages_follow_each_other_without_gaps_or_repeats_even_among_equals(session, alice, actor):
    posts = [make_deviation(session, alice, files=0) for _ in range(25)]
    seen = []
    for number in (1, 2, 3):
        page = list_deviations(session, actor, page=number, page_size=10, now=NOON)
        assert (page.total, page.pages, page.number) == (25, 3, number)
        seen += [row.id for row in page.rows]
    assert seen == [post.id for post in reversed(posts)]


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (-3, 1), (99, 3)])
def test_a_page_out_of_range_shows_the_nearest(session, alice, actor, asked, given):
    for _ in range(25):
        make_deviation(session, alice, files=0)
    assert list_deviations(session, actor, page=asked, page_size=10, now=NOON).number == given


def test_an_empty_list_has_one_empty_page(session, actor):
    page = list_deviations(session, actor, now=NOON)
    assert (page.rows, page.total, page.pages) == ((), 0, 1)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ÄPFEL", ["Äpfel und Birnen"]),
        ("äpfel", ["Äpfel und Birnen"]),
        ("birnen apfel", []),
        ("birnen äpfel", ["Äpfel und Birnen"]),
        ("schüssel", ["Äpfel und Birnen"]),
        ("STILL LIFE", ["Äpfel und Birnen"]),
        ("żółw", ["Turtle"]),
        ("100%", ["100% wool"]),
        ("_", ["under_score"]),
        ("img_2041", ["Turtle"]),
        ("\\", ["back\\slash"]),
        ("'; DROP TABLE deviations; --", []),
        ("   ", ["Turtle", "back\\slash", "under_score", "100% wool", "Äpfel und Birnen"]),
    ],
)
def test_search_finds_words_in_title_description_tags_and_file_names(session, alice, actor, words, found):
    make_deviation(session, alice, title="Äpfel und Birnen", description="In einer SCHÜSSEL", tags=["still life"])
    make_deviation(session, alice, title="100% wool")
    make_deviation(session, alice, title="under_score")
    make_deviation(session, alice, title="back\\slash")
    turtle = make_deviation(session, alice, title="Turtle", tags=["ŻÓŁW"], files=0)
    make_file(session, turtle, make_blob(session, alice), original_filename="IMG-2041.png")
    if words == "img_2041":  # an underscore is no wildcard
        found = []
    assert titles(session, actor, DeviationFilter(search=words)) == found


def test_filters_narrow_the_list(session, alice, actor, account):
    other = make_account(session, alice)
    make_deviation(session, alice, account, title="mature", is_mature=True)
    make_deviation(session, alice, other, title="other account")
    make_deviation(session, alice, account, title="ai", is_ai_generated=True, created_at=NOON - DAY)
    make_deviation(session, alice, account, title="tagged", tags=["Forest"])
    make_deviation(session, alice, account, title="held", status="scheduled", hold_reason=HoldReason.LATE)
    make_deviation(session, alice, account, title="out", status="published", published_at=NOON - 2 * DAY)
    make_deviation(session, alice, account, title="binned", deleted_at=NOON)
    for wanted, title in (
        (DeviationFilter(is_mature=True), "mature"),
        (DeviationFilter(account_id=other.id), "other account"),
        (DeviationFilter(is_ai_generated=True), "ai"),
        (DeviationFilter(created_before=NOON), "ai"),
        (DeviationFilter(tag="forest"), "tagged"),
        (DeviationFilter(hold_reason=HoldReason.LATE), "held"),
        (DeviationFilter(going_out_from=NOON, going_out_before=NOON + 2 * HOUR), "held"),
        (DeviationFilter(published_before=NOON), "out"),
        (DeviationFilter(trashed=True), "binned"),
        (DeviationFilter(statuses=(DeviationStatus.SCHEDULED, DeviationStatus.PUBLISHING)), "held"),
        (DeviationFilter(statuses=(DeviationStatus.PUBLISHED,), search="out"), "out"),
    ):
        assert titles(session, actor, wanted) == [title], wanted


def test_orders(session, alice, actor, account):
    make_deviation(session, alice, account, title="b", status="scheduled", scheduled_at=NOON + 3 * HOUR)
    make_deviation(session, alice, account, title="A", status="scheduled", created_at=NOON + HOUR)
    make_deviation(session, alice, account, title="ä", updated_at=NOON + DAY)
    make_deviation(session, alice, account, title="c", status="published", published_at=NOON)
    assert titles(session, actor, order=Order.NEWEST) == ["A", "c", "ä", "b"]
    assert titles(session, actor, order=Order.OLDEST) == ["b", "ä", "c", "A"]
    assert titles(session, actor, order=Order.NEXT)[:2] == ["A", "b"]
    assert titles(session, actor, order=Order.PUBLISHED)[0] == "c"
    assert titles(session, actor, order=Order.CHANGED)[0] == "ä"
    alphabet = [title for title in titles(session, actor, order=Order.TITLE) if title != "ä"]
    assert alphabet == ["A", "b", "c"]


def test_all_that_match_are_more_than_the_page(session, alice, actor):
    posts = [make_deviation(session, alice, files=0, tags=["x"]) for _ in range(12)]
    make_deviation(session, alice, files=0)
    wanted = DeviationFilter(tag="x")
    assert len(list_deviations(session, actor, wanted, page_size=5, now=NOON).rows) == 5
    assert list_ids(session, actor, wanted, order=Order.OLDEST) == [post.id for post in posts]


def test_counts_by_status_and_trash(session, alice, actor, account):
    for status in ("draft", "draft", "review", "scheduled", "published"):
        make_deviation(session, alice, account, status=status, files=0)
    make_deviation(session, alice, files=0, deleted_at=NOON)
    counts = count_by_status(session, actor)
    assert counts.by_status == {
        DeviationStatus.DRAFT: 2, DeviationStatus.REVIEW: 1, DeviationStatus.SCHEDULED: 1, DeviationStatus.PUBLISHED: 1,
    }  # fmt: skip
    assert counts.trashed == 1 and counts.of(DeviationStatus.DRAFT, DeviationStatus.FAILED) == 2


def test_counts_of_nothing(session, actor):
    counts = count_by_status(session, actor)
    assert (counts.by_status, counts.trashed) == ({}, 0)


def test_busy_is_read_from_the_lease(session, alice, actor, account):
    post = make_deviation(session, alice, account, status="uploading")
    for age, busy in ((44, True), (46, False)):
        lease(post, at=NOON - timedelta(seconds=age))
        session.flush()
        (row,) = list_deviations(session, actor, now=NOON).rows
        assert row.is_busy is busy


def test_a_queued_post_of_an_account_to_reconnect_says_that_it_waits(session, alice, actor):
    account = make_account(session, alice, state=AccountState.RECONNECT)
    make_deviation(session, alice, account, status="scheduled", title="queued")
    make_deviation(session, alice, account, title="draft")
    waits = {row.title: row.waits_for_account for row in list_deviations(session, actor, now=NOON).rows}
    assert waits == {"queued": True, "draft": False}


def test_charlie_sees_nothing_of_alices(session, alice, account, charlie: Actor):
    post = make_deviation(session, alice, account, status="scheduled")
    assert list_deviations(session, charlie, now=NOON).total == 0
    assert list_deviations(session, charlie, DeviationFilter(account_id=account.id), now=NOON).total == 0
    assert list_ids(session, charlie, DeviationFilter()) == []
    assert count_by_status(session, charlie).by_status == {}
    assert list_history(session, charlie, post.id) == []
    with pytest.raises(DeviationNotFound):
        get_detail(session, charlie, post.id, now=NOON)


def test_the_detail_has_fields_files_tags_and_what_is_missing(session, alice, actor):
    post = make_deviation(
        session, alice, None, files=0, tags=["still life"], publish_options={"request_critique": True}
    )
    make_file(session, post, make_blob(session, alice, embedded={"prompt": "a bowl"}), stash_item_id="77")
    detail = get_detail(session, actor, post.id, now=NOON)
    assert detail.fields["title"] == post.title and detail.options.request_critique
    assert detail.files[0].embedded == {"prompt": "a bowl"} and detail.files[0].stash_item_id == "77"
    assert detail.site_tags.sent == ("still_life",)
    assert len(detail.problems) == 1 and "account" in detail.problems[0]


def test_the_detail_shows_what_is_in_the_trash_too(session, alice, actor):
    post = make_deviation(session, alice, deleted_at=NOON)
    assert get_detail(session, actor, post.id, now=NOON).view.deleted_at == NOON


def test_a_page_takes_the_same_few_statements_however_many_rows_it_has(session, alice, actor, account):
    def statements() -> int:
        seen: list[str] = []
        listener = lambda _c, _k, statement, *_: seen.append(statement)  # noqa: E731 - removed again below
        event.listen(session.get_bind(), "before_cursor_execute", listener)
        list_deviations(session, actor, now=NOON)
        event.remove(session.get_bind(), "before_cursor_execute", listener)
        return len(seen)

    make_deviation(session, alice, account)
    few = statements()
    for _ in range(40):
        make_deviation(session, alice, account, files=2)
    assert statements() == few == 4


PLANNED = [
    (DeviationFilter(statuses=(DeviationStatus.DRAFT,)), Order.NEWEST, "ix_deviations_live"),
    (DeviationFilter(statuses=(DeviationStatus.SCHEDULED,)), Order.NEXT, "ix_deviations_next"),
    (DeviationFilter(), Order.NEWEST, "ix_deviations_user_id_deleted_at_created_at"),
]


@only_sqlite
@pytest.mark.parametrize(("wanted", "order", "index"), PLANNED)
def test_the_usual_lists_are_read_from_an_index(database: Database, wanted, order, index):
    with database.session() as session:
        alice = make_user(session)
        actor = Actor.person(alice.id)
        statements: list[tuple[str, tuple[object, ...]]] = []
        listener = lambda _c, _k, sql, values, *_: statements.append((sql, values))  # noqa: E731 - removed below
        event.listen(database.engine, "before_cursor_execute", listener)
        list_ids(session, actor, wanted, order=order)
        event.remove(database.engine, "before_cursor_execute", listener)
        sql, values = statements[-1]
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
    assert any(index in row[3] for row in plan), plan


def test_history_is_newest_first(session, alice, actor, account):
    from core.publishing import trash

    post = make_deviation(session, alice, account)
    trash.delete(session, actor, [post.id], now=NOON)
    trash.restore(session, actor, [post.id], now=NOON + HOUR)
    assert [one.action for one in list_history(session, actor, post.id)] == ["deviation.restored", "deviation.deleted"]


def test_search_survives_text_that_no_file_name_could_have(session, actor):
    assert titles(session, actor, DeviationFilter(search="%" * 50 + " 𓀀 ' \" --")) == []
    assert session.scalar(text("SELECT 1")) == 1


def test_the_fields_of_what_can_be_edited_are_read_in_the_order_asked_for(session, alice, actor, account, charlie):
    draft = make_deviation(session, alice, description="Words", tags=["a"], is_mature=True, mature_level="strict")
    queued = make_deviation(session, alice, account, status="scheduled")
    others = [
        make_deviation(session, alice, account, status="published"),
        make_deviation(session, alice, account, status="uploading"),
        make_deviation(session, alice, deleted_at=NOON),
    ]
    ids = [queued.id, *(post.id for post in others), draft.id]
    found = read_fields(session, actor, ids)
    assert list(found) == [queued.id, draft.id]
    assert found[draft.id].updated_at == draft.updated_at
    assert found[draft.id].fields == get_detail(session, actor, draft.id, now=NOON).fields
    assert read_fields(session, charlie, ids) == {}
