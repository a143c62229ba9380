"""``atelier user``: letting people in and out without a browser."""

import sys
from typing import Annotated

import typer

from core.cli.reporting import fail, house
from core.clock import utc_now
from core.identity import users
from core.identity.models import InstanceUserRole
from core.identity.passwords import hash_password
from core.system.actors import Actor

app = typer.Typer(help="Add people and let them in or out.", no_args_is_help=True)
COMMAND_LINE = Actor.command("")

Name = Annotated[str, typer.Argument(help="The username, in any case.", metavar="NAME")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from the first line of stdin.")]


@app.command()
def add(
    name: Name,
    admin: Annotated[bool, typer.Option("--admin", help="Make them an administrator.")] = False,
    email: Annotated[str | None, typer.Option(help="Their e-mail address.")] = None,
    timezone: Annotated[str, typer.Option(help="Their time zone, as Europe/Berlin.")] = "UTC",
    password_stdin: FromStdin = False,
) -> None:
    """Add a person."""
    with house() as runtime:
        password_hash = hash_password(_ask_password(from_stdin=password_stdin), username=name)
        role = InstanceUserRole.ADMIN if admin else InstanceUserRole.MEMBER
        new = users.NewUser(username=name, password_hash=password_hash, email=email, timezone=timezone, role=role)
        with runtime.database.session() as session:
            user = users.add_user(session, COMMAND_LINE, new, now=utc_now())
        typer.echo(f"Added {user.username} ({role.value}).")


@app.command("list")
def list_people() -> None:
    """List everybody."""
    with house() as runtime, runtime.database.read() as session:
        people = users.list_people(session, COMMAND_LINE, now=utc_now())
    if not people:
        typer.echo("Nobody yet. Add somebody with: atelier user add NAME --admin")
        return
    rows = [("NAME", "ROLE", "STATE", "LAST SIGN-IN", "TIME ZONE")]
    for person in people:
        state = "disabled" if person.disabled_at else "active"
        seen = f"{person.last_login_at:%Y-%m-%d %H:%M} UTC" if person.last_login_at else "never"
        rows.append((person.username, person.role.value, state, seen, person.timezone))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        typer.echo("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


@app.command("reset-password")
def reset_password(name: Name, password_stdin: FromStdin = False) -> None:
    """Give somebody a new password and sign them out everywhere."""
    with house() as runtime:
        with runtime.database.read() as session:
            user = users.get_by_username(session, name)
        password_hash = hash_password(_ask_password(from_stdin=password_stdin), username=user.username)
        with runtime.database.session() as session:
            users.set_password(session, COMMAND_LINE, user.id, password_hash, now=utc_now())
        typer.echo(f"{user.username} has a new password and is signed out everywhere.")


@app.command()
def disable(name: Name) -> None:
    """Shut somebody out at once; their posts stay."""
    with house() as runtime:
        with runtime.database.session() as session:
            user = users.get_by_username(session, name)
            users.disable(session, COMMAND_LINE, user.id, now=utc_now())
        typer.echo(f"{user.username} is disabled.")


@app.command()
def enable(name: Name) -> None:
    """Let somebody in again."""
    with house() as runtime:
        with runtime.database.session() as session:
            user = users.get_by_username(session, name)
            users.enable(session, COMMAND_LINE, user.id, now=utc_now())
        typer.echo(f"{user.username} may sign in again.")


def _ask_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        fail("There is no terminal to ask for a password. Use --password-stdin.")
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt="The same again")
    return password
