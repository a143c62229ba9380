"""Imports every model, so that Alembic and the tests see the whole schema."""

from core.db.base import Base
from core.identity import models as identity
from core.media import models as media
from core.publishing import models as publishing
from core.system import models as system

__all__ = ["Base", "identity", "media", "publishing", "system"]
