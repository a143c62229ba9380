"""One value of one parameter."""

import math

import pytest

from core.studio.parameters import CastError, ParameterSpec, ParameterType, cast

T = ParameterType


def spec(kind: ParameterType, **rules: object) -> ParameterSpec:
    return ParameterSpec("it", kind, "It", **rules)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (T.INTEGER, " 10 ", 10), (T.INTEGER, "10.0", 10), (T.INTEGER, 10.0, 10), (T.INTEGER, "-3", -3),
        (T.INTEGER, "+3", 3),
        (T.NUMBER, "3.5", 3.5), (T.NUMBER, "1e-3", 0.001), (T.NUMBER, ".5", 0.5), (T.NUMBER, 7, 7.0),
        (T.BOOLEAN, "Yes", True), (T.BOOLEAN, "off", False), (T.BOOLEAN, 1, True), (T.BOOLEAN, False, False),
        (T.STRING, " line art ", "line art"), (T.STRING, 5, "5"), (T.STRING, "a\0b", "a b"),
        (T.SEED, "18446744073709551616", "18446744073709551616"), (T.SEED, 7, "7"), (T.SEED, "007", "7"),
        (T.SEED, "random", None), (T.SEED, -1, None), (T.SEED, "-1", None),
    ],
)  # fmt: skip
def test_what_is_typed_becomes_what_the_model_takes(kind, raw, value):
    found = cast(spec(kind), raw)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (T.INTEGER, "3.5"), (T.INTEGER, "ten"), (T.INTEGER, True), (T.INTEGER, "1" * 5_000), (T.INTEGER, math.nan),
        (T.INTEGER, 10**60), (T.INTEGER, "١٢"), (T.NUMBER, "nan"), (T.NUMBER, "1e999"), (T.NUMBER, math.inf),
        (T.NUMBER, "3,5"), (T.BOOLEAN, "perhaps"), (T.BOOLEAN, 2), (T.SEED, "lucky"), (T.SEED, 1.5),
        (T.STRING, {"a": 1}), (T.STRING, True), (T.IMAGE, ["a"]),
    ],
)  # fmt: skip
def test_what_cannot_be_cast_is_refused_with_the_name_of_the_field(kind, raw):
    with pytest.raises(CastError, match=r"^It: "):
        cast(spec(kind), raw)


def test_a_choice_is_found_whatever_its_case_and_type():
    choices = spec(T.ENUM, choices=("Euler a", 512, True, 1.5))
    assert cast(choices, "EULER A") == "Euler a"
    assert cast(choices, "512") == 512 and cast(choices, 512) == 512
    assert cast(choices, "true") is True and cast(choices, 1.5) == 1.5
    with pytest.raises(CastError, match="not one of Euler a, 512"):
        cast(choices, "DDIM")


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"minimum": 1, "maximum": 50}, "1 to 50 is possible"),
        ({"minimum": 100}, "at least 100 is needed"),
        ({"maximum": 50}, "at most 50 is possible"),
    ],
)
def test_a_number_outside_of_the_limits_is_refused_with_the_limits(rules, words):
    with pytest.raises(CastError, match=words) as refused:
        cast(spec(T.INTEGER, **rules), 60)
    assert refused.value.code == "out_of_range"


def test_texts_keep_to_length_and_form():
    with pytest.raises(CastError, match="6 characters; at most 5"):
        cast(spec(T.STRING, max_length=5), "abcdef")
    with pytest.raises(CastError, match="does not have the form"):
        cast(spec(T.STRING, pattern="^#[0-9a-f]{6}$"), "red")
    assert cast(spec(T.STRING, pattern="(unreadable"), "red") == "red"


@pytest.mark.parametrize(
    ("rules", "value", "words"),
    [
        ({"step": 8, "minimum": 64, "maximum": 2048}, 500, "“500” is not a multiple of 8; 504 would do"),
        ({"step": 8, "minimum": 64, "maximum": 2047}, 2046, "2040 would do"),
        ({"step": 10, "minimum": 5}, 20, "not a multiple of 10 after 5; 25 would do"),
    ],
)
def test_a_whole_number_between_steps_is_refused_with_the_nearest(rules, value, words):
    with pytest.raises(CastError, match=words) as refused:
        cast(spec(T.INTEGER, **rules), value)
    assert refused.value.code == "off_step"


def test_the_step_of_a_fraction_binds_nobody():
    assert cast(spec(T.NUMBER, step=0.05), "0.333") == 0.333
    assert cast(spec(T.INTEGER, step=1, minimum=0), "7") == 7
    assert cast(spec(T.INTEGER, step=10, minimum=5), "25") == 25
