"""What to mind about a prompt: one sentence for each kind of mistake, and where."""

import pytest

from core.studio.expansion import ExpansionWarning, Severity
from core.ui.generate.remarks import grouped, spots_in_words


def warning(start, message="Never closed.", code="stray_bracket", **more):
    return ExpansionWarning(code, message, "prompt", start, start + 1, **more)


def test_the_same_mistake_is_one_remark_and_the_gravest_stands_first():
    out = ExpansionWarning("bad_command", "Left out.", "prompt", 30, 40, Severity.ERROR)
    bracket = [warning(place) for place in (2, 8, 13)]
    first, second = grouped([*bracket, out, warning(50, untold=5)])
    assert (first.first, first.others) == (out, 0)
    assert [start for start, _ in second.spots] == [2, 8, 13, 50] and second.others == 5


def test_of_one_kind_three_sentences_are_told_and_the_rest_is_counted():
    found = grouped([warning(place, f"No lookup “{place}”.", "no_such_lookup") for place in range(5)])
    assert [(one.first.start, one.others) for one in found] == [(0, 0), (1, 0), (2, 2)]


@pytest.mark.parametrize(
    ("spots", "others", "words"),
    [
        ([(2, 3)], 0, "character 3"),
        ([(2, 9)], 0, "characters 3 to 9"),
        ([(2, 3), (8, 9)], 0, "characters 3 and 9"),
        ([(2, 3)], 4, "characters 3 and 4 more"),
        ([(2, 3), (8, 9), (13, 14), (20, 21)], 1_600, "characters 3, 9, 14 and 1,601 more"),
    ],
)
def test_places_are_counted_from_one_and_the_first_three_are_named(spots, others, words):
    assert spots_in_words(spots, others) == words
