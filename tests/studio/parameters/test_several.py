"""Values that stand for several."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.studio.parameters import Interpolation, ParameterSpec, ParameterType
from core.studio.parameters.ranges import Span
from core.studio.parameters.several import read_values

T = ParameterType
STEPS = ParameterSpec("steps", T.INTEGER, "Steps", minimum=1, maximum=50)
SCALE = ParameterSpec("scale", T.NUMBER, "Scale", minimum=-10, maximum=10)
WIDTH = ParameterSpec("width", T.INTEGER, step=64)
SIZE = ParameterSpec("size", T.ENUM, choices=("1:1", "16:9", "wide, flat", 512))


def values_of(spec, raw):
    values = read_values(spec, raw).values
    return [] if values is None else [values.at(index, lambda _: 0) for index in range(values.count)]


@pytest.mark.parametrize(
    ("spec", "raw", "expected"),
    [
        (STEPS, "8,10,20", [8, 10, 20]),
        (STEPS, " 8 , 10 ,", [8, 10]),
        (STEPS, 8, [8]),
        (STEPS, [8, "10"], [8, 10]),
        (STEPS, "10..13", [10, 11, 12, 13]),
        (STEPS, "10..20:5", [10, 15, 20]),
        (STEPS, "10..20..4", [10, 14, 18]),
        (STEPS, "20..10:-5", [20, 15, 10]),
        (STEPS, "3,10..12,3", [3, 10, 11, 12]),
        (STEPS, "48..60", [48, 49, 50]),
        (STEPS, "60..48", [50, 49, 48]),
        (STEPS, "-4..7:5", [1, 6]),
        (STEPS, "7..-4:5", [7, 2]),
        (STEPS, "60..70", []),
        (STEPS, "5|7", [5]),
        (STEPS, "1,5|7,9", [1, 5, 9]),
        (SCALE, "0.5..0.8", [0.5, 0.6, 0.7, 0.8]),
        (SCALE, "1..2:0.25", [1.0, 1.25, 1.5, 1.75, 2.0]),
        (SCALE, "-.5..-1", [-0.5, -0.6, -0.7, -0.8, -0.9, -1.0]),
        (SCALE, "1..3", [1.0, 2.0, 3.0]),
        (WIDTH, "512..640", [512, 576, 640]),
        (WIDTH, "640..512:128", [640, 512]),
        (WIDTH, "500..640", []),
        (SIZE, "1:1,16:9", ["1:1", "16:9"]),
        (SIZE, "wide, flat", ["wide, flat"]),
        (SIZE, r"wide\, flat,512", ["wide, flat", 512]),
        (ParameterSpec("seed", T.SEED), "1..3,99999999999999999999", ["1", "2", "3", "99999999999999999999"]),
        (ParameterSpec("tile", T.BOOLEAN), "yes,no", [True, False]),
        (ParameterSpec("note", T.TEXT), "a, b | c", ["a, b | c"]),
        (ParameterSpec("image", T.IMAGE), "prd_1,prd_2", ["prd_1,prd_2"]),
        (ParameterSpec("image", T.IMAGE, interpolation=Interpolation.LIST), "prd_1,prd_2", ["prd_1", "prd_2"]),
        (ParameterSpec("steps", T.INTEGER, interpolation=Interpolation.NONE), "8,10", []),
        (STEPS, "", []),
        (STEPS, None, []),
        (STEPS, "10..20:0", []),
    ],
)
def test_lists_ranges_and_picks_become_values(spec, raw, expected):
    assert values_of(spec, raw) == expected


def test_a_range_is_not_written_out():
    values = read_values(ParameterSpec("seed", T.SEED), "1..1000000000000000000000000").values
    assert values.count == 10**24
    assert values.at(10**23, lambda _: 0) == str(10**23 + 1)


def test_a_pick_is_drawn_anew_each_time():
    values = read_values(STEPS, "5|10..12").values
    assert values.count == 1 and not values.is_one
    assert [values.at(0, lambda limit, number=number: number % limit) for number in range(4)] == [5, 10, 11, 12]


@pytest.mark.parametrize(
    ("spec", "raw", "code", "words"),
    [
        (STEPS, "8,many", "not_a_number", "“many” is not a whole number"),
        (STEPS, "8,99", "out_of_range", "“99” is out of range; 1 to 50 is possible"),
        (STEPS, "40..60", "out_of_range", "10 values of “40..60” left out"),
        (STEPS, "1.5..3.5", "not_a_number", "not a range of whole numbers"),
        (STEPS, "8,8", "repeated_value", "counts once"),
        (STEPS, ",".join(map(str, range(1, 51))) * 500, "too_many_values", "10,000 of"),
        (WIDTH, "512,500", "off_step", "“500” is not a multiple of 64; 512 would do"),
        (WIDTH, "500..640", "off_step", "begin with 512 and go on in steps of 64"),
        (WIDTH, "512..640:10", "off_step", "begin with 512"),
        (SIZE, "2:3", "not_a_choice", "not one of 1:1, 16:9"),
        (ParameterSpec("image", T.IMAGE), ["a", "b"], "not_several", "takes one value, not 2"),
    ],
)
def test_what_is_left_out_is_said(spec, raw, code, words):
    problems = read_values(spec, raw).problems
    assert words in next(one.message for one in problems if one.code == code)


NUMBERS = st.decimals(-50, 50, places=2).map(str)


@given(NUMBERS, NUMBERS, NUMBERS, st.integers(-60, 60), st.integers(-60, 60))
def test_what_lies_between_limits_is_what_a_filter_would_leave(first, last, step, low, high):
    span = Span.read(f"{first}..{last}..{step}")
    if span is None:
        assert float(step) == 0
        return
    everything = [span.text(index) for index in range(span.count)]
    usable = span.within(low, high)
    assert [usable.text(index) for index in range(usable.count)] == [
        one for one in everything if low <= float(one) <= high
    ]
    assert float(everything[0]) == float(first)
    assert min(float(first), float(last)) <= float(everything[-1]) <= max(float(first), float(last))
