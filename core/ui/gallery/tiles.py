"""Pictures as the board draws them: plain values, every text finished."""

from decimal import Decimal
from typing import Any

from core.studio.products.models import ProductType
from core.studio.products.views import ProductView
from core.ui.money import plain_dollars
from core.ui.words import shortened

_NAME, _PROMPT = 120, 300
# Larger originals are only fetched when somebody looks closely.
_HEAVY = 12 * 1024 * 1024


def tile(view: ProductView) -> dict[str, Any]:
    """One picture; what is false or missing is left out."""
    found = {
        "id": view.id,
        "blob": view.blob_id,
        "name": shortened(view.name, _NAME),
        "prompt": shortened(view.prompt, _PROMPT) if view.prompt else None,
        "facts": facts(view),
        "film": view.type is ProductType.VIDEO,
        "heavy": view.file_size > _HEAVY,
        "drafts": view.drafts,
        "rating": view.rating,
        "liked": view.liked,
        "rejected": view.rejected,
    }
    always = {"liked", "rejected", "rating"}
    return {name: value for name, value in found.items() if value or name in always}


def facts(view: ProductView) -> str:
    """``flux-dev · 1024 × 1024 · seed 42 · $0.03 · Harbour``."""
    size = f"{view.width} × {view.height}" if view.width and view.height else None
    seed = f"seed {view.seed}" if view.seed else None
    return " · ".join(part for part in (view.model, size, seed, cost_text(view), view.project_name) if part)


def cost_text(view: ProductView) -> str:
    """``$0.03``, ``about $0.03``, ``free``, ``cost unknown``."""
    if view.cost is None:
        return "cost unknown"
    if view.cost == Decimal(0):
        return "free"
    return f"{'about ' if view.cost_is_estimated else ''}${plain_dollars(view.cost)}"
