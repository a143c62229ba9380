"""Making one call that was handed over, and keeping what it brought, whatever the disk says."""

import time
from collections.abc import Callable

import structlog

from core.adapters.images.courier.letters import Answer, Errand
from core.adapters.images.courier.presence import Presence
from core.adapters.images.courier.spool import Spool
from core.studio import tidying
from core.studio.execution import settling
from core.studio.execution.retries import REPEATED
from core.studio.providers import Connection, ErrorCategory, GenerationError, ImageProvider

log = structlog.get_logger(__name__)

# Seconds between the tries to put an answer away while the disk has no room: ten minutes in all.
PAUSES = (1, 2, 5, *[15] * 40)


def carry(
    spool: Spool,
    errand: Errand,
    carrier: Presence,
    provider: ImageProvider,
    connection: Connection,
    *,
    stopping: Callable[[], bool] = lambda: False,
    sleep: Callable[[float], None] = time.sleep,
) -> Answer:
    """Make a call that ``carrier`` has taken, once, and put its answer away.

    ``stopping`` ends the waiting for room on the disk, never the call.
    """
    answer = _make(provider, connection, errand)
    if not _is_kept(spool, errand, carrier, answer, stopping, sleep):
        log.error("An answer had to be given up: it could not be kept.", provider=errand.provider_id,
                  call=errand.request.key)  # fmt: skip
        spool.give_up(errand.request.key, carrier)
    return answer


def _make(provider: ImageProvider, connection: Connection, errand: Errand) -> Answer:
    try:
        outcome = provider.submit(connection, errand.request).outcome
        if outcome is not None:
            return Answer(tidying.outcome(outcome))
    except GenerationError as error:
        if error.effect_possible and error.category in REPEATED:
            # Its words promise another try, which comes only where a provider can be asked about a lost call.
            error.args = settling.UNKNOWN.args
        return Answer(error=tidying.error(error))
    except Exception:  # an edge: whoever ordered the call must hear of it
        log.exception("A call failed unexpectedly.", provider=errand.provider_id, call=errand.request.key)
        return Answer(error=GenerationError(
            "Something unexpected happened on our side while the call was made; it may be charged. The courier's log "
            "has the details.", ErrorCategory.UNKNOWN, effect_possible=True,
        ))  # fmt: skip
    return Answer(error=GenerationError(
        "The provider took the call without an answer, which it should not. It may be charged.",
        ErrorCategory.UNKNOWN, effect_possible=True,
    ))  # fmt: skip


def _is_kept(
    spool: Spool, errand: Errand, carrier: Presence, answer: Answer, stopping: Callable[[], bool],
    sleep: Callable[[float], None],
) -> bool:  # fmt: skip
    try:
        return _put_away(spool, errand, carrier, answer, stopping, sleep)
    except Exception:  # an edge: as long as this process lives, a call without an answer would be waited for
        log.exception("An answer cannot be written down.", provider=errand.provider_id, call=errand.request.key)
        return False


def _put_away(
    spool: Spool, errand: Errand, carrier: Presence, answer: Answer, stopping: Callable[[], bool],
    sleep: Callable[[float], None],
) -> bool:  # fmt: skip
    for pause in PAUSES:
        if _try(spool, errand, carrier, answer):
            return True
        if stopping():
            return False
        sleep(pause)
    return _try(spool, errand, carrier, answer)


def _try(spool: Spool, errand: Errand, carrier: Presence, answer: Answer) -> bool:
    try:
        spool.answer(errand.request.key, carrier, answer)
    except OSError as error:
        log.warning("An answer could not be put away yet.", provider=errand.provider_id, call=errand.request.key,
                    reason=error.strerror)  # fmt: skip
        return False
    return True
