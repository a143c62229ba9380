"""Pictures and films over HTTP, to their owner alone."""

from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

from core.clock import utc_now
from core.db.engine import Database
from core.identity.models import User
from core.media.blobs import Place, record_blob, thumbnail_key
from core.media.models import Blob
from core.media.storage import ObjectStore
from core.media.thumbnails import examine
from tests.web.support import sign_in


@pytest.fixture
def picture(database: Database, store: ObjectStore, alice: User, tmp_path: Path) -> Blob:
    """A picture of Alice's, 900 by 600 pixels."""
    path = tmp_path / "picture.png"
    Image.effect_noise((900, 600), 40).save(path)
    examined = examine(path)
    place = Place.fresh(alice.id, examined.probed)
    store.put(place.original, path, content_type="image/png")
    for size, thumbnail in examined.thumbnails.items():
        store.put(thumbnail_key(place.original, size), thumbnail, content_type="image/webp")
    with database.session() as session:
        return record_blob(session, alice.id, place, examined.probed, now=utc_now())


@pytest.mark.parametrize(("size", "kind"), [("150", "webp"), ("400", "webp"), ("800", "webp"), ("original", "png")])
def test_the_owner_gets_the_picture_in_every_size(
    client: TestClient, database: Database, alice: User, picture: Blob, size: str, kind: str
) -> None:
    sign_in(client, database, alice)
    answer = client.get(f"/blobs/{picture.id}/{size}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"image/{kind}"
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["content-security-policy"] == "sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_a_strangers_picture_a_missing_one_and_no_session_are_answered_alike(
    client: TestClient, database: Database, charlie: User, picture: Blob
) -> None:
    answers = [client.get(f"/blobs/{picture.id}/400")]
    sign_in(client, database, charlie)
    missing = "blb_01k00000000000000000000000"
    for blob_id, size in ((picture.id, "400"), (picture.id, "original"), (missing, "400"), ("nonsense", "400")):
        answers.append(client.get(f"/blobs/{blob_id}/{size}"))
    assert {answer.status_code for answer in answers} == {404}
    assert len({(answer.text, tuple(sorted(answer.headers.items()))) for answer in answers}) == 1


@pytest.mark.parametrize("size", ["0", "1600", "large", "..%2Foriginal"])
def test_other_sizes_do_not_exist(
    client: TestClient, database: Database, alice: User, picture: Blob, size: str
) -> None:
    sign_in(client, database, alice)
    assert client.get(f"/blobs/{picture.id}/{size}").status_code == 404


def test_a_browser_that_has_the_picture_is_told_so(
    client: TestClient, database: Database, alice: User, picture: Blob
) -> None:
    sign_in(client, database, alice)
    first = client.get(f"/blobs/{picture.id}/400")
    again = client.get(f"/blobs/{picture.id}/400", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(f"/blobs/{picture.id}/800", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


def test_a_player_gets_the_part_it_asks_for(client: TestClient, database: Database, alice: User, picture: Blob) -> None:
    sign_in(client, database, alice)
    path = f"/blobs/{picture.id}/original"
    whole = client.get(path)
    assert whole.headers["accept-ranges"] == "bytes"
    part = client.get(path, headers={"Range": "bytes=100-299"})
    assert (part.status_code, part.content) == (206, whole.content[100:300])
    assert part.headers["content-range"] == f"bytes 100-299/{picture.file_size}"
    assert client.get(path, headers={"Range": "bytes=-5"}).content == whole.content[-5:]


def test_a_part_behind_the_end_is_refused(client: TestClient, database: Database, alice: User, picture: Blob) -> None:
    sign_in(client, database, alice)
    answer = client.get(f"/blobs/{picture.id}/original", headers={"Range": "bytes=99999999-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{picture.file_size}"


def test_a_part_of_something_else_is_answered_with_the_whole(
    client: TestClient, database: Database, alice: User, picture: Blob
) -> None:
    sign_in(client, database, alice)
    headers = {"Range": "bytes=0-9", "If-Range": '"another version"'}
    assert client.get(f"/blobs/{picture.id}/original", headers=headers).status_code == 200


def test_head_tells_the_size_without_the_bytes(
    client: TestClient, database: Database, alice: User, picture: Blob
) -> None:
    sign_in(client, database, alice)
    answer = client.head(f"/blobs/{picture.id}/original")
    assert (int(answer.headers["content-length"]), answer.content) == (picture.file_size, b"")


def test_a_download_is_named_after_the_blob(client: TestClient, database: Database, alice: User, picture: Blob) -> None:
    sign_in(client, database, alice)
    answer = client.get(f"/blobs/{picture.id}/original?download=1")
    assert answer.headers["content-disposition"] == f'attachment; filename="{picture.id}.png"'


def test_a_picture_that_is_gone_from_the_store_is_missing(
    client: TestClient, database: Database, store: ObjectStore, alice: User, picture: Blob
) -> None:
    sign_in(client, database, alice)
    store.delete_prefix(picture.storage_key.rpartition("/")[0])
    for size in ("400", "original"):
        assert client.get(f"/blobs/{picture.id}/{size}").status_code == 404
