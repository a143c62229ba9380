"""Title patterns."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.publishing.errors import PatternRefused
from core.publishing.patterns import AUTOMATION_VARIABLES, VARIABLES, PatternValues, read_pattern

VALUES = PatternValues(filename="img_7", n=5, title="Apples", day=date(2026, 6, 1))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("{title} {n}", "Apples 5"),
        ("{title} {n:03}", "Apples 005"),
        ("{n:2}", "05"),
        ("{filename} of {date}", "img_7 of 2026-06-01"),
        ("{{{title}}}", "{Apples}"),
        ("{{n}}", "{n}"),
        ("  no variables ", "no variables"),
        ("", ""),
    ],
)
def test_a_pattern_becomes_text(pattern, text):
    assert read_pattern(pattern).render(VALUES) == text


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("Mine {nme}", "“{nme}” at place 6 is not known"),
        ("{title", "place 1 is never closed"),
        ("title}", "place 6 closes nothing"),
        ("{}", "“{}” at place 1 is not known"),
        ("{title:03}", "only {n} takes a width"),
        ("{n:x}", "only {n} takes a width"),
        ("{n:99}", "only {n} takes a width"),
        ("{n:}", "only {n} takes a width"),
        ("{title.__class__}", "is not known"),
        ("{n!r}", "is not known"),
        ("{ title }", "is not known"),
        ("{{title}", "place 8 closes nothing"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(pattern, words):
    with pytest.raises(PatternRefused) as refused:
        read_pattern(pattern)
    assert words in str(refused.value)


@given(st.text(max_size=60))
def test_text_with_doubled_braces_comes_out_as_it_was(text):
    doubled = text.replace("{", "{{").replace("}", "}}")
    assert read_pattern(doubled).render(VALUES) == text.strip()


@given(st.text(alphabet="{}n:0 abtile", max_size=30))
def test_any_text_is_either_read_or_refused(text):
    try:
        pattern = read_pattern(text)
    except PatternRefused:
        return
    assert isinstance(pattern.render(VALUES), str)


@given(st.lists(st.sampled_from([f"{{{name}}}" for name in VARIABLES] + ["-", "{n:05}"]), max_size=8),
       st.integers(1, 100_000))  # fmt: skip
def test_values_are_put_in_without_being_read_as_patterns(parts, number):
    values = PatternValues(filename="{n}", n=number, title="{{x}}", day=date(2026, 1, 2))
    known = {"{filename}": "{n}", "{n}": str(number), "{title}": "{{x}}", "{date}": "2026-01-02", "-": "-",
             "{n:05}": str(number).zfill(5)}  # fmt: skip
    assert read_pattern("".join(parts)).render(values) == "".join(known[part] for part in parts)


def test_whoever_reads_a_pattern_says_which_names_it_may_use():
    values = PatternValues("img_7", 5, "Apples", date(2026, 6, 1), {"automation": "Evenings", "tags": "fruit, red"})
    pattern = read_pattern("{automation}, {weekday} {n:02}: {title} ({tags})", AUTOMATION_VARIABLES)
    assert pattern.render(values) == "Evenings, Monday 05: Apples (fruit, red)"
    assert pattern.names == {"automation", "weekday", "n", "title", "tags"}
    with pytest.raises(PatternRefused, match=r"“\{automation\}” at place 1 is not known"):
        read_pattern("{automation}")


def test_the_advice_is_part_of_the_refusal():
    with pytest.raises(PatternRefused) as refused:
        read_pattern("Only {price2}", ["price"], advice=", or declare it below")
    expected = "“{price2}” at place 6 is not known. Choose from {price}, or declare it below."
    assert str(refused.value) == expected


def test_a_variable_without_a_value_is_never_left_standing():
    with pytest.raises(PatternRefused, match=r"“\{tags\}” at place 4 has no value here"):
        read_pattern("of {tags}", AUTOMATION_VARIABLES).render(VALUES)


def test_filling_keeps_blanks_and_lines():
    assert read_pattern(" {name}\n", ["name"]).fill({"name": "{x}"}) == " {x}\n"


def test_in_a_longer_text_the_line_is_named_too():
    with pytest.raises(PatternRefused, match="at line 3, place 4 is not known"):
        read_pattern("one\n{title}\nof {nobody}")
