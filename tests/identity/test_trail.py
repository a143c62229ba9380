"""Who may read what everybody did."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from core.identity import trail, users
from core.identity.errors import AdministratorsOnly
from core.identity.trail import TrailFilter
from core.system.actors import Actor
from tests.factories import NOON
from tests.identity.support import COMMAND_LINE, acting, add

Reader = Callable[[Session, Actor], object]
READERS: dict[str, Reader] = {
    "list": lambda session, actor: trail.list_events(session, actor, TrailFilter(), limit=9),
    "count": lambda session, actor: trail.count_events(session, actor, TrailFilter()),
    "export": lambda session, actor: list(trail.iterate_events(session, actor, TrailFilter(), limit=9)),
    "kinds": lambda session, actor: trail.list_subject_types(session, actor),
    "people": lambda session, actor: users.list_people(session, actor, now=NOON),
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_only_administrators_read_what_is_everybodys(session: Session, read: Reader) -> None:
    root, former = add(session, "root", is_admin=True), add(session, "former", is_admin=True)
    alice = add(session, "alice")
    users.disable(session, COMMAND_LINE, former.id, now=NOON)
    assert read(session, acting(root))
    for refused in (alice, former):
        with pytest.raises(AdministratorsOnly):
            read(session, acting(refused))
