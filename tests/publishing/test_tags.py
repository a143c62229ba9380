"""Tags as DeviantArt takes them, and what a person is told about the rest."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.publishing import tags

SENT = re.compile(r"[A-Za-z0-9_]+")


@pytest.mark.parametrize(
    ("given_tag", "sent"),
    [
        ("still life", "still_life"),
        ("sci-fi", "scifi"),
        ("café", "cafe"),
        ("Straße", "Strasse"),
        ("Łódź", "Lodz"),
        ("  spaced   out ", "spaced_out"),
        ("under_score", "under_score"),
        ("3D!", "3D"),
        ("ﬁne", "fine"),
    ],
)
def test_a_tag_is_brought_to_the_sites_form(given_tag, sent):
    assert tags.site_form(given_tag) == sent


@pytest.mark.parametrize("lost", ["кошка", "猫", "!!!", "🎨", "", "_", "　"])
def test_what_has_no_latin_letters_or_digits_vanishes_and_says_so(lost):
    report = tags.for_site([lost])
    assert report.sent == ()
    assert report.notes[0].sent is None and "not sent" in report.notes[0].reason


def test_tags_that_are_sent_as_written_need_no_note():
    assert tags.for_site(["one", "two_2"]) == tags.SiteTags(("one", "two_2"), ())


def test_two_tags_that_become_the_same_are_sent_once():
    report = tags.for_site(["Still Life", "still_life", "STILL-LIFE"])
    assert report.sent == ("Still_Life", "STILLLIFE")
    assert [note.sent for note in report.notes] == ["Still_Life", None, "STILLLIFE"]


def test_the_thirty_first_stays_behind():
    report = tags.for_site([f"tag{number}" for number in range(31)])
    assert len(report.sent) == 30
    assert [note.given for note in report.notes] == ["tag30"]


def test_typed_text_is_split_and_tidied():
    assert tags.split(" #forest, Still Life;\nforest ,, FOREST\r\n# ") == ["forest", "Still Life"]


@given(st.lists(st.text(max_size=40), max_size=60))
def test_whatever_is_written_the_site_gets_what_it_takes(written):
    report = tags.for_site(written)
    assert len(report.sent) <= tags.MAX_SENT
    assert len({tag.casefold() for tag in report.sent}) == len(report.sent)
    assert all(SENT.fullmatch(tag) for tag in report.sent)


@given(st.lists(st.text(max_size=40), max_size=60))
def test_every_tag_is_sent_as_written_or_has_a_note(written):
    report = tags.for_site(written)
    told = {note.given for note in report.notes}
    assert set(written) <= told | set(report.sent)


@given(st.lists(st.text(max_size=40), max_size=60))
def test_sending_what_was_sent_changes_nothing(written):
    once = tags.site_tags(written)
    assert tags.for_site(once) == tags.SiteTags(tuple(once), ())


@given(st.lists(st.text(max_size=40), max_size=60))
def test_tidying_twice_is_tidying_once(written):
    tidy = tags.tidy(written)
    assert tags.tidy(tidy) == tidy
    assert all(tag == tag.strip() and tag and "\0" not in tag for tag in tidy)
