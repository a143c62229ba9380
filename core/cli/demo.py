"""``atelier demo``: pictures to try things out with."""

from typing import Annotated

import typer

from core.cli.reporting import fail, house
from core.clock import utc_now
from core.identity import users
from core.identity.models import InstanceUserRole
from core.runtime import Runtime
from core.system.actors import Actor


def demo(
    user: Annotated[str | None, typer.Option(help="For whom; the first administrator when left out.")] = None,
) -> None:
    """Fill a person's studio with a handful of pictures to review, edit and schedule."""
    from core.demo import furnish  # noqa: PLC0415 - the painters' libraries are of no use to other commands

    with house() as runtime:
        user_id = _find_person(runtime, user)
        count = furnish(runtime, user_id)
    if count:
        typer.echo(f"{count} pictures are waiting on the screens Review and Content.")
    else:
        typer.echo("The demo pictures are all there already.")


def _find_person(runtime: Runtime, name: str | None) -> str:
    with runtime.database.read() as session:
        if name is not None:
            return users.get_by_username(session, name).id
        people = users.list_people(session, Actor.command(""), now=utc_now())
    admins = [person.id for person in people if person.role is InstanceUserRole.ADMIN and person.disabled_at is None]
    if not admins:
        fail("Nobody is here yet. Open the dashboard, or run: atelier user add NAME --admin")
    return admins[0]
