"""What stands in brackets."""

import pytest

from core.studio.parameters import Severity
from tests.studio.expansion.support import LOOKUPS, codes, expanded, prompts, underlined

COLORS = ["red", "green", "blue", "orange", "yellow", "pink"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a,b]", ["a", "b"]),
        ("[a]", ["a"]),
        ("[ a , two words ]", ["a", "two words"]),
        ("[a,b,]", ["a", "b", ""]),
        ("[a,,b]", ["a", "", "b"]),
        ("[shape]", ["circle", "square"]),
        ("[Shape]", ["circle", "square"]),
        ("[shape,oval,]", ["circle", "square", "oval", ""]),
        ("[color]", COLORS),
        ("[1..3]", ["1", "2", "3"]),
        ("[0.5..0.8]", ["0.5", "0.6", "0.7", "0.8"]),
        ("[3..1,x]", ["3", "2", "1", "x"]),
        ("[10..20..5]", ["10", "15", "20"]),
        ("[16:9,4:3]", ["16:9", "4:3"]),
        ("[4:3]", ["4:3"]),
        ("[4:3,square]", ["4:3", "square"]),
        ("[at 12:30,noon]", ["at 12:30", "noon"]),
        (r"[a\,b,c]", ["a,b", "c"]),
        (r"[a\:1]", ["a:1"]),
        (r"[a\]b,\[c]", ["a]b", "[c"]),
        (r"[\=shape]", ["=shape"]),
        (r"\[a,b\]", ["[a,b]"]),
        (r"[\(a\),b]", [r"\(a\)", "b"]),
        (r"naruto \(series\) a\b \\", r"naruto \(series\) a\b \ ".strip().split("§")),
        (r"a \|\| b \(&) c", ["a || b (&) c"]),
    ],
)
def test_brackets_become_options(text, expected):
    assert prompts(text) == expected


def test_a_number_after_a_colon_draws_that_many_different_options():
    drawn = {tuple(prompts("[a,b,c,d,e:2]", seed=seed)) for seed in range(60)}
    assert all(len(set(one)) == 2 for one in drawn) and len(drawn) == 10
    assert {tuple(prompts("[a,b,c:1]", seed=seed)) for seed in range(30)} == {("a",), ("b",), ("c",)}


def test_a_draw_counts_after_nesting_and_keeps_the_order_written():
    drawn = [prompts("[color,:5]", seed=seed) for seed in range(20)]
    options = [*COLORS, ""]
    assert all(len(one) == 5 and one == sorted(one, key=options.index) for one in drawn)


def test_the_colon_needs_a_number_behind_the_options():
    assert len(prompts("[1,2,3:2]")) == 2
    assert len(prompts("[16:9,4:3 :1]")) == 1
    assert prompts("[a:b,c:d]") == ["a:b", "c:d"]
    assert len(prompts("[shape:9]")) == 2 and codes(expanded("[shape:9]")) == ["too_few_options"]


def test_a_lookup_does_not_repeat_itself_within_a_combination():
    assert prompts("[shape] [shape]") == ["circle square", "square circle"]
    assert len(prompts("[color] [color] [color]")) == 6 * 5 * 4


def test_an_instance_has_used_values_of_its_own():
    assert len(prompts("[color] [color_1] [color_1] [color_9]")) == 6 * 6 * 5 * 6


def test_a_lookup_whose_key_ends_like_an_instance_goes_first():
    assert prompts("[shape_1]", lookups={**LOOKUPS, "shape_1": ["dot"]}) == ["dot"]


def test_a_back_reference_repeats_what_was_chosen_last_for_its_instance():
    assert prompts("[shape] [=shape]") == ["circle circle", "square square"]
    assert prompts("[shape] [=shape] [shape] [=shape]") == [
        "circle circle square square",
        "square square circle circle",
    ]
    assert prompts("[shape,oval] [ = shape ]")[-1] == "oval oval"
    assert prompts("[shape] || [=shape]") == ["circle", "circle", "square", "square"]
    negatives = [item.negative_prompt for item in expanded("[shape]", "no [=shape]").items]
    assert negatives == ["no circle", "no square"]


