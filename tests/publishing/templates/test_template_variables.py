"""Variables of templates: declared, found in the text, answered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.publishing.errors import PatternRefused
from core.publishing.post_values import BUILT_IN
from core.publishing.templates.errors import TemplateRefused
from core.publishing.templates.variables import (
    MAX_VARIABLES,
    VALUE_LENGTH,
    TemplateVariable,
    answers_to,
    read_text,
    read_variables,
    undeclared,
)

PRICE = TemplateVariable("price", "Price in dollars", "20")


def test_a_declaration_is_tidied():
    declared = [{"name": " {price} ", "label": " Price\n in  dollars ", "default": " 20 "}]
    assert read_variables(declared) == (PRICE,)
    assert read_variables([PRICE.stored()]) == (PRICE,)


def test_what_was_left_open_in_a_row_is_empty():
    (variable,) = read_variables([{"name": "shop_name", "label": None, "default": float("nan")}])
    assert (variable.label, variable.default, variable.question) == ("", "", "Shop name")


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ([{"name": ""}], "Variable 1: “” cannot be a name"),
        ([{"name": "price"}, {"name": "Price 2"}], "Variable 2: “Price 2” cannot be a name"),
        ([{"name": "2nd"}], "cannot be a name"),
        ([{"name": "x" * 41}], "at most 40 characters"),
        ([{"name": "title"}], "{title} is filled from the post already"),
        ([{"name": "price"}, {"name": "price"}], "Variable 2: “price” is declared twice"),
        ([{"name": "price", "label": "x" * 81}], "a label has at most 80 characters"),
        ([{"name": "price", "default": "x" * 1001}], "a default has at most 1,000 characters"),
        ([{"name": f"v{number}"} for number in range(MAX_VARIABLES + 1)], "at most 20 variables; these are 21"),
    ],
)
def test_a_declaration_that_cannot_be_used_is_named(declared, words):
    with pytest.raises(TemplateRefused) as refused:
        read_variables(declared)
    assert words in str(refused.value)


def test_a_variable_nobody_declared_is_named_with_its_spot():
    with pytest.raises(PatternRefused) as refused:
        read_text("Hello\nfor {prize}", [PRICE])
    assert "“{prize}” at line 2, place 5 is not known" in str(refused.value)
    assert "{price}, or declare it as a variable." in str(refused.value)


def test_a_declared_variable_that_is_not_used_is_named():
    with pytest.raises(TemplateRefused, match=r"Variable 1, \{price\}, is not used in the text"):
        read_text("Hello {title}", [PRICE])


@pytest.mark.parametrize("text", ["{price", "price}", "{price} {", "{{price}"])
def test_a_brace_that_stands_alone_is_refused(text):
    with pytest.raises(PatternRefused):
        read_text(text, [PRICE])


def test_answers_go_before_defaults_and_an_empty_answer_is_one():
    two = [PRICE, TemplateVariable("shop", default="Mine")]
    assert answers_to(two, {"shop": ""}) == {"price": "20", "shop": ""}


def test_answers_to_nothing_that_was_asked_are_refused():
    with pytest.raises(TemplateRefused, match="no variable “shop”"):
        answers_to([PRICE], {"shop": "Mine"})
    with pytest.raises(TemplateRefused, match="Price in dollars: at most 1,000 characters"):
        answers_to([PRICE], {"price": "9" * (VALUE_LENGTH + 1)})


@given(st.text(alphabet="{}abtitleprice_ \n", max_size=40), st.text(alphabet="{}x", max_size=5))
def test_whatever_is_taken_comes_out_with_every_variable_filled(text, answer):
    try:
        pattern = read_text(text + "{price}", [PRICE])
    except PatternRefused:
        return
    values = dict.fromkeys(BUILT_IN, answer) | {"price": answer}
    written = text.replace("{{", "\0").replace("}}", "\1")
    for name in values:
        written = written.replace(f"{{{name}}}", answer)
    assert pattern.fill(values) == written.replace("\0", "{").replace("\1", "}") + answer


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{shop} sells {title} for {price}, {shop}", ["shop"]),
        ("{{shop}} {Shop} {price}", []),
        ("{shop} {price", []),
        ("", []),
    ],
)
def test_what_could_be_declared_is_found_in_the_text(text, names):
    assert undeclared(text, {"price"}) == names
