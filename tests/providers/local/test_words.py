"""What a prompt says is what is seen."""

import colorsys

import pytest

from core.adapters.images.local.words import Brief
from tests.providers.local.asking import outcome, picture, pixels, request


def hue_and_strength(data: bytes) -> tuple[float, float]:
    """Of the average colour: hue in degrees, saturation 0 to 1."""
    red, green, blue = pixels(data).mean(axis=(0, 1)) / 255
    hue, saturation, _ = colorsys.rgb_to_hsv(float(red), float(green), float(blue))
    return hue * 360, saturation


@pytest.mark.parametrize(
    ("model", "prompt", "style"),
    [
        ("local/landscape", "a sail boat on the ocean", "sea"),
        ("local/landscape", "Skyline, windows lit", "city"),
        ("local/landscape", "rolling DUNES", "dunes"),
        ("local/abstract", "stained-glass", "glass"),
        ("local/geometric", "a mandala", "rosette"),
        ("local/botanical", "cherry blossoms", "tree"),
    ],
)
def test_subjects_choose_the_style(model: str, prompt: str, style: str) -> None:
    assert outcome(request(model, prompt=prompt)).outputs[0].details["style"] == style


def test_a_style_in_the_negative_is_not_chosen() -> None:
    styles = {
        outcome(request(prompt="anything", negative_prompt="cities, aurora", seed=str(seed)))
        .outputs[0]
        .details["style"]
        for seed in range(12)
    }
    assert styles <= {"mountains", "dunes", "sea"}
    assert len(styles) > 1


@pytest.mark.parametrize(("word", "low", "high"), [("blue", 195, 265), ("green", 80, 175), ("violet", 245, 320)])
def test_a_colour_word_colours_the_picture(word: str, low: float, high: float) -> None:
    hue, strength = hue_and_strength(picture(prompt=f"{word} mountains", style="mountains", guidance=15))
    assert low < hue < high
    assert strength > 0.15


def test_little_guidance_leaves_the_colour_to_the_seed() -> None:
    def redness(guidance: float) -> float:
        shown = pixels(picture(prompt="crimson sea", style="sea", guidance=guidance)).mean(axis=(0, 1))
        return float(shown[0] - shown[2])

    assert redness(20) > redness(1) + 10


def test_an_unwanted_colour_fades() -> None:
    _, wanted = hue_and_strength(picture(palette="rose", style="dunes", prompt="x"))
    _, unwanted = hue_and_strength(
        picture(palette="rose", style="dunes", prompt="x", negative_prompt="pink red magenta")
    )
    assert unwanted < wanted * 0.6


def test_night_is_darker_than_day() -> None:
    night, day = (pixels(picture(prompt=f"mountains, {word}", style="mountains")).mean() for word in ("night", "calm"))
    assert night < day * 0.6


def test_denials_in_the_prompt_count_as_negative() -> None:
    brief = Brief.read("mountains without any birds, no mist, firs", "Stars")
    assert all(brief.refuses(thing) for thing in ("bird", "mist", "star"))
    assert brief.wants("tree")
    assert not brief.wants("mist")
