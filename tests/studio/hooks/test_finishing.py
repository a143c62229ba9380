"""What hooks make of a picture that was made."""

from collections.abc import Callable
from pathlib import Path

import pytest
import pyvips

from core.media.probe import ProbeLimits, probe
from core.studio.hooks import registry
from core.studio.hooks.finishing import Finished, finish
from core.studio.hooks.protocol import Picture

SIZE = (120, 80)
Finish = Callable[..., Finished]


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A dull picture in colours with a prompt in it."""
    ramp = (pyvips.Image.xyz(*SIZE)[0] * (60 / SIZE[0]) + 90).draw_rect(220, 50, 30, 20, 20, fill=True)
    path = tmp_path / "made"
    image = ramp.bandjoin([ramp * 0.9, ramp * 0.8]).cast("uchar").copy(interpretation="srgb").copy()
    image.set_type(pyvips.GValue.gstr_type, "png-comment-0-parameters", "a harbour")
    image.pngsave(str(path))
    return path


@pytest.fixture
def finished(tmp_path: Path) -> Finish:
    def run(path: Path, *names: str, limits: ProbeLimits | None = None) -> Finished:
        folder = tmp_path / f"work-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        return finish(path, names, folder, limits=limits or ProbeLimits())

    return run


def opened(found: Finished) -> pyvips.Image:
    assert found.path is not None and not found.skipped
    image: pyvips.Image = pyvips.Image.new_from_file(str(found.path))
    return image


@pytest.mark.parametrize(
    ("name", "size", "mime"),
    [
        ("upscale", (240, 160), "image/png"),
        ("grayscale", SIZE, "image/png"),
        ("autocontrast", SIZE, "image/png"),
        ("sharpen", SIZE, "image/png"),
        ("square", (80, 80), "image/png"),
        ("border", (128, 88), "image/png"),
        ("jpeg", SIZE, "image/jpeg"),
        ("webp", SIZE, "image/webp"),
        ("strip", SIZE, "image/png"),
    ],
)
def test_a_hook_makes_a_whole_picture_and_the_same_one_again(
    made: Path, finished: Finish, name: str, size: tuple[int, int], mime: str
) -> None:
    before = made.read_bytes()
    found, again = finished(made, name), finished(made, name)
    assert found.path is not None and again.path is not None and found.done == (name,)
    probed = probe(found.path)
    assert ((probed.width, probed.height), probed.mime_type) == (size, mime)
    assert found.path.read_bytes() == again.path.read_bytes() != before
    assert made.read_bytes() == before


def test_every_hook_is_tried_above() -> None:
    assert list(registry.AFTER) == [
        "upscale", "sharpen", "autocontrast", "grayscale", "square", "border", "jpeg", "webp", "strip",
    ]  # fmt: skip


def test_each_does_what_its_sentence_says(made: Path, finished: Finish) -> None:
    assert opened(finished(made, "grayscale")).bands == 1
    stretched = opened(finished(made, "autocontrast"))
    assert stretched.min() < 30 and stretched.max() == 255
    assert opened(finished(made, "border")).getpoint(0, 0) == [255, 255, 255]
    assert "png-comment-0-parameters" in opened(finished(made, "upscale")).get_fields()
    assert "png-comment-0-parameters" not in opened(finished(made, "strip", "upscale")).get_fields()


def test_hooks_follow_one_another_in_their_order(made: Path, finished: Finish) -> None:
    square_last = opened(finished(made, "border", "square"))
    assert (square_last.width, square_last.height) == (88, 88)
    assert opened(finished(made, "square", "border", "upscale")).width == 176


@pytest.mark.parametrize("names", [("sharpen", "autocontrast", "border", "upscale"), ("grayscale", "square", "webp")])
@pytest.mark.parametrize("bands", [1, 2, 4])
def test_grey_and_see_through_pictures_are_taken(
    tmp_path: Path, finished: Finish, names: tuple[str, ...], bands: int
) -> None:
    grey = pyvips.Image.xyz(*SIZE)[0].cast("uchar")
    image = grey.bandjoin([grey] * (bands - 1)) if bands > 1 else grey
    image.copy(interpretation="srgb" if bands == 4 else "b-w").pngsave(str(tmp_path / "odd"))
    found = finished(tmp_path / "odd", *names)
    assert (found.done, found.skipped) == (names, ())
    assert bool(opened(found).hasalpha()) is (bands != 1)
    assert not opened(finished(tmp_path / "odd", "jpeg")).hasalpha()


def test_a_turned_photograph_is_set_upright_once(tmp_path: Path, finished: Finish) -> None:
    image = pyvips.Image.xyz(*SIZE)[0].cast("uchar").copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    image.jpegsave(str(tmp_path / "turned"))
    found = finished(tmp_path / "turned", "border")
    assert found.path is not None
    assert (probe(found.path).width, probe(found.path).height) == (88, 128)


def test_what_fails_is_skipped_and_the_rest_goes_on(
    made: Path, finished: Finish, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        name = "broken"
        summary = "Breaks."

        def apply(self, picture: Picture) -> Picture:
            raise ValueError("not for people")

    class BreaksLate(Broken):
        def apply(self, picture: Picture) -> Picture:
            return Picture(pyvips.Image.pngload(str(made) + "-not-there"), picture.media_type)

    monkeypatch.setattr(
        "core.studio.hooks.finishing.AFTER", {**registry.AFTER, "broken": Broken(), "late": BreaksLate()}
    )
    found = finished(made, "broken", "square", "late", "gone")
    assert found.path is not None and found.done == ("square",)
    assert [one.name for one in found.skipped] == ["broken", "late", "gone"]
    assert not any("not for people" in one.reason for one in found.skipped)


def test_too_many_pixels_are_refused_before_they_are_made(made: Path, finished: Finish) -> None:
    limits = ProbeLimits(max_pixels=200_000)
    found = finished(made, *["upscale"] * 5, "grayscale", limits=limits)
    assert found.done == ("upscale", "upscale", "grayscale")
    assert len(found.skipped) == 3 and "megapixels" in found.skipped[0].reason


def test_films_and_animations_stay_as_they_are(tmp_path: Path, finished: Finish) -> None:
    frames = pyvips.Image.arrayjoin([pyvips.Image.black(8, 8) + shade for shade in (0, 200)], across=1).cast("uchar")
    frames = frames.copy()
    frames.set_type(pyvips.GValue.gint_type, "page-height", 8)
    frames.webpsave(str(tmp_path / "moving"))
    (tmp_path / "film").write_bytes(b"\x00\x00\x00\x18ftypisom" + bytes(40))
    for name in ("moving", "film"):
        found = finished(tmp_path / name, "square", "border")
        assert (found.path, found.done, len(found.skipped)) == (None, (), 2)
        assert "still pictures" in found.skipped[0].reason


def test_a_damaged_picture_stays_as_it_is(made: Path, finished: Finish) -> None:
    made.write_bytes(made.read_bytes()[:60])
    found = finished(made, "square")
    assert (found.path, found.done, len(found.skipped)) == (None, (), 1)


@pytest.mark.parametrize(("width", "height", "reason"), [(20_000, 2, "16,383 pixels a side"), (5_100, 5_000, "25 are")])
def test_what_a_webp_cannot_hold_stays_what_it_was(
    tmp_path: Path, finished: Finish, width: int, height: int, reason: str
) -> None:
    pyvips.Image.black(width, height).pngsave(str(tmp_path / "large"), compression=1)
    found = finished(tmp_path / "large", "webp", "strip")
    assert found.done == ("strip",) and reason in found.skipped[0].reason
    assert found.path is not None and probe(found.path).mime_type == "image/png"
