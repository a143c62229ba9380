"""Names of a person's projects, tags and collections by id."""

from sqlalchemy.orm import Session

from core.studio.shelves.collections import list_collections
from core.studio.shelves.projects import list_projects
from core.studio.shelves.tags import list_tags
from core.system.actors import Actor


def names_of(session: Session, actor: Actor) -> dict[str, str]:
    """What rules refer to by id."""
    found = {row.id: row.name for row in list_projects(session, actor)}
    found |= {row.id: row.name for row in list_tags(session, actor)}
    return found | {row.id: row.name for row in list_collections(session, actor)}
