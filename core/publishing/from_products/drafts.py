"""Products become drafts: the same stored picture, with what it was made with and what it cost."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.chunks import chunked
from core.logs import correlated
from core.media.blobs import get_own_blobs
from core.media.models import Blob
from core.publishing import deviations
from core.publishing.access import Post
from core.publishing.changes import PROJECT_LENGTH, TITLE_LENGTH, DeviationChanges, read_changes
from core.publishing.duplicates import ShownBy, find_shown
from core.publishing.errors import ChangeRefused
from core.publishing.models import DeviationFile, DeviationStatus
from core.publishing.patterns import Pattern, day_values, read_pattern
from core.publishing.reports import BatchReport, ItemOutcome, ItemResult
from core.publishing.tags import MAX_SENT, tidy
from core.publishing.uploads import MAX_FILES, add_files
from core.publishing.zones import zone_named
from core.studio.products.errors import not_found
from core.studio.products.exporting import file_name
from core.studio.products.models import Product, ProductSource
from core.studio.products.views import ProductView, views_of
from core.studio.shelves.models import Tag, TagAssociation, TaggedKind
from core.system.actors import Actor

VARIABLES = ("prompt", "name", "model", "project", "seed", "n", "date")
DEFAULT_TITLE = "{prompt}"
MOST_AT_ONCE = 1_000
# As long as DeviantArt shows a title; a prompt is cut to it between words.
SITE_TITLE = 50
_WEIGHTS = re.compile(r"[()\[\]{}<>]|:\s*-?\d+(?:\.\d+)?")
_PROMPT_TAG_WORDS = 3


@dataclass(frozen=True, slots=True)
class DraftChoices:
    """What is to become of the products.

    ``title`` is a pattern with :data:`VARIABLES`. ``as_one``: one post with all of them instead of one for each.
    ``tags`` are put on every post; beside them come the product's own, and the phrases of its prompt, if wanted.
    ``allow_duplicates`` also makes drafts of what another post shows already.
    """

    title: str = DEFAULT_TITLE
    as_one: bool = False
    status: DeviationStatus = DeviationStatus.DRAFT
    tags: Sequence[str] = ()
    with_own_tags: bool = True
    with_prompt_tags: bool = False
    allow_duplicates: bool = False


def send(
    session: Session,
    actor: Actor,
    product_ids: Sequence[str],
    choices: DraftChoices | None = None,
    *,
    max_files: int = MAX_FILES,
    zone: str = "UTC",
    now: datetime,
) -> BatchReport:
    """Make drafts of products, in this order; the report's items have the ids of the new posts.

    A product that is not there, in the trash, or shown by a post already is left out with its reason. Nothing is
    stored twice. Raises :class:`PatternRefused` and :class:`ChangeRefused` before anything is made.
    """
    chosen = choices or DraftChoices()
    pattern = read_pattern(chosen.title, VARIABLES)
    ids = list(dict.fromkeys(product_ids))
    if len(ids) > MOST_AT_ONCE:
        raise ChangeRefused(f"At most {MOST_AT_ONCE:,} pictures become drafts at once; these are {len(ids):,}.")
    if chosen.as_one and len(ids) > max_files:
        raise ChangeRefused(f"A post has at most {max_files} files; these are {len(ids):,}. Make one for each instead.")
    day = now.astimezone(zone_named(zone)).date()
    with correlated() as group:
        material = _Material(session, actor, ids, chosen)
        items = list(material.left_out)
        if chosen.as_one and material.usable:
            items.append(_make(session, actor, material.usable, chosen, pattern, 1, day, now))
        elif not chosen.as_one:
            made = enumerate(material.usable, start=1)
            items += [_make(session, actor, [one], chosen, pattern, number, day, now) for number, one in made]
    return BatchReport(tuple(items), group)


@dataclass(frozen=True, slots=True)
class _Source:
    """One product with all that a draft takes from it."""

    view: ProductView
    row: Product
    blob: Blob
    tags: tuple[str, ...]


class _Material:
    """What of the chosen products can be made into drafts, and what not."""

    def __init__(self, session: Session, actor: Actor, ids: Sequence[str], chosen: DraftChoices) -> None:
        self.usable: list[_Source] = []
        self.left_out: list[ItemResult] = []
        views = {view.id: view for view in views_of(session, actor.user_id, ids) if view.deleted_at is None}
        rows: dict[str, Product] = {}
        for some in chunked(views):
            rows |= {row.id: row for row in session.scalars(select(Product).where(Product.id.in_(some)))}
        blobs = {blob.id: blob for blob in get_own_blobs(session, actor.user_id, [v.blob_id for v in views.values()])}
        shown = find_shown(session, actor, list(blobs))
        tags = _own_tags(session, list(views)) if chosen.with_own_tags else {}
        for one in ids:
            view = views.get(one)
            if view is None:
                self.left_out.append(ItemResult(one, None, ItemOutcome.SKIPPED, str(not_found())))
            elif view.blob_id in shown and not chosen.allow_duplicates:
                self.left_out.append(_told(view, shown[view.blob_id]))
            else:
                self.usable.append(_Source(view, rows[one], blobs[view.blob_id], tuple(tags.get(one, ()))))


def _told(view: ProductView, shown: ShownBy) -> ItemResult:
    reason = f"“{view.name}” is in “{shown.title}” ({shown.status.value}) already."
    return ItemResult(view.id, view.name, ItemOutcome.SKIPPED, reason)


def _make(
    session: Session,
    actor: Actor,
    sources: Sequence[_Source],
    chosen: DraftChoices,
    pattern: Pattern,
    number: int,
    day: date,
    now: datetime,
) -> ItemResult:
    first = sources[0]
    fields = _fields(sources, chosen, _title(pattern, first, number, day))
    post = deviations.create(session, actor, fields, status=chosen.status, reason="from the gallery", now=now)
    named = [(source.blob, file_name(source.view)) for source in sources]
    files = add_files(session, actor, Post(post), named, max_files=max(MAX_FILES, len(named)), now=now)
    for file, source in zip(files, sources, strict=True):
        _tell_making(file, source.row)
    session.flush()
    return ItemResult(post.id, post.title, ItemOutcome.CHANGED)


def _fields(sources: Sequence[_Source], chosen: DraftChoices, title: str) -> DeviationChanges:
    tags = list(chosen.tags)
    for source in sources:
        tags += source.tags
        tags += tags_of_prompt(source.row.prompt) if chosen.with_prompt_tags else []
    project = next((source.view.project_name for source in sources if source.view.project_name), None)
    values: dict[str, Any] = {
        "title": title,
        "tags": tidy(tags)[: max(MAX_SENT, len(chosen.tags))],
        "is_ai_generated": any(_is_made_by_a_model(source.row) for source in sources),
        "rating": max((source.view.rating or 0 for source in sources), default=0) or None,
        "project": project[:PROJECT_LENGTH] if project else None,
    }
    return read_changes(values)


def _is_made_by_a_model(product: Product) -> bool:
    return product.source is ProductSource.GENERATED or bool(product.prompt or product.model)


def _tell_making(file: DeviationFile, product: Product) -> None:
    """Kept with the file, so that it stays known when the product is long gone."""
    file.product_id = product.id
    file.cost = product.cost
    file.generation = {
        "prompt": product.prompt,
        "negative_prompt": product.negative_prompt,
        "provider": product.provider,
        "model": product.model,
        "seed": product.seed,
        "parameters": product.parameters,
    }


def _title(pattern: Pattern, source: _Source, number: int, day: date) -> str:
    view, prompt = source.view, " ".join((source.row.prompt or "").split())
    values = {
        "prompt": _shortened(prompt, SITE_TITLE) or view.name,
        "name": view.name,
        "model": view.model or "",
        "project": view.project_name or "",
        "seed": view.seed or "",
        "n": str(number),
        **day_values(day),
    }
    # What has no value leaves no gap behind.
    title = " ".join(pattern.fill(values).replace("\0", "").split())
    return _shortened(title, TITLE_LENGTH) or _shortened(view.name, TITLE_LENGTH) or "Untitled"


def _shortened(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    cut = text[: length + 1].rpartition(" ")[0]
    return (cut if len(cut) >= length // 2 else text[:length]).rstrip(" ,.;:-")


def tags_of_prompt(prompt: str | None) -> list[str]:
    """The short phrases of a prompt, as tags: at most three words between commas, without weights and brackets."""
    phrases = [" ".join(_WEIGHTS.sub(" ", part).split()).strip(" .") for part in (prompt or "").split(",")]
    return [phrase for phrase in phrases if phrase and len(phrase.split()) <= _PROMPT_TAG_WORDS and len(phrase) <= 40]


def _own_tags(session: Session, ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for some in chunked(ids):
        query = (
            select(Product.id, Tag.name)
            .join(TagAssociation, TagAssociation.entity_id == Product.id)
            .join(Tag, Tag.id == TagAssociation.tag_id)
            .where(Product.id.in_(some), TagAssociation.entity_type == TaggedKind.PRODUCT)
        )
        for product_id, name in session.execute(query.order_by(Tag.name_key)):
            found.setdefault(product_id, []).append(name)
    return found
