"""Meta, batch and pipeline commands, and the parameters they and the form give."""

import pytest

from core.studio.parameters import Severity
from tests.studio.expansion.support import codes, expanded, prompts, underlined


def settings(prompt: str, **parameters: object) -> list[dict[str, object]]:
    return [item.parameters for item in expanded(prompt, **parameters).items]


def steps(prompt: str, **parameters: object) -> list[object]:
    return [one.get("num_inference_steps") for one in settings(prompt, **parameters)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a pipeline:steps:4 b", "a b"),
        ("pipeline:steps:4 b", "b"),
        ("a pipeline:steps:4", "a"),
        ("a cat, pipeline:steps:4, in the rain", "a cat, in the rain"),
        ("a\npipeline:steps:4\nb", "a\nb"),
        ('a pipeline:style:"line art" b', "a b"),
        ("a Meta:Steps:4 b", "a b"),
        (r"a pipeline\:steps:4", "a pipeline:steps:4"),
        ("a subpipeline:steps:4", "a subpipeline:steps:4"),
        ("pipeline: a pipe", "pipeline: a pipe"),
    ],
)
def test_commands_are_taken_out_of_the_prompt(text, expected):
    assert prompts(text) == [expected]


def test_a_command_reaches_as_far_as_its_kind_says():
    assert steps("a pipeline:steps:4 || b (&) c") == [4, None, None]
    assert steps("a batch:steps:4 || b (&) c") == [4, 4, None]
    assert steps("a || b (&) c meta:steps:4") == [4, 4, 4]
    assert steps("a||pipeline:steps:4 b(&)batch:steps:5 c") == [None, 4, 5]


def test_the_nearer_command_goes_first():
    everything = "meta:steps:3 batch:steps:2 pipeline:steps:1"
    assert steps(f"a {everything} || b (&) c (&) d batch:steps:9", steps=4) == [1, 2, 3, 9]
    assert steps("a", steps=4) == [4]


def test_what_cannot_be_used_lets_the_value_behind_it_through():
    expansion = expanded("a pipeline:steps:many", steps=4)
    assert expansion.items[0].parameters == {"num_inference_steps": 4}
    (warning,) = expansion.warnings
    assert (warning.code, warning.severity) == ("not_a_number", Severity.ERROR)
    assert underlined("a pipeline:steps:many", expansion, "not_a_number") == "many"


def test_several_values_multiply_in_the_order_of_the_form():
    found = settings("[a,b] pipeline:cfg:1.5..2.5..0.5", Seed="7,8", STEPS="10..20:5")
    assert len(found) == 2 * 3 * 3 * 2
    assert list(found[0]) == ["num_inference_steps", "guidanceScale", "seed"]
    assert [one["seed"] for one in found[:3]] == ["7", "8", "7"]
    assert [one["guidanceScale"] for one in found[:5:2]] == [1.5, 2.0, 2.5]


def test_a_bar_leaves_the_choice_to_chance_for_each_item():
    taken = steps("[1..40]", steps="10|20|30")
    assert len(taken) == 40 and set(taken) == {10, 20, 30}
    assert {tuple(steps("a", steps="5,10|20")) for _ in range(3)} in ({(5, 10)}, {(5, 20)})


def test_a_prompt_and_long_texts_are_never_split_at_commas():
    item = expanded("a cat, a dog, 1..3, x|y", "ugly, bad", note="one, two").items
    assert [(one.prompt, one.negative_prompt) for one in item] == [("a cat, a dog, 1..3, x|y", "ugly, bad")]
    assert item[0].parameters == {"note": "one, two"}


def test_a_pipeline_value_may_have_tokens_and_is_then_one_value():
    found = expanded("a pipeline:style:[line art,photo] b pipeline:steps:[4,99]").items
    assert [(one.parameters, one.prompt) for one in found] == [
        ({"style": "line art", "num_inference_steps": 4}, "a b"),
        ({"style": "line art"}, "a b"),
        ({"style": "photo", "num_inference_steps": 4}, "a b"),
        ({"style": "photo"}, "a b"),
    ]
    assert prompts("[shape] pipeline:style:[=shape]") == ["circle", "square"]
    assert settings("[shape] pipeline:style:[=shape]") == [{"style": "circle"}, {"style": "square"}]
    assert codes(expanded("a meta:style:[x,y]")) == ["token_in_command"]


def test_hooks_keep_their_order_and_may_repeat():
    item = expanded("a pipeline:before:up pipeline:after:x pipeline:before:down pipeline:before:up").items[0]
    assert (item.before, item.after) == (("up", "down", "up"), ("x",))


def test_debugging_is_for_the_order():
    assert expanded("a (&) b meta:debug:DryRun").debug == "dryrun"
    expansion = expanded("a meta:debug:loudly")
    assert expansion.debug is None and codes(expansion) == ["bad_command"]


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("a pipeline:foo:1", "unknown_parameter", "pipeline:foo:1"),
        ("a batch:sample:0", "bad_command", "batch:sample:0"),
        ("a batch:sample:few", "bad_command", "batch:sample:few"),
        ("a batch:maxbatchitems:-3", "bad_command", "batch:maxbatchitems:-3"),
        ("a pipeline:steps", "malformed_command", "pipeline:"),
        ("a pipeline:steps:", "malformed_command", "pipeline:"),
        ("a pipeline:prompt:x", "reserved_parameter", "pipeline:prompt:x"),
        ("a pipeline:steps:4 pipeline:steps:5", "set_twice", "pipeline:steps:5"),
        ("a pipeline:steps:40,60", "out_of_range", "40,60"),
    ],
)
def test_what_a_command_gets_wrong_is_pointed_to(text, code, where):
    expansion = expanded(text)
    assert codes(expansion) == [code] and underlined(text, expansion, code).strip() == where
    assert len(expansion.items) == 1


def test_commands_in_the_negative_prompt_are_text_and_that_is_said():
    expansion = expanded("a", "b pipeline:steps:4")
    assert expansion.items[0].negative_prompt == "b pipeline:steps:4"
    assert codes(expansion) == ["command_in_negative_prompt"]
    assert expansion.warnings[0].field == "negative_prompt"


def test_what_the_form_gets_wrong_is_told_with_the_field():
    expansion = expanded("a", stepps=4, steps="10,many", note=None, style="", scheduler="euler A", tiling="yes,no")
    assert {(one.code, one.field) for one in expansion.warnings} == {
        ("unknown_parameter", "stepps"),
        ("not_a_number", "steps"),
    }
    assert "“num_inference_steps”" in expansion.warnings[0].message
    assert [one.parameters for one in expansion.items] == [
        {"num_inference_steps": 10, "scheduler": "Euler a", "tiling": True},
        {"num_inference_steps": 10, "scheduler": "Euler a", "tiling": False},
    ]


def test_the_order_of_the_keys_of_a_form_changes_nothing():
    given = {"steps": "1,2", "cfg": "3,4", "guidanceScale": "5,6"}
    found = [settings("a", **dict(items)) for items in (given.items(), reversed(given.items()))]
    assert found[0] == found[1]
    assert {one["guidanceScale"] for one in found[0]} == {5.0, 6.0}  # the model's own spelling goes first


def test_a_seed_may_be_huge_or_left_to_chance():
    assert settings("a", Seed="340282366920938463463374607431768211455") == [
        {"seed": "340282366920938463463374607431768211455"}
    ]
    assert settings("a pipeline:seed:random", Seed=5) == [{}]
    assert settings("a", Seed="5,random") == [{"seed": "5"}, {}]
