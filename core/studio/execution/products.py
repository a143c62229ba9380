"""From a stored result to a product of the gallery."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.db.base import table_of
from core.db.ids import new_id
from core.db.search import text_of
from core.db.types import NANO
from core.db.upsert import insert_ignoring
from core.media.blobs import Place, record_blob, remove_objects
from core.media.probe import ProbedFile
from core.studio.execution.keeping import Kept
from core.studio.execution.outcomes import plain
from core.studio.execution.requests import prompts_sent, seed_sent
from core.studio.execution.work import Work
from core.studio.hooks.registry import BEFORE
from core.studio.parameters.names import SYNONYMS
from core.studio.parameters.names import plain as bare
from core.studio.products.models import Product, ProductOriginal, ProductSource, ProductType
from core.studio.providers import Outcome

NAME_WORDS = 60  # characters of the prompt that a picture is called by
# What people call the parameters that every provider names differently, by a word of its line of synonyms.
_PLAIN_NAMES = {"steps": "steps", "cfg": "guidance", "seed": "seed", "sampler": "sampler", "strength": "strength",
                "width": "width", "height": "height", "size": "size", "aspectratio": "aspect_ratio"}  # fmt: skip
_PLAIN = {word: name for known, name in _PLAIN_NAMES.items() for group in SYNONYMS if known in group for word in group}


def stored_outputs(session: Session, item_id: str) -> frozenset[int]:
    """Which results of an item are products already, in the trash or not."""
    query = select(Product.output_index).where(Product.order_item_id == item_id, Product.output_index.is_not(None))
    return frozenset(index for index in session.scalars(query) if index is not None)


def write_products(session: Session, work: Work, outcome: Outcome, kept: Sequence[Kept], *, now: datetime) -> int:
    """The products of stored results; how many are new."""
    return sum(_write(session, work, outcome, one, now=now) for one in kept)


def _write(session: Session, work: Work, outcome: Outcome, kept: Kept, *, now: datetime) -> bool:
    blob = record_blob(session, work.user_id, kept.place, kept.probed, now=now)
    parameters = plain_parameters(work, outcome, kept)
    seed = parameters.get("seed")
    prompt, negative = (words or None for words in prompts_sent(work))
    product_id = new_id("prd")
    is_new = insert_ignoring(
        session,
        Product,
        {
            "id": product_id,
            "user_id": work.user_id,
            "order_item_id": work.id,
            "output_index": kept.index,
            "project_id": work.project_id,
            "blob_id": blob.id,
            "type": ProductType.VIDEO if blob.mime_type.startswith("video/") else ProductType.IMAGE,
            "source": ProductSource.GENERATED,
            "name": product_name(work, kept.index, many=len(outcome.outputs) > 1),
            "provider": work.provider_id,
            "model": work.model.model_id,
            "prompt": prompt,
            "negative_prompt": negative,
            "seed": None if seed is None else str(seed)[:32],
            "parameters": parameters,
            "choices": work.choices,
            "provider_metadata": plain(kept.output.details) | _hooks(work, kept),
            "search_text": text_of(prompt, work.model_name, work.model.model_id),
            "created_at": now,
            "updated_at": now,
        },
    )
    if kept.original is not None:
        _keep_original(session, work, product_id if is_new else None, kept.original, now=now)
    return is_new


def _keep_original(
    session: Session, work: Work, product_id: str | None, original: tuple[Place, ProbedFile], *, now: datetime
) -> None:
    """The picture as it was before its hooks, beside the product; the one of a product that was there already is."""
    place, probed = original
    if product_id is None:
        remove_objects(session, place.keys, now=now)
        return
    blob = record_blob(session, work.user_id, place, probed, now=now)
    session.execute(insert(table_of(ProductOriginal)), {"product_id": product_id, "blob_id": blob.id})


def _hooks(work: Work, kept: Kept) -> dict[str, Any]:
    """Those that there are, for the product to tell of."""
    named = (("hooks_before", [name for name in work.before if name in BEFORE]), ("hooks_after", kept.after))
    return {when: list(names) for when, names in named if names}


def plain_parameters(work: Work, outcome: Outcome, kept: Kept) -> dict[str, Any]:
    """The parameters of one picture in plain names: as sent, with what the provider says it used over them."""
    sent = {
        name: value
        for name, value in work.attempt.request.get("parameters", {}).items()
        if bare(name) not in {"prompt", "negativeprompt"}
    }
    shared = Counter(_PLAIN.get(bare(name), name) for name in sent)
    # Two of one line, as a sampler and its scheduler, keep the names they have: neither is lost.
    found = {_PLAIN[bare(name)] if _is_plain(name, shared) else name: value for name, value in sent.items()}
    seed = kept.output.seed or _returned_seed(outcome.returned, many=len(outcome.outputs) > 1)
    if seed is None and len(outcome.outputs) == 1:
        seed = seed_sent(work)
    if seed is not None:
        found["seed"] = str(seed)
    elif len(outcome.outputs) > 1:
        found.pop("seed", None)  # of the first picture at most; nobody says what the others were made from
    return found


def _is_plain(name: str, shared: Mapping[str, int]) -> bool:
    return bare(name) in _PLAIN and shared[_PLAIN[bare(name)]] == 1


def _returned_seed(returned: Mapping[str, Any], *, many: bool) -> str | None:
    seed = returned.get("seed")
    return None if many or seed is None or isinstance(seed, bool | list | dict) else str(seed)


def product_name(work: Work, index: int, *, many: bool) -> str:
    """As a file is called: the first words of the prompt, the item's number, and which of its pictures it is."""
    words = " ".join("".join(one if one.isalnum() or one in " -'" else " " for one in work.prompt).split())
    start = words[:NAME_WORDS].rsplit(" ", 1)[0] if len(words) > NAME_WORDS else words
    number = f"{work.sequence_number}-{index + 1}" if many else str(work.sequence_number)
    return f"{start or work.model_name} {number}"


def share_cost(session: Session, item_id: str, cost: Decimal | None, *, is_estimated: bool, now: datetime) -> None:
    """Divide what an item cost, exactly, among its products."""
    query = select(Product).where(Product.order_item_id == item_id).order_by(Product.output_index)
    products = list(session.scalars(query))
    share = (cost / len(products)).quantize(NANO, ROUND_DOWN) if cost is not None and products else None
    for number, product in enumerate(products):
        rest = cost - share * (len(products) - 1) if cost is not None and share is not None else None
        product.cost = rest if number == 0 else share
        product.cost_is_estimated, product.updated_at = is_estimated, now
