"""The same call makes the same bytes, anywhere; another call makes others."""

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.adapters.images.local.repertoire import REPERTOIRE
from tests.providers.local.asking import KEY, outcome, picture, pixels, request

EVERY_STYLE = [(model, style) for model, styles in REPERTOIRE.items() for style in styles]


@pytest.mark.parametrize(("model", "style"), EVERY_STYLE, ids=[style for _, style in EVERY_STYLE])
def test_every_style_repeats_itself_and_shows_something(model: str, style: str) -> None:
    first, second = (picture(model, style=style, height=320) for _ in range(2))
    assert first == second
    shown = pixels(first)
    assert shown.shape == (320, 256, 3)
    assert shown.std() > 12


def test_another_process_paints_the_same_bytes() -> None:
    program = (
        "import hashlib; from tests.providers.local.asking import picture;"
        "print(hashlib.sha256(picture('local/botanical', prompt='Kirschbaum, sakura')).hexdigest())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3]
    )
    assert ran.stdout.strip() == hashlib.sha256(picture("local/botanical", prompt="Kirschbaum, sakura")).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "mountains at dawn, xylophone"},
        {"negative_prompt": "mist"},
        {"negative_prompt": "xylophone"},
        {"seed": "8"},
        {"seed": str(2**64 - 1)},
        {"width": 264},
        {"style": "dunes"},
        {"palette": "neon"},
        {"steps": 40},
        {"guidance": 2.5},
    ],
    ids=str,
)
def test_each_part_of_a_call_changes_the_picture(change: dict[str, object]) -> None:
    assert picture(**change) != picture()


def test_a_seed_left_to_chance_follows_the_call() -> None:
    by_chance = [
        outcome(request(seed=seed, key=key)).outputs[0] for seed in ("", None, "-1") for key in (KEY, "another")
    ]
    assert len({output.data for output in by_chance}) == 2
    drawn = by_chance[0].seed
    assert drawn is not None
    assert picture(seed=drawn) == by_chance[0].data


def test_several_pictures_of_a_call_have_the_seeds_that_follow() -> None:
    several = outcome(request(seed=str(2**64 - 2), images=3)).outputs
    assert [output.seed for output in several] == [str(2**64 - 2), str(2**64 - 1), "0"]
    assert several[1].data == picture(seed=str(2**64 - 1))


def test_many_threads_paint_what_one_would() -> None:
    calls = [("local/abstract", style, seed) for style in REPERTOIRE["local/abstract"] for seed in ("1", "2")]

    def paint(call: tuple[str, str, str]) -> bytes:
        return picture(call[0], style=call[1], seed=call[2])

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(paint, calls)) == [paint(call) for call in calls]


def test_taking_a_thing_away_leaves_the_composition_where_it_is() -> None:
    with_birds = pixels(picture(prompt="calm mountains, birds, no vignette"))
    without = pixels(picture(prompt="calm mountains, birds, no vignette", negative_prompt="birds"))
    changed = np.abs(with_birds - without).max(axis=2) > 60
    assert 0 < changed.mean() < 0.05
