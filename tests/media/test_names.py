"""File names of strangers: safe to store, pleasant to read."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.media.names import MAX_FILENAME_LENGTH, MAX_TITLE_LENGTH, safe_filename, title_from_filename


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("fox.png", "fox.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Alice\\fox.png", "fox.png"),
        ("C:fox.png", "fox.png"),
        ("folder/fox.png/", "fox.png"),
        ("a\0b\x1b[31m.png", "ab[31m.png"),
        ("\u202egnp.exe", "gnp.exe"),
        ("e\u0301te\u0301.jpg", "\u00e9t\u00e9.jpg"),
        ("CON.png", "_CON.png"),
        ("nul", "_nul"),
        ("what? <now>.png", "what_ _now_.png"),
        ("two   spaces.png", "two spaces.png"),
        (".hidden", "hidden"),
        ("日本語.webp", "日本語.webp"),
        ("", "file"),
        ("...", "file"),
    ],
)
def test_a_name_is_made_safe_and_stays_recognisable(given_name, safe):
    assert safe_filename(given_name) == safe


def test_a_long_name_keeps_its_extension():
    safe = safe_filename("x" * 400 + ".jpeg")
    assert len(safe) == MAX_FILENAME_LENGTH
    assert safe.endswith("x.jpeg")


@given(st.text(max_size=300))
def test_no_name_whatsoever_gets_through_unsafe(name):
    safe = safe_filename(name)
    assert 0 < len(safe) <= MAX_FILENAME_LENGTH
    assert not set(safe) & set('/\\:*?"<>|\0')
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in safe)
    assert safe not in {".", ".."}
    assert safe == safe_filename(safe)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("my_cool-fox_00012_.png", "My cool fox"),
        ("ComfyUI_00001_.png", "ComfyUI"),
        ("sunset over the lake (2).jpg", "Sunset over the lake"),
        ("fox-e3b0c44298fc1c14.png", "Fox"),
        ("blade_runner_2049.png", "Blade runner 2049"),
        ("portrait v2.png", "Portrait v2"),
        ("Mr. Fox-trot dances.png", "Mr. Fox-trot dances"),
        ("fox copy.png", "Fox"),
        ("IMG_1234.JPG", "IMG 1234"),
        ("e3b0c44298fc1c149afbf4c8996fb924.png", "Untitled"),
        ("0192f0c1-2a7b-7c1d-9a44-3d5c1f2e4b6a.png", "Untitled"),
        ("日本語.png", "日本語"),
        ("", "Untitled"),
    ],
)
def test_a_title_is_what_a_person_would_have_typed(name, title):
    assert title_from_filename(name) == title


def test_a_long_title_ends_with_a_whole_word():
    title = title_from_filename("a_lighthouse_keeper_watching_the_storm_from_the_highest_window.png")
    assert title == "A lighthouse keeper watching the storm from the"


@given(st.text(max_size=300))
def test_every_title_fits_the_site(name):
    assert 0 < len(title_from_filename(name)) <= MAX_TITLE_LENGTH
