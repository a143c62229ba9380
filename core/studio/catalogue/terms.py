"""Whether pictures may be sold: the terms of models, the policies of providers, and which pictures they concern.

Nothing is known here of itself: an administrator who has read the terms writes down what they say.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from core.db.chunks import chunked
from core.identity.roles import require_admin
from core.studio.catalogue.access import get_provider
from core.studio.catalogue.errors import ModelNotFound, TermsRefused
from core.studio.catalogue.models import Model, Provider
from core.studio.own_rows import change
from core.studio.products.models import Product
from core.studio.providers import CommercialUse
from core.system.actors import Actor

ADDRESS_LENGTH = 1_000
NOTE_LENGTH = 2_000


@dataclass(frozen=True, slots=True)
class Terms:
    """What is noted of a model's terms."""

    commercial_use: CommercialUse = CommercialUse.UNKNOWN
    url: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What is noted of a provider's content policy and watermarks."""

    url: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class NotForSale:
    """A model whose terms forbid selling, and how many of the chosen pictures, or posts, come from it."""

    model: str
    provider: str
    number: int


def terms_of(row: Model) -> Terms:
    """As they stand on a row of the catalogue."""
    return Terms(row.commercial_use, row.terms_url, row.terms_note)


def find_terms(session: Session, provider_id: str | None, model_id: str | None) -> Terms | None:
    """The present terms of a model by the provider's own name for it; ``None`` when the house does not know it."""
    query = select(Model.commercial_use, Model.terms_url, Model.terms_note)
    row = session.execute(query.where(Model.provider_id == provider_id, Model.model_id == model_id)).one_or_none()
    return Terms(*row) if row else None


def set_model_terms(
    session: Session,
    actor: Actor,
    model_row_id: str,
    *,
    commercial_use: CommercialUse,
    url: str | None,
    note: str | None,
    now: datetime,
) -> Terms:
    """Note what a model's terms say of selling; returns what was noted before.

    Raises :class:`ModelNotFound`, and :class:`TermsRefused` for a bad address, a long note or a word that is none of
    :class:`CommercialUse`.
    """
    require_admin(session, actor)
    row = session.get(Model, model_row_id)
    if row is None:
        raise ModelNotFound("There is no such model any more. Choose another.")
    before = terms_of(row)
    values = {"commercial_use": _use(commercial_use), "terms_url": _address(url), "terms_note": _note(note)}
    change(session, actor, row, values, "model.terms_set", now=now)
    return before


def set_provider_policy(
    session: Session, actor: Actor, provider_id: str, *, url: str | None, note: str | None, now: datetime
) -> Policy:
    """Note a provider's content policy and watermarks; returns what was noted before.

    Raises :class:`ProviderNotFound`, and :class:`TermsRefused` for a bad address or a long note.
    """
    require_admin(session, actor)
    row = get_provider(session, provider_id)
    before = Policy(row.policy_url, row.policy_note)
    values = {"policy_url": _address(url), "policy_note": _note(note)}
    change(session, actor, row, values, "provider.policy_set", now=now)
    return before


def not_for_sale(session: Session, actor: Actor, product_ids: Sequence[str]) -> tuple[NotForSale, ...]:
    """The models among those of the person's pictures whose terms forbid selling, those of most pictures first."""
    made_by = and_(Model.provider_id == Product.provider, Model.model_id == Product.model)
    rows: list[Row[str, str, str, int]] = []
    for some in chunked(dict.fromkeys(product_ids)):
        query = (
            select(Model.id, Model.name, Provider.name, func.count())
            .select_from(Product)
            .join(Model, made_by)
            .join(Provider, Provider.id == Model.provider_id)
            .where(Product.id.in_(some), Product.user_id == actor.user_id, Product.deleted_at.is_(None))
            .where(Model.commercial_use == CommercialUse.FORBIDDEN)
            .group_by(Model.id, Model.name, Provider.name)
        )
        rows += session.execute(query)
    return added_up(rows)


def added_up(rows: Iterable[Row[str, str, str, int]]) -> tuple[NotForSale, ...]:
    """Rows of a model's id, its name, its provider's name and a number, each model once."""
    numbers: Counter[tuple[str, str, str]] = Counter()
    for row_id, model, provider, number in rows:
        numbers[row_id, model, provider] += number
    found = [NotForSale(model, provider, number) for (_, model, provider), number in numbers.items()]
    return tuple(sorted(found, key=lambda one: (-one.number, one.model, one.provider)))


def _use(word: str) -> CommercialUse:
    try:
        return CommercialUse(word)
    except ValueError as error:
        raise TermsRefused(f"Say whether it may be sold by one of: {', '.join(CommercialUse)}.") from error


def _address(text: str | None) -> str | None:
    """Nothing but a page of the web: whoever follows it must not run something in this one."""
    address = (text or "").strip()
    if not address:
        return None
    if len(address) > ADDRESS_LENGTH:
        raise TermsRefused(f"This address is longer than {ADDRESS_LENGTH:,} characters. Give a shorter one.")
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError as error:
        raise TermsRefused("This address cannot be read. Copy it again from your browser.") from error
    if parts.scheme not in {"http", "https"} or not host or not address.isprintable() or set(address) & set(' \\<>"'):
        raise TermsRefused("Write the whole address of a page, beginning with https:// or http://.")
    if parts.username or parts.password:
        raise TermsRefused("Leave name and password out of the address: everybody here can read it.")
    return parts.geturl()


def _note(text: str | None) -> str | None:
    note = (text or "").replace("\0", "").strip()
    if len(note) > NOTE_LENGTH:
        raise TermsRefused(f"A note has at most {NOTE_LENGTH:,} characters; this one has {len(note):,}. Shorten it.")
    return note or None
