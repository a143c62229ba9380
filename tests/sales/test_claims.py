"""Clients that price pieces: one at a time, and none of them twice."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from core.db.engine import Database
from core.sales import claims
from core.sales.errors import ClaimLost, SaleNotFound, SaleRefused
from core.sales.models import SaleQueue, SaleQueueStatus
from core.sales.proof import StoredProof
from core.system.actors import Actor
from core.system.models import AuditEvent, Notification, StorageRemoval
from tests.factories import HOUR, NOON, make_preset, make_user
from tests.sales.support import LEASE, MINUTE, look, make_sale, must_take, take, until_somebody_waits
from tests.support.databases import only_postgresql

LATER = NOON + LEASE + MINUTE


@pytest.fixture
def actor(database: Database) -> Actor:
    with database.session() as session:
        return Actor.person(make_user(session).id)


def add(database: Database, actor: Actor, number: int = 1, **fields: Any) -> list[str]:
    from core.identity.models import User

    with database.session() as session:
        user = session.get_one(User, actor.user_id)
        preset = make_preset(session, user, name="Standard")
        return [
            make_sale(session, user, preset, created_at=NOON - HOUR + place * MINUTE, **fields).id
            for place in range(number)
        ]


def answer(database: Database, actor: Actor, claimed: claims.ClaimedSale, client: str, **more: Any) -> SaleQueue:
    with database.session() as session:
        given = {"now": NOON, "claim_version": claimed.claim_version} | more
        return claims.complete(session, actor, claimed.sale_id, client=client, **given)


def give_up(database: Database, actor: Actor, claimed: claims.ClaimedSale, client: str, **more: Any) -> SaleQueue:
    with database.session() as session:
        given = {"now": NOON, "message": "The page was gone."} | more
        return claims.fail(session, actor, claimed.sale_id, client=client, claim_version=claimed.claim_version, **given)


def test_the_longest_waiting_comes_first_with_all_that_a_client_needs(database, actor):
    first, _ = add(database, actor, 2)
    claimed = must_take(database, actor, "shop")
    assert (claimed.sale_id, claimed.attempts, claimed.claim_version) == (first, 1, 1)
    assert (claimed.price, claimed.currency, claimed.price_preset_name) == (1200, "USD", "Standard")
    assert claimed.url.startswith("https://") and claimed.lease_expires_at == NOON + LEASE
    sale = look(database, first)
    assert (sale.status, sale.processing_by, sale.locked_at) == (SaleQueueStatus.PROCESSING, "shop", NOON)


def test_an_empty_queue_has_nothing(database, actor):
    assert take(database, actor, "shop") is None


def test_a_stranger_gets_nothing_of_it(database, actor):
    (sale,) = add(database, actor)
    with database.session() as session:
        charlie = Actor.person(make_user(session, "charlie").id)
    assert take(database, charlie, "shop") is None
    with database.session() as session, pytest.raises(SaleNotFound):
        claims.complete(session, charlie, sale, client="shop", claim_version=1, now=NOON)


def test_two_clients_get_two_pieces(database, actor):
    first, second = add(database, actor, 2)
    assert must_take(database, actor, "one").sale_id == first
    assert must_take(database, actor, "two").sale_id == second
    assert take(database, actor, "three") is None


def test_a_client_that_comes_back_gets_what_it_held(database, actor):
    add(database, actor, 2)
    before = must_take(database, actor, "shop")
    again = must_take(database, actor, "shop", at=NOON + MINUTE)
    assert again.is_resumed and not before.is_resumed
    assert (again.sale_id, again.claim_version, again.attempts) == (before.sale_id, before.claim_version, 1)
    # Coming back over and over must not keep a piece for ever.
    assert again.lease_expires_at == before.lease_expires_at


def test_what_nobody_was_heard_of_goes_to_the_next(database, actor):
    add(database, actor, 2)
    lost = must_take(database, actor, "one")
    taken = must_take(database, actor, "two", at=LATER)
    assert (taken.sale_id, taken.attempts, taken.claim_version) == (lost.sale_id, 2, 2)
    with pytest.raises(ClaimLost, match="held by two"):
        answer(database, actor, lost, "one", now=LATER)
    assert look(database, lost.sale_id).processing_by == "two"


def test_a_client_that_comes_back_late_claims_anew_and_its_first_claim_is_over(database, actor):
    add(database, actor)
    before = must_take(database, actor, "shop")
    again = must_take(database, actor, "shop", at=LATER)
    assert (again.claim_version, again.attempts, again.is_resumed) == (2, 2, False)
    with pytest.raises(ClaimLost, match="outdated"):
        answer(database, actor, before, "shop")


def test_a_heartbeat_keeps_a_piece(database, actor):
    (sale,) = add(database, actor)
    claimed = must_take(database, actor, "one")
    with database.session() as session:
        until = claims.heartbeat(session, actor, sale, client="one", claim_version=1, now=NOON + LEASE)
    assert until == NOON + 2 * LEASE
    assert take(database, actor, "two", at=LATER) is None
    answer(database, actor, claimed, "one", now=LATER)


def test_a_lease_from_a_clock_that_ran_ahead_is_worth_nothing(database, actor):
    (sale,) = add(database, actor)
    must_take(database, actor, "one", at=NOON + HOUR)
    assert must_take(database, actor, "two").sale_id == sale


def test_after_three_silences_it_has_failed_in_plain_words(database, actor):
    (sale,) = add(database, actor)
    for turn in range(3):
        must_take(database, actor, "shop", at=NOON + turn * (LEASE + MINUTE))
    assert take(database, actor, "other", at=NOON + 3 * (LEASE + MINUTE)) is None
    row = look(database, sale)
    assert row.status is SaleQueueStatus.FAILED and "not heard of again" in (row.error_message or "")
    with database.read() as session:
        assert session.scalar(select(Notification.topic)) == f"sale.failed:{sale}"


def test_a_price_that_was_set_after_all_is_believed(database, actor):
    (sale,) = add(database, actor)
    for turn in range(3):
        claimed = must_take(database, actor, "shop", at=NOON + turn * (LEASE + MINUTE))
    end = NOON + 3 * (LEASE + MINUTE)
    take(database, actor, "other", at=end)
    answer(database, actor, claimed, "shop", now=end)
    assert look(database, sale).status is SaleQueueStatus.COMPLETED


def test_a_late_answer_is_good_while_nobody_else_took_it(database, actor):
    (sale,) = add(database, actor)
    claimed = must_take(database, actor, "shop")
    answer(database, actor, claimed, "shop", now=LATER)
    row = look(database, sale)
    assert (row.status, row.completed_by, row.completed_at) == (SaleQueueStatus.COMPLETED, "shop", LATER)
    assert (row.processing_by, row.locked_at) == (None, None)


def test_the_same_answer_again_changes_nothing(database, actor):
    (sale,) = add(database, actor)
    claimed = must_take(database, actor, "shop")
    answer(database, actor, claimed, "shop")
    answer(database, actor, claimed, "shop", now=LATER)
    assert look(database, sale).completed_at == NOON
    with database.read() as session:
        events = session.scalars(select(AuditEvent.action).where(AuditEvent.subject_id == sale)).all()
        assert sorted(events) == ["sale.claimed", "sale.completed"]
        assert session.scalars(select(Notification.topic)).all() == [f"sale.completed:{sale}"]


@pytest.mark.parametrize(("client", "version"), [("other", 1), ("shop", 2), ("shop", 0)])
def test_an_answer_of_another_client_or_claim_is_refused(database, actor, client, version):
    (sale,) = add(database, actor)
    claimed = must_take(database, actor, "shop")
    with pytest.raises(ClaimLost):
        answer(database, actor, claimed, client, claim_version=version)
    assert look(database, sale).status is SaleQueueStatus.PROCESSING
    answer(database, actor, claimed, "shop")
    with pytest.raises(ClaimLost, match="priced already, by shop"):
        answer(database, actor, claimed, client, claim_version=version)


def test_of_two_clients_that_complete_one_sale_the_one_with_the_claim_counts(database, actor):
    (sale,) = add(database, actor)
    lost = must_take(database, actor, "one")
    taken = must_take(database, actor, "two", at=LATER)

    def finish(claimed: claims.ClaimedSale, client: str) -> str:
        try:
            answer(database, actor, claimed, client, now=LATER)
        except ClaimLost:
            return "lost"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(finish, [lost, taken], ["one", "two"]))
    assert said == ["lost", "done"] and look(database, sale).completed_by == "two"


@only_postgresql  # on SQLite there is one writer at a time anyhow
def test_the_same_answer_twice_at_once_is_one(database, actor):
    (sale,) = add(database, actor)
    claimed = must_take(database, actor, "shop")
    with ThreadPoolExecutor(1) as pool:
        with database.session() as session:
            claims.complete(session, actor, sale, client="shop", claim_version=1, now=NOON)
            again = pool.submit(answer, database, actor, claimed, "shop", now=LATER)
            until_somebody_waits(database)
        assert again.result().completed_at == NOON
    with database.read() as session:
        assert session.scalars(select(AuditEvent.action)).all().count("sale.completed") == 1


def test_a_failed_try_waits_longer_each_time_and_the_third_is_the_last(database, actor):
    add(database, actor)
    at, waits = NOON, []
    for _ in range(2):
        row = give_up(database, actor, must_take(database, actor, "shop", at=at), "shop", now=at)
        assert row.status is SaleQueueStatus.PENDING and row.not_before is not None
        assert take(database, actor, "shop", at=row.not_before - MINUTE / 60) is None
        waits.append((row.not_before - at) / MINUTE)
        at = row.not_before
    row = give_up(database, actor, must_take(database, actor, "shop", at=at), "shop", details={"status": 404}, now=at)
    assert waits == [1, 5]
    assert (row.status, row.error_message, row.attempts) == (SaleQueueStatus.FAILED, "The page was gone.", 3)
    assert row.error_details == {"client": "shop", "details": {"status": 404}}
    assert take(database, actor, "shop", at=at + HOUR) is None
    with database.session() as session, pytest.raises(ClaimLost):  # it said itself that it did not set the price
        claims.complete(session, actor, row.id, client="shop", claim_version=row.claim_version, now=at)


def test_the_same_failure_again_does_not_count_twice(database, actor):
    (sale,) = add(database, actor)
    claimed = must_take(database, actor, "shop")
    give_up(database, actor, claimed, "shop")
    give_up(database, actor, claimed, "shop", now=LATER)
    row = look(database, sale)
    assert (row.attempts, row.not_before) == (1, NOON + MINUTE)
    with pytest.raises(ClaimLost, match="no longer claimed"):
        answer(database, actor, claimed, "shop")


def test_one_that_waits_for_its_next_try_does_not_hold_up_the_others(database, actor):
    _, second = add(database, actor, 2)
    give_up(database, actor, must_take(database, actor, "shop"), "shop")
    assert must_take(database, actor, "shop").sale_id == second


def test_an_answer_brings_its_screenshot_and_the_same_again_leaves_only_one(database, actor):
    (sale,) = add(database, actor)
    claimed = must_take(database, actor, "shop")
    for number in (1, 2):
        answer(database, actor, claimed, "shop", proof=StoredProof(f"{actor.user_id}/proofs/{number}.png", "image/png"))
    row = look(database, sale)
    assert (row.screenshot_key, row.screenshot_mime) == (f"{actor.user_id}/proofs/1.png", "image/png")
    with database.read() as session:
        assert session.scalars(select(StorageRemoval.key)).all() == [f"{actor.user_id}/proofs/2.png"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "two\nlines", "nul\0"])
def test_a_client_without_a_usable_name_is_told(database, actor, name):
    add(database, actor)
    with pytest.raises(SaleRefused, match="needs a name"):
        take(database, actor, name)


def test_a_failure_needs_words(database, actor):
    add(database, actor)
    claimed = must_take(database, actor, "shop")
    with pytest.raises(SaleRefused, match="what went wrong"):
        give_up(database, actor, claimed, "shop", message=" \0 ")


def test_a_post_in_the_trash_is_not_handed_out(database, actor):
    from core.publishing.models import Deviation

    (sale,) = add(database, actor)
    with database.session() as session:
        session.get_one(Deviation, session.get_one(SaleQueue, sale).deviation_id).deleted_at = NOON
    assert take(database, actor, "shop") is None


def test_clients_at_once_never_get_the_same_piece(database, actor):
    ids = add(database, actor, 40)

    def work(client: str) -> list[str]:
        got = []
        while (claimed := take(database, actor, client)) is not None:
            got.append(claimed.sale_id)
            answer(database, actor, claimed, client)
        return got

    with ThreadPoolExecutor(6) as pool:
        shares = list(pool.map(work, [f"client {number}" for number in range(6)]))
    assert sorted(one for share in shares for one in share) == sorted(ids)
    with database.read() as session:
        rows = session.execute(select(SaleQueue.status, SaleQueue.attempts)).all()
    assert set(rows) == {(SaleQueueStatus.COMPLETED, 1)}


def test_a_client_that_asks_several_times_at_once_holds_one_piece(database, actor):
    add(database, actor, 10)
    with ThreadPoolExecutor(6) as pool:
        got = list(pool.map(lambda _: must_take(database, actor, "shop"), range(12)))
    assert {(claimed.sale_id, claimed.claim_version, claimed.attempts) for claimed in got} == {(got[0].sale_id, 1, 1)}
