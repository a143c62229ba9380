"""What hooks make of a call before it is made."""

from typing import Any

import pytest
import pyvips

from core.media.sniff import MediaType
from core.studio.hooks import registry
from core.studio.hooks.preparing import prepare_words
from core.studio.hooks.protocol import HookFailed, Picture, Words
from core.studio.parameters import ParameterSpec, ParameterSpecSet, ParameterType

SPECS = ParameterSpecSet.of(
    (
        ParameterSpec("width", ParameterType.INTEGER),
        ParameterSpec("height", ParameterType.INTEGER),
        ParameterSpec("image_size", ParameterType.STRING),
        ParameterSpec("aspectRatio", ParameterType.STRING),
    )
)
WIDE = Picture(pyvips.Image.black(120, 60, bands=3).copy(interpretation="srgb"), MediaType.PNG)


@pytest.mark.parametrize(
    ("written", "tidied"),
    [
        ("a  harbour ,, at dusk, ", "a harbour, at dusk"),
        (", a,b , , c", "a, b, c"),
        ("(a:1.2)\na harbour", "(a:1.2) a harbour"),
        (" , ", ""),
    ],
)
def test_tidy_leaves_the_words_and_one_comma_between_them(written: str, tidied: str) -> None:
    generation = {"prompt": written, "negative_prompt": written, "parameters": {"steps": 4}, "before": ["tidy"]}
    made, skipped = prepare_words(generation, SPECS)
    assert (made["prompt"], made["negative_prompt"], made["parameters"]) == (tidied, tidied, {"steps": 4})
    assert skipped == []


@pytest.mark.parametrize(
    ("parameters", "size"),
    [
        ({"width": 50, "height": 40}, (50, 40)),
        ({"width": 400, "height": 300}, (400, 300)),
        ({"image_size": "200x100"}, (200, 100)),
        ({"image_size": "auto", "aspectRatio": "1:1"}, (60, 60)),
        ({"aspectRatio": "4:1"}, (120, 30)),
    ],
)
def test_a_picture_that_goes_in_gets_the_size_of_what_is_to_come_out(
    parameters: dict[str, Any], size: tuple[int, int]
) -> None:
    fitted = registry.BEFORE["fit-input"].picture(WIDE, Words("", parameters=parameters, specs=SPECS)).image
    assert (fitted.width, fitted.height) == size


def test_without_a_size_there_is_nothing_to_fit() -> None:
    with pytest.raises(HookFailed, match="neither width and height nor an aspect ratio"):
        registry.BEFORE["fit-input"].picture(WIDE, Words("", parameters={"width": 50}, specs=SPECS))
