"""Hooks in a text: which are meant, and which are none."""

import pytest

from core.studio.expansion import HookNames, OrderText, explain
from core.studio.expansion.compiling import MOST_HOOKS
from tests.studio.expansion.support import LOOKUPS, SPECS, codes, expanded, underlined

HOOKS = HookNames(("tidy", "fit-input"), ("upscale", "grayscale"))


def test_hooks_keep_their_order_and_repeat_whatever_their_case():
    text = "a tree pipeline:after:UpScale pipeline:after:grayscale pipeline:before:fit_input pipeline:after:upscale"
    (item,) = expanded(text, hooks=HOOKS).items
    assert (item.prompt, item.before, item.after) == ("a tree", ("fit-input",), ("upscale", "grayscale", "upscale"))


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("after:upscal", "Did you mean “upscale”?"),
        ("before:upscale", "Write “pipeline:after:upscale”."),
        ("after:zzzz", "There are upscale, grayscale."),
    ],
)
def test_a_name_that_is_no_hook_is_left_out_and_told_of_with_its_place(written: str, advice: str):
    text = f"a tree pipeline:{written} pipeline:after:grayscale"
    expansion = expanded(text, hooks=HOOKS)
    assert [(item.before, item.after) for item in expansion.items] == [((), ("grayscale",))]
    (warning,) = expansion.warnings
    assert warning.code == "unknown_hook" and warning.message.endswith(advice)
    assert underlined(text, expansion, "unknown_hook").strip() == f"pipeline:{written}"


def test_a_token_chooses_hooks_and_an_empty_option_is_none():
    expansion = expanded("a tree pipeline:after:[grayscale,nothing like it,]", hooks=HOOKS)
    assert [item.after for item in expansion.items] == [("grayscale",), (), ()]
    assert codes(expansion) == ["unknown_hook"]


def test_there_is_an_end_to_hooks():
    expansion = expanded("a tree" + " pipeline:after:upscale" * (MOST_HOOKS + 5), hooks=HOOKS)
    assert len(expansion.items[0].after) == MOST_HOOKS
    assert codes(expansion) == ["too_many_hooks"]


def explained(prompt: str, mode: str, negative: str = "") -> dict[str, tuple[str, ...]]:
    text = OrderText(prompt, negative, {"cfg": "2,4"})
    return {stage.title: stage.lines for stage in explain(text, LOOKUPS, SPECS, seed=1, mode=mode, hooks=HOOKS)}


def test_the_stages_say_what_becomes_of_a_text():
    stages = explained(
        "meta:steps:9 a [shape] || [=shape] pipeline:after:upscale (&) batch:sample:1 b [x,]", "debug", "dark"
    )
    assert list(stages) == [
        "Taken out for the whole order", "Batches", "Tokens", "Parts", "Parameters and hooks of each part", "Items",
    ]  # fmt: skip
    assert stages["Taken out for the whole order"] == ("meta:steps:9",)
    assert stages["Batches"] == (
        "Batch 1: 2 parts, 8 possible · a [shape]", "Batch 2: 1 part, 4 possible · batch:sample:1 · b [x,]",
    )  # fmt: skip
    assert stages["Tokens"] == (
        "Batch 1, prompt: [shape] as “shape”: circle, square",
        "Batch 1: 2 combinations of its tokens",
        "Batch 2, prompt: [x,] as “x,”: x, (nothing)",
        "Batch 2: 2 combinations of its tokens",
    )
    assert stages["Parts"][1] == "Batch 1, part 2: [=shape] − dark"
    assert stages["Parameters and hooks of each part"][1] == (
        "Batch 1, part 2: 2 ways, the first num_inference_steps=9, guidanceScale=2.0; after upscale"
    )
    assert stages["Items"][0] == "1. a circle · shape: circle" and len(stages["Items"]) == 9


def test_each_way_of_debugging_shows_its_own_stages_and_a_huge_text_stays_short():
    assert explained("a [shape]", "dryrun") == {}
    assert "Tokens" not in explained("a [shape]", "pipeline")
    stages = explained("[1..900] || " * 50 + "b" + " word" * 500, "interpolation")
    assert list(stages) == ["Tokens", "Items"]
    assert all(len(lines) <= 41 and len(line) <= 301 for lines in stages.values() for line in lines)