def test_a_back_reference_without_a_source_before_it_takes_the_first_value():
    expansion = expanded("[=shape] [shape]")
    assert [item.prompt for item in expansion.items] == ["circle circle", "circle square"]
    assert codes(expansion) == ["reference_before_source"]
    assert underlined("[=shape] [shape]", expansion, "reference_before_source") == "[=shape]"


def test_nested_lookups_come_back_to_themselves_only_once():
    lookups = {"a": ["a1", "b"], "b": ["b1", "a", "c"], "c": ["c1", "b1"], "cat": ["cat", "kitten"]}
    assert prompts("[a]", lookups=lookups) == ["a1", "b1", "c1"]
    expansion = expanded("[a] [b]", lookups=lookups)
    assert expansion.possible == 3 * 3  # the guard starts anew for each token
    assert codes(expansion) == ["lookup_cycle", "lookup_cycle"]
    assert prompts("[cat]", lookups=lookups) == ["cat", "kitten"] and codes(expanded("[cat]", lookups=lookups)) == []


def test_a_chain_of_a_hundred_thousand_lookups_is_followed():
    lookups = {f"k{number}": [f"k{number + 1}"] for number in range(100_000)}
    assert prompts("[k0]", lookups=lookups) == ["k100000"]


def test_lookups_are_asked_for_only_when_named_and_once():
    asked = []

    class Fetching(dict[str, list[str]]):
        def __getitem__(self, key: str) -> list[str]:
            asked.append(key)
            return super().__getitem__(key)

    prompts("[shape] [shape_1] [color]", lookups=Fetching(LOOKUPS))
    assert asked.count("shape") == 1 and asked.count("warm") == 1


def test_the_same_option_twice_counts_once_and_is_mentioned():
    expansion = expanded("[a,b,a] [green,color]")
    assert len(expansion.items) == 2 * 6
    assert {one.severity for one in expansion.warnings} == {Severity.INFO}


def test_nothing_between_two_blanks_leaves_one():
    assert prompts("a [big,] house") == ["a big house", "a house"]
    assert prompts("[x,] a") == ["x a", "a"]
    assert prompts("a [,b] [,c] d") == ["a d", "a c d", "a b d", "a b c d"]
    assert prompts("a  b") == ["a  b"]


def test_choices_say_what_each_token_took():
    item = expanded("[color] [cocktail,summer] [color] [color_1]").items[0]
    assert item.choices == {"color": "red", "cocktail,summer": "cocktail", "color (2)": "green", "color_1": "red"}
    first, second = expanded("[shape] || [red,blue]").items[:2]
    assert (list(first.choices), list(second.choices)) == (["shape"], ["red,blue"])


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("a [] b", "empty_token", "[]"),
        ("a [ :2] b", "empty_token", "[ :2]"),
        ("a [x:0] b", "malformed_token", "[x:0]"),
        ("a [=nobody] b", "unknown_reference", "[=nobody]"),
        ("a [=shape,b] c", "malformed_token", "[=shape,b]"),
        ("a [1..5000] c", "range_too_long", "[1..5000]"),
        ("a ] b", "stray_bracket", "]"),
        ("a [ b", "stray_bracket", "["),
    ],
)
def test_what_is_malformed_stays_text_and_is_pointed_to(text, code, where):
    expansion = expanded(text)
    expected = text.replace("[1..5000]", "1..5000")
    assert [item.prompt for item in expansion.items] == [expected]
    assert codes(expansion) == [code] and underlined(text, expansion, code) == where


def test_brackets_do_not_nest_and_do_not_reach_over_batches():
    assert prompts("[a [b,c] d]") == ["[a b d]", "[a c d]"]
    assert codes(expanded("[a [b,c] d]")) == ["stray_bracket"] * 2
    assert prompts("[a (&) b]") == ["[a", "b]"]
    assert prompts("[a||b,c]") == ["a||b", "c"]


def test_a_word_that_is_no_lookup_is_used_and_the_nearest_lookup_offered():
    expansion = expanded("[colr] dress")
    assert expansion.items[0].prompt == "colr dress"
    assert "“color”" in expansion.warnings[0].message


def test_an_empty_lookup_gives_nothing_and_says_so():
    expansion = expanded("a [none] b", lookups={"none": []})
    assert [item.prompt for item in expansion.items] == ["a b"] and codes(expansion) == ["empty_lookup"]
