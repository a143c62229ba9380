"""Small pictures: right size, upright, sRGB, nothing private in them."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image, ImageCms

from core.media.errors import DamagedFile
from core.media.probe import probe
from core.media.thumbnails import THUMBNAIL_SIZES, examine, make_thumbnails
from tests.media import samples


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def brightness(picture: Image.Image, box: tuple[int, int, int, int]) -> float:
    return picture.convert("L").crop(box).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1600, 1200), [(800, 600), (400, 300), (150, 113)]),
        ((600, 1200), [(400, 800), (200, 400), (75, 150)]),
        ((300, 200), [(300, 200), (300, 200), (150, 100)]),
        ((2, 2), [(2, 2), (2, 2), (2, 2)]),
    ],
)
def test_the_cascade_fits_its_sizes_and_never_enlarges(on_disk, size, expected):
    thumbnails = examine(on_disk(samples.make_png(*size))).thumbnails
    assert tuple(thumbnails) == THUMBNAIL_SIZES
    assert [opened(data).size for data in thumbnails.values()] == expected
    assert {opened(data).format for data in thumbnails.values()} == {"WEBP"}


def test_a_picture_as_thin_as_a_line_keeps_a_pixel(on_disk):
    assert opened(examine(on_disk(samples.make_png(1500, 1))).thumbnails[150]).size == (150, 1)


def test_examining_gives_what_probing_and_making_give(on_disk):
    for data in (samples.make_jpeg(900, 700), samples.make_mp4(), samples.make_gif(3)):
        path = on_disk(data)
        examined = examine(path)
        assert examined.probed == probe(path)
        assert examined.thumbnails == make_thumbnails(path, examined.probed)


def test_thumbnails_stand_upright(on_disk):
    dark_left = Image.new("L", (400, 200), 230)
    dark_left.paste(20, (0, 0, 200, 200))
    data = saved(dark_left, "JPEG", exif=samples.exif_block(orientation=6))  # to be turned clockwise
    thumbnail = opened(examine(on_disk(data)).thumbnails[400])
    assert thumbnail.size == (200, 400)
    assert brightness(thumbnail, (0, 0, 200, 150)) < 60
    assert brightness(thumbnail, (0, 250, 200, 400)) > 190
    assert thumbnail.getexif().get(0x0112, 1) == 1


def test_a_turned_film_is_turned_as_players_turn_it(on_disk):
    # The samples grow brighter to the right; counter-clockwise, right becomes top.
    thumbnail = opened(examine(on_disk(samples.make_mp4(0.5, 160, 120, rotation=90))).thumbnails[400])
    assert thumbnail.size == (120, 160)
    red = thumbnail.convert("RGB").getchannel("R")
    assert brightness(red, (0, 0, 120, 40)) > brightness(red, (0, 120, 120, 160)) + 30


def test_colours_of_another_profile_become_srgb(on_disk):
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    display = samples_profile()
    shown = opened(
        examine(on_disk(saved(Image.new("RGB", (900, 900), (200, 30, 30)), "PNG", icc_profile=display))).thumbnails[150]
    )
    assert shown.info.get("icc_profile") is None
    assert shown.convert("RGB").getpixel((75, 75)) != pytest.approx((200, 30, 30), abs=6)
    # A profile that does not fit its picture is passed over.
    odd = opened(
        examine(on_disk(saved(Image.new("RGB", (900, 900), (200, 30, 30)), "PNG", icc_profile=lab))).thumbnails[150]
    )
    assert odd.size == (150, 150)


def samples_profile() -> bytes:
    """sRGB with red and green exchanged: no picture in it looks the same without it."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "CMYK", "P", "1", "I;16"])
def test_every_kind_of_pixel_becomes_a_thumbnail(on_disk, mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    picture = Image.new("I;16", (900, 600), 40_000) if mode == "I;16" else samples.picture(900, 600).convert(mode)
    if mode in {"LA", "RGBA"}:
        picture.putalpha(100)
    thumbnail = opened(examine(on_disk(saved(picture, kind))).thumbnails[400])
    assert thumbnail.size == (400, 267)
    assert thumbnail.mode == ("RGBA" if mode in {"LA", "RGBA"} else "RGB")


def test_nothing_private_stays_in_a_thumbnail(on_disk):
    data = samples.make_jpeg(900, 600, exif=samples.exif_block({0x010E: "where I live"}), comment="where I live")
    for thumbnail in examine(on_disk(data)).thumbnails.values():
        assert b"where I live" not in thumbnail
        assert not {b"EXIF", b"XMP ", b"ICCP"} & {thumbnail[at : at + 4] for at in range(len(thumbnail))}


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_shows_its_first_frame(on_disk, kind):
    frames = [Image.new("RGB", (200, 200), colour) for colour in ("red", "blue", "lime")]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    red, green, blue = opened(examine(on_disk(data)).thumbnails[150]).convert("RGB").getpixel((75, 75))
    assert red > 200
    assert max(green, blue) < 60


def test_a_film_shows_a_moment_past_its_beginning(on_disk):
    # Ten seconds that grow brighter: a tenth in is brighter than the start, darker than the middle.
    thumbnail = opened(examine(on_disk(samples.make_mp4(10, 64, 64))).thumbnails[150])
    start = opened(examine(on_disk(samples.make_mp4(0.1, 64, 64))).thumbnails[150])
    whole = (0, 0, 64, 64)
    assert brightness(start, whole) + 5 < brightness(thumbnail, whole) < brightness(start, whole) + 30


def test_a_damaged_picture_gets_no_thumbnails(on_disk):
    whole = samples.make_jpeg(900, 600)
    probed = probe(on_disk(whole))
    with pytest.raises(DamagedFile):
        make_thumbnails(on_disk(samples.truncated(whole)), probed)


def test_many_threads_examine_at_once_and_errors_stay_with_their_file(on_disk):
    whole = samples.make_jpeg(1200, 900)
    paths = [on_disk(samples.truncated(whole, 0.7) if number % 3 == 0 else whole) for number in range(30)]

    def outcome(path):
        try:
            return len(examine(path).thumbnails)
        except DamagedFile:
            return "damaged"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(outcome, paths))
    assert outcomes == ["damaged" if number % 3 == 0 else 3 for number in range(30)]
