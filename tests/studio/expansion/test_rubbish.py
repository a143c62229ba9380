"""Whatever is typed: it ends, it stays small, and nothing but a pairing error is raised."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.studio.expansion import Limits, OrderText, PairingError, expand, number_in_words
from tests.studio.expansion.support import LOOKUPS, SPECS, expanded

MARKS = [
    "[", "]", "[[", "]]", "||", "|", "(&)", "(&", "\\", "\\\\", ",", ":", ":2", ":0", "=", "..", "1..3", "0.1..0.5",
    "color", "shape", "color_1", "[=color]", "[color]", "[a,b]", "[color,:2]", " ", "\n", "\0", "\ud83d", "🎨", "%",
    "%s", "{0}", '"', "meta:", "meta:debug:dryrun", "batch:sample:3", "batch:maxbatchitems:7", "pipeline:steps:",
    "pipeline:steps:[4,8]", "pipeline:", "steps:4", "pipeline:before:x", "pipeline:style:\"a b\"", "١", "a" * 50,
]  # fmt: skip
RUBBISH = st.lists(st.sampled_from(MARKS) | st.text(max_size=5), max_size=25).map("".join)
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | RUBBISH | st.lists(st.integers() | RUBBISH, max_size=4)
)
NAMES = (
    st.sampled_from(["steps", "cfg", "Width", "scheduler", "tiling", "style", "note", "prompt", "nothing", ""])
    | st.text()
)
FORM = st.dictionaries(NAMES, VALUES, max_size=5)


@given(RUBBISH, RUBBISH, FORM, st.integers())
def test_any_text_becomes_items_that_can_be_stored(prompt, negative, form, seed):
    try:
        expansion = expand_with(prompt, negative, form, seed)
    except PairingError as refused:
        assert refused.prompt_parts != refused.negative_parts > 1
        return
    assert 1 <= len(expansion.items) <= 50
    assert sum(batch.count for batch in expansion.batches) == len(expansion.items)
    assert [item.sequence for item in expansion.items] == list(range(1, len(expansion.items) + 1))
    assert expansion.is_capped == any(batch.count < batch.possible and batch.capped for batch in expansion.batches)
    assert expansion == expand_with(prompt, negative, form, seed)
    for item in expansion.items:
        for text in (item.prompt, item.negative_prompt, *item.choices.values(), *item.before):
            assert "\0" not in text
            text.encode()  # raises for what is no text
    texts = {"prompt": prompt, "negative_prompt": negative}
    for warning in expansion.warnings:
        assert warning.message.encode()
        assert 0 <= warning.start <= warning.end
        assert warning.end <= len(texts.get(warning.field, warning.message * 1000))


def expand_with(prompt, negative, form, seed):
    return expand(OrderText(prompt, negative, form), LOOKUPS, SPECS, seed=seed, limits=Limits(20, 50))


@given(st.text())
def test_a_text_without_marks_comes_out_as_it_went_in(text):
    marked = text.translate({ord(mark): None for mark in "[]|(\\:\0"})
    assert [item.prompt for item in expanded(marked).items] == [marked.strip()]


@pytest.mark.parametrize(
    "text",
    ["word, " * 17_000, "[" * 100_000, "]" * 100_000, "[a" * 50_000, "[]" * 50_000, "\\" * 100_001,
     "|" * 100_000, "(&)" * 33_000, "a||" * 33_000, "a(&)" * 25_000, "[" + "," * 100_000 + "]",
     "pipeline:a:[" * 8_000, 'pipeline:x:" ' * 8_000,
     " ".join(f"[{start}..{start + 900}]" for start in range(8_000)), "[color:1] [color,shape] [shape,] " * 3_000],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_a_hundred_kilobytes_of_anything_come_to_an_end(text):
    expansion = expanded(text, limits=Limits())
    assert 1 <= len(expansion.items) <= 1000
    assert len(expansion.warnings) <= 100


def test_a_long_negative_prompt_is_not_read_for_thousands_of_batches():
    expansion = expanded("a (&) " * 5_000, "[x,y] " * 300, limits=Limits())
    assert len(expansion.items) == 1000
    assert "too_many_batches" in {warning.code for warning in expansion.warnings}


def test_ten_thousand_tokens_are_counted_exactly():
    expansion = expanded("[0,1,2,3,4,5,6,7,8,9] " * 10_000, limits=Limits())
    assert expansion.possible == 10**10_000
    assert number_in_words(expansion.possible) == "about 10^10000"
    assert "about 10^10000" in expansion.warnings[0].message
    assert len(expanded("batch:sample:20 " + "[a,b]" * 10_000, limits=Limits()).items) == 20


def test_a_short_text_cannot_make_more_than_an_order_holds():
    long = {"x": [f"{number}{'y' * 497}" for number in range(10)]}
    text = "batch:maxbatchitems:1000 " + "[x] " * 3000 + "[1..1000]"
    made = expand(OrderText(text), long, SPECS, seed=1, limits=Limits())
    assert 0 < len(made.items) < 20
    assert sum(len(item.prompt) for item in made.items) <= 20_000_000
    assert "order_too_long" in [one.code for one in made.warnings] and made.is_capped
    several = expand(OrderText("[a,b] (&) " * 2000, "[x,z] " * 3000), long, SPECS, seed=1)
    assert len(several.batches) < 30  # what nothing could be held of is not even looked at
    # Texts of the greatest length that may be typed are not cut.
    plain = expand(OrderText("batch:maxbatchitems:1000 " + "y" * 19_000 + "[1..1000]"), {}, SPECS, seed=1)
    assert len(plain.items) == 1000
