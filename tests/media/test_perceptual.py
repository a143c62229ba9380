"""Pictures that look alike have hashes that differ in few bits, whatever their bytes are."""

import io
from itertools import combinations

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageDraw

from core.demo.catalogue import PICTURES, DemoPicture
from core.media.hash_backfill import backfill
from core.media.models import Blob
from core.media.perceptual import FEATURELESS, distances, hash_encoded, perceptual_hash
from core.media.thumbnails import examine
from core.publishing.near_duplicates import DISTANCE
from tests.factories import make_blob, make_user
from tests.media import samples


def painted(picture: DemoPicture) -> Image.Image:
    width, height = picture.size
    return picture.painter(np.random.default_rng(picture.seed), width // 3, height // 3)


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def hash_of(picture: Image.Image | bytes) -> int:
    data = picture if isinstance(picture, bytes) else encoded(picture)
    return perceptual_hash(pyvips.Image.new_from_buffer(data, ""))


def apart(one: int, other: int) -> int:
    return int(distances(np.array([one], dtype=np.int64), other)[0])


@pytest.fixture(scope="module")
def gallery() -> list[Image.Image]:
    return [painted(picture) for picture in PICTURES]


def test_scaling_recompressing_and_trimming_leave_a_picture_alike(gallery):
    for picture in gallery:
        width, height = picture.size
        original = hash_of(picture)
        trim = max(2, width // 100)
        for other in (
            hash_of(picture.resize((width * 2, height * 2))),
            hash_of(picture.resize((width // 2, height // 2))),
            hash_of(encoded(picture.convert("RGB"), "JPEG", quality=35)),
            hash_of(encoded(picture.convert("RGB"), "WEBP", quality=40)),
            hash_of(picture.crop((trim, trim, width - trim, height - trim))),
        ):
            assert apart(original, other) <= DISTANCE


def test_different_pictures_are_far_apart(gallery):
    hashes = [hash_of(picture) for picture in gallery]
    assert FEATURELESS not in hashes
    assert min(apart(one, other) for one, other in combinations(hashes, 2)) > 2 * DISTANCE


def dotted() -> Image.Image:
    page = Image.new("RGB", (300, 200), "white")
    ImageDraw.Draw(page).point((20, 20), "black")
    return page


@pytest.mark.parametrize(
    "blank",
    [
        Image.new("RGB", (200, 100), "white"),
        Image.new("L", (50, 50), 0),
        Image.new("RGB", (64, 64), (12, 200, 90)),
        Image.new("RGBA", (64, 64), (200, 0, 0, 0)),
        Image.linear_gradient("L"),
        dotted(),
    ],
)
def test_what_shows_nothing_has_nothing_to_compare_by(blank):
    assert hash_of(blank) == FEATURELESS


def test_what_is_transparent_counts_as_white(gallery):
    picture = gallery[0].convert("RGBA")
    canvas = Image.new("RGBA", (picture.width * 2, picture.height), (255, 0, 0, 0))
    canvas.paste(picture, (0, 0))
    on_white = Image.new("RGB", canvas.size, "white")
    on_white.paste(gallery[0], (0, 0))
    assert apart(hash_of(canvas), hash_of(on_white)) <= 1


def test_an_import_notes_the_hash_and_its_thumbnail_has_nearly_the_same(on_disk, gallery):
    for data in (encoded(gallery[1]), encoded(gallery[2].convert("RGB"), "JPEG"), samples.make_gif(3)):
        examined = examine(on_disk(data))
        thumbnail = hash_encoded(examined.thumbnails[400])
        assert examined.probed.perceptual_hash is not None and thumbnail is not None
        assert apart(examined.probed.perceptual_hash, thumbnail) <= 2


def test_what_is_no_picture_has_no_hash():
    assert hash_encoded(b"not a picture") is None
    assert hash_encoded(samples.make_png()[:40]) is None


def test_old_pictures_are_hashed_from_their_thumbnails(database, store, gallery):
    with database.session() as session:
        alice = make_user(session)
        old, lost, known = (make_blob(session, alice) for _ in range(3))
        known.perceptual_hash = 42
    store.put(f"{old.storage_key.rpartition('/')[0]}/400.webp", encoded(gallery[3], "WEBP"), content_type="image/webp")
    assert backfill(database, store) == 2
    with database.read() as session:
        hashes = {blob.id: blob.perceptual_hash for blob in session.query(Blob)}
    assert apart(hashes[old.id] or 0, hash_of(gallery[3])) <= 2
    assert hashes[lost.id] == FEATURELESS
    assert hashes[known.id] == 42
    assert backfill(database, store) == 0
