"""What a person may do with a sale, and what not."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core.sales import claims, handling
from core.sales.errors import ClaimLost, SaleNotFound, SalesError
from core.sales.models import SaleQueueStatus
from core.sales.states import MOVES
from core.system.models import AuditEvent
from tests.factories import HOUR, NOON
from tests.sales.support import make_sale

S = SaleQueueStatus
# What each action does where it is allowed; everywhere else it is refused.
ALLOWED: dict[Callable[..., Any], dict[S, S]] = {
    handling.mark_done: {S.PENDING: S.COMPLETED, S.FAILED: S.COMPLETED},
    handling.skip: {S.PENDING: S.SKIPPED, S.FAILED: S.SKIPPED},
    handling.unskip: {S.SKIPPED: S.PENDING},
    handling.retry: {S.FAILED: S.PENDING},
    handling.release: {S.PROCESSING: S.PENDING},
    handling.reopen: {S.COMPLETED: S.PENDING},
}


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("action", ALLOWED, ids=lambda action: action.__name__)
def test_an_action_is_possible_exactly_where_it_makes_sense(session, actor, alice, preset, action, status):
    sale = make_sale(session, alice, preset, status=status)
    target = ALLOWED[action].get(status)
    if target is None:
        with pytest.raises(SalesError):
            action(session, actor, sale.id, now=NOON)
        assert sale.status is status
        return
    action(session, actor, sale.id, now=NOON)
    assert sale.status is target and (status, target) in MOVES
    event = session.scalar(select(AuditEvent).where(AuditEvent.subject_id == sale.id))
    assert (event.before["status"], event.after["status"]) == (status.value, target.value)


def test_a_piece_priced_by_hand_says_so(session, actor, alice, preset):
    sale = make_sale(session, alice, preset, status=S.FAILED, error_message="The page was gone.")
    handling.mark_done(session, actor, sale.id, now=NOON)
    assert (sale.completed_by, sale.completed_at, sale.error_message) == ("by hand", NOON, None)


def test_a_failed_piece_gets_all_its_tries_again(session, actor, alice, preset):
    sales = [make_sale(session, alice, preset, status=S.FAILED, attempts=3) for _ in range(2)]
    make_sale(session, alice, preset, status=S.SKIPPED)
    assert handling.retry_all_failed(session, actor, now=NOON) == 2
    assert {(sale.status, sale.attempts) for sale in sales} == {(S.PENDING, 0)}


def test_what_a_client_says_about_a_released_piece_changes_nothing(session, actor, alice, preset):
    sale = make_sale(session, alice, preset)
    first = claims.claim_next(session, actor, client="shop", now=NOON)
    assert first is not None
    own = {"client": "shop", "claim_version": first.claim_version}
    claims.fail(session, actor, sale.id, message="The page was gone.", now=NOON, **own)
    claimed = claims.claim_next(session, actor, client="shop", now=NOON + HOUR)
    assert claimed is not None
    handling.release(session, actor, sale.id, now=NOON + HOUR)
    own = {"client": "shop", "claim_version": claimed.claim_version}
    with pytest.raises(ClaimLost):
        claims.complete(session, actor, sale.id, now=NOON + HOUR, **own)
    with pytest.raises(ClaimLost):
        claims.fail(session, actor, sale.id, message="Gone again.", now=NOON + HOUR, **own)
    again = claims.claim_next(session, actor, client="shop", now=NOON + HOUR)
    assert again is not None and again.claim_version > claimed.claim_version


def test_one_refusal_does_not_stop_the_others(session, actor, alice, preset):
    good, held = make_sale(session, alice, preset), make_sale(session, alice, preset, status=S.PROCESSING)
    other = make_sale(session, alice, preset)
    ids = [good.id, held.id, other.id]
    outcome = handling.for_each(ids, lambda one: handling.skip(session, actor, one, now=NOON))
    assert outcome.done == 2 and "shop is pricing" in outcome.refusals[0]


@pytest.mark.parametrize("action", ALLOWED, ids=lambda action: action.__name__)
def test_somebody_elses_sale_is_not_there(session, alice, charlie, preset, action):
    (status, *_) = ALLOWED[action]
    sale = make_sale(session, alice, preset, status=status)
    with pytest.raises(SaleNotFound):
        action(session, charlie, sale.id, now=NOON)
