"""Setting providers up: added, changed, given a key, switched off, removed. Administrators only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.identity.roles import require_admin
from core.studio.catalogue.access import get_provider
from core.studio.catalogue.errors import ProviderInUse, ProviderRefused
from core.studio.catalogue.kinds import KINDS
from core.studio.catalogue.models import Provider
from core.studio.orders.models import ItemStatus, OrderItem
from core.studio.providers import ProviderKind
from core.system import audit
from core.system.actors import Actor

NAME_LENGTH = 255
KEY_LENGTH = 2000
MOST_PER_MINUTE = 100_000
MOST_AT_ONCE = 500
HIGHEST_CAP = Decimal(10_000)

_EDITED = (
    "name",
    "api_base_url",
    "rate_limit_requests",
    "rate_limit_tokens",
    "concurrent_limit",
    "daily_spend_cap",
    "settings",
)


@dataclass(frozen=True, slots=True)
class ProviderForm:
    """What a person says about a provider. ``None`` is no limit; the cap is US dollars a day."""

    name: str
    api_base_url: str | None = None
    rate_limit_requests: int | None = None
    rate_limit_tokens: int | None = None
    concurrent_limit: int | None = None
    daily_spend_cap: Decimal | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


def add_provider(session: Session, actor: Actor, kind: ProviderKind, form: ProviderForm, *, now: datetime) -> Provider:
    """One more provider of a kind, switched on; raises :class:`ProviderRefused`."""
    require_admin(session, actor)
    facts = KINDS[kind]
    if not facts.several and _has_kind(session, kind):
        raise ProviderRefused(f"{facts.name} is there already. Change it instead of adding it again.")
    values = _read(form, kind)
    row = Provider(
        id=_free_id(session, kind.value.replace("_", "-"), form.name),
        kind=kind,
        position=_last_position(session) + 1,
        policy_note=facts.policy_note,
        created_at=now,
        updated_at=now,
        **values,
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "provider.added", row.id, after=_plain(values), now=now)
    return row


def edit_provider(session: Session, actor: Actor, provider_id: str, form: ProviderForm, *, now: datetime) -> Provider:
    """Change name, address and limits; what is under way goes on as it began.

    A key belongs to the host it was given for: with another one it is forgotten, so that nobody who may change the
    address can have it sent to a host of theirs.
    """
    require_admin(session, actor)
    row = get_provider(session, provider_id)
    before, after = audit.changes({name: getattr(row, name) for name in _EDITED}, _read(form, row.kind))
    if after:
        for name, value in after.items():
            setattr(row, name, value)
        told = _forget_key(row) if _is_elsewhere(before, after) else {}
        row.updated_at = now
        session.flush()
        audit.record(
            session, actor, "provider.edited", row.id, before=_plain(before), after=_plain(after) | told, now=now
        )
    return row


def _is_elsewhere(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether another host answers now; a path may change, and the empty address is the protocol's own."""
    if "api_base_url" not in after:
        return False
    one, other = (urlsplit(values["api_base_url"] or "") for values in (before, after))
    return (one.scheme, one.netloc.lower()) != (other.scheme, other.netloc.lower())


def _forget_key(row: Provider) -> dict[str, bool]:
    """Without the key, and without what was known of the connection; what to say of it in the audit log."""
    had_one = row.api_key_encrypted is not None
    row.api_key_encrypted = None
    row.checked_at = row.check_message = row.check_passed = None
    return {"key_forgotten": True} if had_one else {}


def set_key(session: Session, actor: Actor, provider_id: str, key: str | None, *, now: datetime) -> Provider:
    """Give the provider a key, or take it away with ``None``. A new key lets held items go on."""
    require_admin(session, actor)
    row = get_provider(session, provider_id)
    cleaned = (key or "").strip() or None
    if cleaned is not None and (len(cleaned) > KEY_LENGTH or not cleaned.isprintable() or " " in cleaned):
        raise ProviderRefused("This does not look like a key. Copy it again, without spaces or line breaks.")
    had_one = row.api_key_encrypted is not None
    row.api_key_encrypted = cleaned
    row.checked_at = row.check_message = row.check_passed = None
    row.paused_until, row.failures_in_a_row = None, 0
    row.updated_at = now
    session.flush()
    audit.record(
        session,
        actor,
        "provider.key_set",
        row.id,
        before={"has_key": had_one},
        after={"has_key": bool(cleaned)},
        now=now,
    )
    return row


def set_webhook_secret(session: Session, actor: Actor, provider_id: str, secret: str | None, *, now: datetime) -> None:
    """What webhooks of this provider are signed with, or named by where it signs nothing."""
    require_admin(session, actor)
    row = get_provider(session, provider_id)
    row.webhook_secret = (secret or "").strip() or None
    row.updated_at = now
    session.flush()
    audit.record(session, actor, "provider.webhook_secret_set", row.id, after={"has_secret": bool(secret)}, now=now)


