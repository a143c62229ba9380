"""Imports every model, so that Alembic and the tests see the whole schema."""

from core.db.base import Base
from core.identity import models as identity
from core.media import models as media
from core.metering import models as metering
from core.publishing import models as publishing
from core.publishing.automations import models as automations
from core.publishing.calendar import models as calendar
from core.publishing.inspiration import models as inspiration
from core.publishing.notes import models as notes
from core.publishing.statistics import models as statistics
from core.publishing.templates import models as templates
from core.sales import models as sales
from core.studio.catalogue import models as catalogue
from core.studio.orders import models as orders
from core.studio.products import models as products
from core.studio.shelves import models as shelves
from core.studio.wording import models as wording
from core.system import models as system

__all__ = [
    "Base",
    "automations",
    "calendar",
    "catalogue",
    "identity",
    "inspiration",
    "media",
    "metering",
    "notes",
    "orders",
    "products",
    "publishing",
    "sales",
    "shelves",
    "statistics",
    "system",
    "templates",
    "wording",
]
