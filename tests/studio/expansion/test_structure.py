"""Batches, parts, pairs, caps."""

import pytest

from core.errors import InvalidInputError
from core.studio.expansion import Limits, OrderText, PairingError, expand
from core.studio.parameters import Severity
from tests.studio.expansion.support import LOOKUPS, SPECS, codes, expanded, prompts, underlined


def pairs(prompt: str, negative: str) -> list[tuple[str, str]]:
    return [(item.prompt, item.negative_prompt) for item in expanded(prompt, negative).items]


def test_one_negative_goes_with_every_part_and_several_go_in_order():
    assert pairs("a (&) b", "n") == [("a", "n"), ("b", "n")]
    assert pairs("a (&) b", "m (&) n") == [("a", "m"), ("b", "n")]
    assert pairs("a || b", "") == [("a", ""), ("b", "")]
    assert pairs("a || b", "m || n") == [("a", "m"), ("b", "n")]
    assert pairs("a || b (&) c || d", "m || n (&) o") == [("a", "m"), ("b", "n"), ("c", "o"), ("d", "o")]


def test_the_tokens_of_one_negative_for_many_parts_are_the_same_for_all():
    assert pairs("a || b", "[m,n]") == [("a", "m"), ("b", "m"), ("a", "n"), ("b", "n")]


@pytest.mark.parametrize(
    ("prompt", "negative", "numbers"),
    [("a (&) b (&) c", "m (&) n", (3, 2)), ("a", "m (&) n", (1, 2)), ("a || b", "m || n || o", (2, 3)),
     ("a (&) b || c", "m || n", (1, 2))],
)  # fmt: skip
def test_parts_that_do_not_pair_refuse_the_order_and_say_the_numbers(prompt, negative, numbers):
    with pytest.raises(PairingError) as refused:
        expanded(prompt, negative)
    assert isinstance(refused.value, InvalidInputError)
    assert (refused.value.prompt_parts, refused.value.negative_parts) == numbers
    assert all(str(number) in str(refused.value) for number in numbers)


def test_batches_count_for_themselves_and_share_no_used_values():
    expansion = expanded("[shape] (&) [shape] [shape]")
    assert [(one.number, one.count, one.possible) for one in expansion.batches] == [(1, 2, 2), (2, 2, 2)]
    assert [item.batch for item in expansion.items] == [1, 1, 2, 2]
    assert [item.sequence for item in expansion.items] == [1, 2, 3, 4]
    assert expansion.batches[1].first == expansion.items[2]


def test_parts_of_a_batch_come_in_turn_for_each_combination():
    expansion = expanded("[a,b] || x")
    assert [item.prompt for item in expansion.items] == ["a", "x", "b", "x"]
    assert codes(expansion) == ["repeated_parts"]
    assert codes(expanded("[shape] || [=shape]")) == []


def test_parts_without_a_word_are_left_out_with_a_warning():
    expansion = expanded("a || pipeline:steps:4 || b (&) ")
    assert [item.prompt for item in expansion.items] == ["a", "b"]
    assert codes(expansion) == ["empty_part", "empty_part"]
    assert len(expanded("").items) == 1 and codes(expanded("")) == []
    assert len(expanded(" (&) || ").items) == 1


def test_a_batch_stops_at_a_hundred_and_says_so_where_it_stands():
    text = "x (&) [1..12] [1..12]"
    expansion = expanded(text, limits=Limits())
    assert [(one.count, one.possible, one.capped) for one in expansion.batches] == [(1, 1, False), (100, 144, True)]
    assert underlined(text, expansion, "batch_capped") == " [1..12] [1..12]"
    assert expansion.is_capped


def test_a_batch_may_ask_for_another_cap_within_that_of_the_order():
    expansion = expanded("batch:maxbatchitems:1200 [1..900] [1..900]", limits=Limits())
    assert len(expansion.items) == 1000 and codes(expansion) == ["order_capped"]
    expansion = expanded("batch:maxbatchitem:3 [1..900]", limits=Limits())
    assert len(expansion.items) == 3
    assert [one.severity for one in expansion.warnings] == [Severity.INFO]


def test_the_cap_of_an_order_counts_through_all_batches():
    expansion = expanded(" (&) ".join(["[1..90]"] * 13), limits=Limits())
    assert [one.count for one in expansion.batches] == [90] * 11 + [10, 0]
    assert expansion.batches[12].first is None and expansion.batches[12].capped
    assert len(expansion.items) == 1000


def test_the_cap_that_was_hit_is_the_one_that_is_told():
    batches = ["[1..100]"] * 9
    full = expanded(" (&) ".join([*batches, "[1..200]"]), limits=Limits())
    assert len(full.items) == 1000 and codes(full) == ["batch_capped"]
    over = expanded(" (&) ".join([*batches, "[1..50]", "[1..200]"]), limits=Limits())
    assert len(over.items) == 1000 and codes(over) == ["order_capped"]


def test_a_sample_takes_from_parts_and_parameters_too():
    def listed(prompt: str) -> list[tuple[str, object]]:
        items = expanded(prompt, cfg="1..3").items
        return [(item.prompt, *item.parameters.values()) for item in items]

    text = "[a,b] || c[d,e] pipeline:steps:1..7 || [=shape][shape]"
    everything = listed(text)
    assert len(everything) == 2 * 2 * 2 * 3 * (1 + 7 + 1)
    for wanted in (1, 5, 50, 215, 216):
        sample = listed(f"batch:sample:{wanted} {text}")
        rest = iter(everything)
        assert len(sample) == wanted and all(one in rest for one in sample)


def test_a_sample_larger_than_the_cap_is_cut_without_favouring_the_first():
    expansion = expanded("batch:sample:500 [1..1000]", limits=Limits())
    assert len(expansion.items) == 100 and expansion.is_capped
    assert max(int(item.prompt) for item in expansion.items) > 500


def test_the_same_seed_gives_the_same_items_and_another_gives_others():
    text = "batch:sample:5 [color:3] [color] [1..50]"
    assert expanded(text, steps="5|10|20", seed=7) == expanded(text, steps="5|10|20", seed=7)
    assert prompts(text, seed=7) != prompts(text, seed=8)


def test_what_a_seed_gives_is_the_same_on_every_machine():
    assert prompts("batch:sample:4 [color:3] [1..50]", seed=2026) == ["blue 10", "blue 20", "blue 21", "blue 22"]


def test_changing_one_place_leaves_the_draws_of_others_alone():
    drawn = {item.choices["color"] for item in expanded("[x,y] [color:2]", seed=3).items}
    assert drawn == {item.choices["color"] for item in expanded("[color:2]", seed=3).items}


def test_pictures_are_items_times_pictures_of_each():
    assert expand(OrderText("[a,b]"), LOOKUPS, SPECS, seed=1, images_per_item=4).images == 8
