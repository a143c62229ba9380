"""Templates put to use: a text filled from a post, applied to one post or many."""

from datetime import UTC, datetime

import pytest

from core.publishing import bulk
from core.publishing.access import get_post
from core.publishing.bulk import BulkChanges
from core.publishing.changes import DeviationChanges
from core.publishing.errors import DeviationNotFound
from core.publishing.templates.applying import Use, apply, changes_of, render, render_draft
from core.publishing.templates.editing import create
from core.publishing.templates.errors import TemplateNotFound, TemplateRefused
from core.publishing.templates.forms import TemplateForm
from core.publishing.templates.listing import get_template
from core.publishing.templates.models import TemplateType
from tests.factories import NOON, make_deviation
from tests.publishing.templates.support import FOXES, PRICED

TAG, DESCRIPTION, COMMENT = TemplateType
EVERYTHING = "{title}|{filename}|{date}|{weekday}|{tags}|{account}|{link}"


@pytest.fixture
def post(session, actor, alice, account):
    row = make_deviation(session, alice, account, title="Winter {fox}", tags=["fox", "snow"])
    get_post(session, actor, row.id).files[0].original_filename = "fox.final.png"
    session.flush()
    return row


def template(session, actor, kind, form):
    return get_template(session, actor, create(session, actor, kind, form, now=NOON).template_id)


def test_every_built_in_variable_is_filled_from_the_post(session, actor, account, post):
    one = template(session, actor, COMMENT, TemplateForm("All", content=EVERYTHING))
    late = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)
    done = render(session, actor, one, post.id, {}, zone="Europe/Vienna", now=late)
    assert done.text == f"Winter {{fox}}|fox.final|2026-06-02|Tuesday|fox, snow|{account.username}|"
    assert done.empty == ("link",)


def test_answers_are_put_in_as_they_are(session, actor, post):
    one = template(session, actor, DESCRIPTION, PRICED)
    assert render(session, actor, one, post.id, {"price": "{title}"}, now=NOON).text == (
        "Winter {fox} as a print for {title} dollars.\n{made} 2026-06-01"
    )


def test_without_a_post_an_example_is_shown(session, actor):
    done = render_draft(session, actor, "{title} {who}", [{"name": "who", "default": "you"}], None, now=NOON)
    assert (done.text, done.empty) == ("Winter fox you", ())


def test_tags_replace_or_are_added(session, actor, post):
    one = template(session, actor, TAG, FOXES)
    apply(session, actor, one.id, [post.id], Use(append=True), now=NOON)
    assert post.tags == ["fox", "snow", "night sky"]
    apply(session, actor, one.id, [post.id], now=NOON)
    assert post.tags == ["fox", "Snow", "night sky"]


def test_a_description_is_written_for_each_post_and_taken_back(session, actor, alice):
    posts = [make_deviation(session, alice, title=title, description="Old") for title in ("One", "Two")]
    one = template(session, actor, DESCRIPTION, TemplateForm("T", content="This is {title}."))
    report = apply(session, actor, one.id, [row.id for row in posts], now=NOON)
    assert [row.description for row in posts] == ["This is One.", "This is Two."]
    bulk.undo(session, actor, report.group, now=NOON)
    assert [row.description for row in posts] == ["Old", "Old"]


def test_a_description_is_added_below_once(session, actor, alice):
    full, bare = make_deviation(session, alice, description="Old"), make_deviation(session, alice)
    one = template(
        session, actor, DESCRIPTION, TemplateForm("T", content="Prints: {shop}", variables=[{"name": "shop"}])
    )
    for _ in range(2):
        apply(session, actor, one.id, [full.id, bare.id], Use(append=True, answers={"shop": "mine"}), now=NOON)
    assert (full.description, bare.description) == ("Old\n\nPrints: mine", "Prints: mine")


def test_a_description_speaks_of_what_the_same_change_sets(session, actor, account, post):
    one = template(session, actor, DESCRIPTION, TemplateForm("T", content="{title} / {tags} / {account}"))
    together = BulkChanges(
        DeviationChanges(account_id=None, tags=["one"]), title_pattern="{filename} {n}",
        description=changes_of(one, Use()).description,
    )  # fmt: skip
    bulk.edit_many(session, actor, [post.id], together, now=NOON)
    assert post.description == "fox.final 1 / one /"


def test_what_cannot_be_changed_is_skipped_with_its_reason(session, actor, alice, account):
    draft = make_deviation(session, alice)
    out = make_deviation(session, alice, account, status="published")
    one = template(session, actor, DESCRIPTION, TemplateForm("T", content="x" * 50_000))
    report = apply(session, actor, one.id, [out.id, draft.id], now=NOON)
    assert [item.id for item in report.changed] == [draft.id]
    assert "is published" in (report.skipped[0].reason or "")
    full = make_deviation(session, alice, description="Old")
    too_long = apply(session, actor, one.id, [full.id], Use(append=True), now=NOON)
    assert "at most 50000 characters" in (too_long.skipped[0].reason or "")
    assert full.description == "Old"


def test_a_comment_is_not_applied_and_tags_have_no_text(session, actor, post):
    comment = template(session, actor, COMMENT, TemplateForm("C", content="Hi"))
    tags = template(session, actor, TAG, FOXES)
    with pytest.raises(TemplateRefused, match="Copy it"):
        apply(session, actor, comment.id, [post.id], now=NOON)
    with pytest.raises(TemplateRefused, match="no text"):
        render(session, actor, tags, post.id, {}, now=NOON)


def test_neither_charlies_template_nor_charlies_post_can_be_used(session, actor, charlie, alice, post):
    theirs = create(session, charlie, DESCRIPTION, TemplateForm("T", content="{title}"), now=NOON).template_id
    with pytest.raises(TemplateNotFound):
        apply(session, actor, theirs, [post.id], now=NOON)
    report = apply(session, charlie, theirs, [post.id], now=NOON)
    assert report.changed == ()
    with pytest.raises(DeviationNotFound):
        render_draft(session, charlie, "{title}", [], post.id, now=NOON)
