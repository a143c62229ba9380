"""Screenshots that prove a price."""

import pytest
from sqlalchemy import select

from core.publishing import trash
from core.sales import proof
from core.sales.errors import ProofRefused, SaleNotFound
from core.system.models import StorageRemoval
from tests.factories import NOON, make_deviation
from tests.sales.support import PNG, make_sale


def objects(store) -> list[str]:
    return [one.key for one in store.list()]


def removals(session) -> list[str]:
    return list(session.scalars(select(StorageRemoval.key).order_by(StorageRemoval.id)))


@pytest.mark.parametrize(
    ("content", "ending"),
    [(PNG, ".png"), (b"\xff\xd8\xff" + b"x" * 20, ".jpg"), (b"RIFF\0\0\0\0WEBPVP8 ", ".webp")],
)
def test_a_screenshot_lies_under_its_owner_and_on_the_sale(session, store, actor, alice, preset, content, ending):
    sale = make_sale(session, alice, preset)
    with proof.stored(store, actor, content) as kept:
        proof.attach(session, actor, sale.id, kept, now=NOON)
    found = proof.find_proof(session, actor, sale.id)
    assert found == kept and kept.key.startswith(f"{actor.user_id}/proofs/") and kept.key.endswith(ending)
    assert store.get(kept.key) == content


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"<svg onload='alert(1)'/>", b"GIF89a" + b"x" * 20, PNG + b"x" * proof.MAX_PROOF_BYTES],
    ids=["empty", "text", "svg", "gif", "too large"],
)
def test_anything_else_is_refused_before_it_is_stored(store, actor, content):
    with pytest.raises(ProofRefused), proof.stored(store, actor, content):
        raise AssertionError("must not get here")
    assert objects(store) == []


def test_a_refusal_leaves_no_object_behind(session, store, actor, charlie, alice, preset):
    sale = make_sale(session, alice, preset)
    with pytest.raises(SaleNotFound), proof.stored(store, charlie, PNG) as kept:
        proof.attach(session, charlie, sale.id, kept, now=NOON)
    assert objects(store) == []


def test_another_screenshot_takes_the_place_of_the_first(session, store, actor, alice, preset):
    sale = make_sale(session, alice, preset)
    keys = []
    for _ in range(2):
        with proof.stored(store, actor, PNG) as kept:
            proof.attach(session, actor, sale.id, kept, now=NOON)
        keys.append(kept.key)
    assert sale.screenshot_key == keys[1] != keys[0]
    assert removals(session) == [keys[0]]
    proof.detach(session, actor, sale.id, now=NOON)
    assert sale.screenshot_key is None and removals(session) == keys


def test_it_goes_with_the_post_it_proves(session, store, actor, alice, preset):
    post = make_deviation(session, alice, status="published", deleted_at=NOON)
    make_sale(session, alice, preset, deviation=post, screenshot_key="usr/proofs/1.png", screenshot_mime="image/png")
    trash.purge(session, actor, [post.id], now=NOON)
    assert "usr/proofs/1.png" in removals(session)


def test_nobody_else_finds_it(session, alice, charlie, preset):
    sale = make_sale(session, alice, preset, screenshot_key="usr/proofs/1.png", screenshot_mime="image/png")
    assert proof.find_proof(session, charlie, sale.id) is None