def switch_provider(session: Session, actor: Actor, provider_id: str, *, on: bool, now: datetime) -> Provider:
    """Switch on or off. Off: nothing new is begun; what is under way is brought to its end."""
    require_admin(session, actor)
    row = get_provider(session, provider_id)
    if row.is_enabled != on:
        row.is_enabled, row.updated_at = on, now
        session.flush()
        action = "provider.enabled" if on else "provider.disabled"
        audit.record(session, actor, action, row.id, before={"on": not on}, after={"on": on}, now=now)
    return row


def resume_provider(session: Session, actor: Actor, provider_id: str, *, now: datetime) -> Provider:
    """End a wait that the provider's errors brought about."""
    require_admin(session, actor)
    row = get_provider(session, provider_id)
    row.paused_until, row.failures_in_a_row, row.updated_at = None, 0, now
    session.flush()
    audit.record(session, actor, "provider.resumed", row.id, now=now)
    return row


def remove_provider(session: Session, actor: Actor, provider_id: str, *, now: datetime) -> None:
    """Take a provider away, with its key. What was made with it stays. Raises :class:`ProviderInUse`."""
    require_admin(session, actor)
    row = get_provider(session, provider_id)
    if row.kind is ProviderKind.LOCAL:
        raise ProviderRefused("This one belongs to Atelier itself. Switch it off instead.")
    waiting = (ItemStatus.PENDING, ItemStatus.GENERATING)
    under_way = session.scalar(
        select(func.count()).select_from(OrderItem).where(OrderItem.provider == row.id, OrderItem.status.in_(waiting))
    )
    if under_way:
        raise ProviderInUse(f"{under_way} items of orders still need it. Wait for them, or cancel the orders.")
    row.deleted_at, row.is_enabled, row.api_key_encrypted, row.webhook_secret = now, False, None, None
    row.updated_at = now
    session.flush()
    audit.record(session, actor, "provider.removed", row.id, now=now)


def _read(form: ProviderForm, kind: ProviderKind) -> dict[str, Any]:
    name = " ".join(form.name.split())
    if not name or len(name) > NAME_LENGTH:
        raise ProviderRefused(f"Give the provider a name of at most {NAME_LENGTH} characters.")
    address = _clean_address(form.api_base_url)
    if KINDS[kind].needs_address and not address and kind is ProviderKind.OPENAI_COMPATIBLE:
        raise ProviderRefused("Say where this server is, as http://127.0.0.1:8080/v1.")
    _check_limit(form.rate_limit_requests, MOST_PER_MINUTE, "calls a minute")
    _check_limit(form.rate_limit_tokens, 1_000_000_000, "tokens a minute")
    _check_limit(form.concurrent_limit, MOST_AT_ONCE, "calls at once")
    cap = form.daily_spend_cap
    if cap is not None and not (cap.is_finite() and 0 <= cap <= HIGHEST_CAP):
        raise ProviderRefused(f"A cap is between 0 and {HIGHEST_CAP:,} US dollars a day. Leave it empty for none.")
    return {
        "name": name,
        "api_base_url": address,
        "rate_limit_requests": form.rate_limit_requests,
        "rate_limit_tokens": form.rate_limit_tokens,
        "concurrent_limit": form.concurrent_limit,
        "daily_spend_cap": cap,
        "settings": dict(form.settings),
    }


def _check_limit(value: int | None, most: int, what: str) -> None:
    if value is not None and not 1 <= value <= most:
        raise ProviderRefused(f"Between 1 and {most:,} {what}, or none at all. Change the number.")


def _clean_address(text: str | None) -> str | None:
    address = (text or "").strip().rstrip("/")
    if not address:
        return None
    try:
        parts = urlsplit(address)
        port_is_good = parts.port is None or parts.port > 0
    except ValueError as error:
        raise ProviderRefused("This address cannot be read. Write it as http://127.0.0.1:8188.") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_good or len(address) > 500:
        raise ProviderRefused("Write the whole address, beginning with http:// or https://.")
    if parts.username or parts.password:
        raise ProviderRefused("Leave name and password out of the address; the key has a field of its own.")
    return address


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: str(value) if isinstance(value, Decimal) else value for key, value in values.items()}


def _has_kind(session: Session, kind: ProviderKind) -> bool:
    query = select(Provider.id).where(Provider.kind == kind, Provider.deleted_at.is_(None))
    return session.scalar(query.limit(1)) is not None


def _free_id(session: Session, kind: str, name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or kind
    taken = set(session.scalars(select(Provider.id)))
    candidates = [kind, slug, *(f"{slug}-{number}" for number in range(2, len(taken) + 3))]
    return next(one for one in candidates if one not in taken)


def _last_position(session: Session) -> int:
    return session.scalar(select(func.max(Provider.position))) or 0
