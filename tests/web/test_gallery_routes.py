"""Marks made in the gallery: taken in their order, once, from their owner's own pages alone; and archives."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from core.studio.products import archives
from core.studio.products.models import Product
from core.web.gallery import MOST_BYTES
from tests.factories import make_user
from tests.studio.factories import make_product
from tests.web.support import sign_in

CLIENT = "0123456789abcdef"
OURS = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def signed_in(client, database, alice) -> None:
    sign_in(client, database, alice)


@pytest.fixture
def picture(runtime, alice) -> str:
    with runtime.database.session() as session:
        return make_product(session, alice).id


def post(client, *marks, name: str = CLIENT, headers=OURS):
    return client.post("/gallery/marks", content=json.dumps({"client": name, "marks": list(marks)}), headers=headers)


def state(runtime, product_id):
    with runtime.database.read() as session:
        row = session.execute(select(Product).where(Product.id == product_id)).scalar_one()
        return row.liked, row.rejected, row.rating


def test_marks_are_taken_in_order_and_a_late_copy_changes_nothing(runtime, client, signed_in, picture):
    first = {"seq": 1, "id": picture, "rating": 2}
    answer = post(client, {"seq": 2, "id": picture, "rating": 5}, first, {"seq": 3, "id": picture, "liked": True})
    assert (answer.status_code, answer.json()) == (200, {"taken": 3, "left_out": []})
    assert post(client, first).json()["taken"] == 3
    assert state(runtime, picture) == (True, False, 5)
    post(client, {"seq": 4, "id": picture, "rating": 0, "rejected": True})
    assert state(runtime, picture) == (False, True, None)
    # Another tab counts by itself.
    post(client, {"seq": 1, "id": picture, "rating": 1}, name="f" * 32)
    assert state(runtime, picture)[2] == 1


@pytest.mark.parametrize(
    "mark",
    [
        {"seq": 0, "id": "prd_x"}, {"seq": 1}, {"seq": 1, "id": "prd_x", "rating": 6}, {"seq": 1, "id": "x" * 50},
        {"seq": 1, "id": "prd_x", "name": "mine"}, {"seq": 2**60, "id": "prd_x"},
    ],
)  # fmt: skip
def test_what_is_no_mark_is_refused(client, signed_in, mark):
    assert post(client, mark).status_code == 400


def test_other_sites_strangers_and_floods_are_refused(client, signed_in, picture):
    good = {"seq": 1, "id": picture, "liked": True}
    assert post(client, good, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.post("/gallery/marks", content=b"x" * (MOST_BYTES + 1), headers=OURS).status_code == 400
    assert post(client, name="../etc").status_code == 400
    client.cookies.clear()
    assert post(client, good).status_code == 401


def test_another_persons_picture_is_left_out_like_a_missing_one(runtime, client, signed_in):
    with runtime.database.session() as session:
        theirs = make_product(session, make_user(session, "charlie")).id
    answers = [post(client, {"seq": n, "id": one, "liked": True}).json() for n, one in ((1, theirs), (2, "prd_x"))]
    assert [answer["left_out"] for answer in answers] == [[theirs], ["prd_x"]]
    assert state(runtime, theirs) == (False, False, None)


def test_an_archive_is_fetched_by_its_owner_alone_and_only_whole(runtime, client, signed_in, alice):
    def made(user_id: str) -> tuple[str, Path]:
        name, part = archives.new_archive(runtime.settings.data_dir, user_id)
        part.write_bytes(b"zip")
        return name, part

    name, part = made(alice.id)
    assert client.get(f"/gallery/archives/{name}").status_code == 404
    archives.finish(part)
    assert client.get(f"/gallery/archives/{name}").content == b"zip"
    theirs, part = made("usr_theirs")
    archives.finish(part)
    for wrong in (theirs, "0" * 32, "..", f"..%2f{theirs}"):
        assert client.get(f"/gallery/archives/{wrong}").status_code == 404
    client.cookies.clear()
    assert client.get(f"/gallery/archives/{name}").status_code == 404
