"""Two to four products side by side: what they share, and what makes the difference."""

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy.orm import Session

from core.studio.products.detail import ProductDetail, get_product
from core.studio.products.errors import ProductChangeRefused
from core.system.actors import Actor

FEWEST, MOST = 2, 4
# A word with what stands around it, as prompts part their words: commas and brackets are words of their own.
_PIECES = re.compile(r"\w+(?:['’.]\w+)*|[^\w\s]")


class PieceKind(enum.StrEnum):
    SAME = "same"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a prompt: shared with the first product's, or of its own."""

    text: str
    kind: PieceKind


@dataclass(frozen=True, slots=True)
class Line:
    """One parameter with its value in each product, ``None`` where it has none."""

    name: str
    values: tuple[Any, ...]

    @property
    def differs(self) -> bool:
        return any(value != self.values[0] for value in self.values[1:])


@dataclass(frozen=True, slots=True)
class Comparison:
    """The products in the order given; ``prompts`` has the pieces of each, the first's as they stand."""

    products: tuple[ProductDetail, ...]
    lines: tuple[Line, ...]
    prompts: tuple[tuple[Piece, ...], ...]
    negative_prompts: tuple[tuple[Piece, ...], ...]

    @property
    def differing(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.differs)

    @property
    def shared(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.differs)


def compare(session: Session, actor: Actor, product_ids: Sequence[str]) -> Comparison:
    """Set products side by side. Raises :class:`ProductChangeRefused` unless there are two to four of them."""
    ids = list(dict.fromkeys(product_ids))
    if not FEWEST <= len(ids) <= MOST:
        raise ProductChangeRefused(f"Choose {FEWEST} to {MOST} pictures to compare; these are {len(ids)}.")
    products = tuple(get_product(session, actor, one) for one in ids)
    return Comparison(
        products,
        _lines(products),
        _differences([product.prompt or "" for product in products]),
        _differences([product.negative_prompt or "" for product in products]),
    )


def _lines(products: Sequence[ProductDetail]) -> tuple[Line, ...]:
    values = [_values(product) for product in products]
    names = dict.fromkeys(name for each in values for name in each)
    return tuple(Line(name, tuple(each.get(name) for each in values)) for name in names)


def _values(product: ProductDetail) -> dict[str, Any]:
    view = product.view
    size = f"{view.width} × {view.height}" if view.width and view.height else None
    facts = {"model": view.model, "provider": view.provider, "seed": view.seed, "size": size}
    return facts | {
        name: value for name, value in product.parameters.items() if name not in {"seed", "width", "height"}
    }


def _differences(texts: Sequence[str]) -> tuple[tuple[Piece, ...], ...]:
    words = [_PIECES.findall(text) for text in texts]
    first = words[0]
    others = [_against(first, each) for each in words[1:]]
    # Of the first, what any other lacks is its own.
    kept = [True] * len(first)
    for _, held in others:
        kept = [both and one for both, one in zip(kept, held, strict=True)]
    own = _joined(
        [(word, PieceKind.SAME if is_kept else PieceKind.OWN) for word, is_kept in zip(first, kept, strict=True)]
    )
    return (own, *(pieces for pieces, _ in others))


def _against(first: list[str], other: list[str]) -> tuple[tuple[Piece, ...], list[bool]]:
    """The other's pieces, and which words of the first it holds."""
    held = [False] * len(first)
    told: list[tuple[str, PieceKind]] = []
    matcher = SequenceMatcher(None, [word.casefold() for word in first], [word.casefold() for word in other], False)
    for kind, start, end, low, high in matcher.get_opcodes():
        if kind == "equal":
            held[start:end] = [True] * (end - start)
        told += [(word, PieceKind.SAME if kind == "equal" else PieceKind.OWN) for word in other[low:high]]
    return _joined(told), held


def _joined(told: Sequence[tuple[str, PieceKind]]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for word, kind in told:
        if pieces and pieces[-1].kind is kind:
            gap = "" if word in ",.;:!?)]}" or pieces[-1].text[-1:] in "([{" else " "
            pieces[-1] = Piece(f"{pieces[-1].text}{gap}{word}", kind)
        else:
            pieces.append(Piece(word, kind))
    return tuple(pieces)
