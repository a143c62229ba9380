"""Webhooks of providers: hints that a call has moved on. What they say is asked again, never believed."""

from collections.abc import Mapping
from datetime import datetime

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.db.ids import new_id
from core.db.upsert import insert_ignoring
from core.errors import InvalidInputError, NotFoundError
from core.studio import tidying
from core.studio.catalogue.connections import connection_of
from core.studio.catalogue.models import Provider
from core.studio.orders.models import ItemStatus, OrderItem, ProviderWebhook
from core.studio.providers import (
    ADDRESS_SECRET_HEADER,
    Connection,
    ErrorCategory,
    GenerationError,
    ImageProvider,
    Notice,
    ProviderKind,
)

log = structlog.get_logger(__name__)

LONGEST_ID = 255


class WebhookForged(InvalidInputError):
    """Its signature does not fit, it is too old, or the provider sends none."""


class WebhookUnknown(NotFoundError):
    """There is no such provider here."""


def receive(
    database: Database,
    providers: Mapping[ProviderKind, ImageProvider],
    provider_id: str,
    tail: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: datetime,
) -> bool:
    """Take a webhook that came to an address ending in ``tail``; whether it was new and about a call under way.

    Checking it may call the provider for its keys, so no transaction is open meanwhile. Raises :class:`WebhookForged`,
    :class:`WebhookUnknown`, and ``GenerationError`` when it cannot be checked now: the provider sends it again.
    """
    connection = _connection(database, provider_id)
    adapter = providers.get(connection.kind)
    if adapter is None or not adapter.traits.has_webhooks:
        raise WebhookForged("This provider sends no webhooks.")
    # Our own header, whatever the sender put there: the secret is the end of the address.
    given = {key.lower(): value for key, value in headers.items()} | {ADDRESS_SECRET_HEADER: tail}
    try:
        notice = adapter.verify(connection, given, body, now=now)
    except GenerationError as error:
        if error.category is ErrorCategory.AUTHENTICATION:
            raise WebhookForged("The signature does not fit, or is too old.") from error
        raise
    with database.session() as session:
        return _note(session, provider_id, notice, now=now)


def _connection(database: Database, provider_id: str) -> Connection:
    with database.read() as session:
        # Anybody may call here; PostgreSQL takes no invisible characters even to look for them.
        row = session.get(Provider, provider_id[:100]) if provider_id.isprintable() else None
        if row is None or row.deleted_at is not None:
            raise WebhookUnknown("There is no such provider here.")
        return connection_of(row)


def _note(session: Session, provider_id: str, notice: Notice, *, now: datetime) -> bool:
    """The delivery and its effect in one transaction; told twice, it counts once."""
    request_id = tidying.text(notice.request_id, LONGEST_ID)
    values = {
        "id": new_id("pwh"),
        "provider": provider_id,
        "delivery_id": tidying.text(notice.delivery_id, LONGEST_ID),
        "request_id": request_id,
        "received_at": now,
    }
    if not insert_ignoring(session, ProviderWebhook, values):
        return False
    due = (
        update(OrderItem)
        .where(
            OrderItem.provider == provider_id,
            OrderItem.provider_request_id == request_id,
            OrderItem.status == ItemStatus.GENERATING,
            OrderItem.due_at > now,
        )
        .values(due_at=now)
        .returning(OrderItem.id)
    )
    return bool(session.scalars(due, execution_options={"synchronize_session": False}).all())
