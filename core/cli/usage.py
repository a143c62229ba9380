"""``atelier usage``: the sums of usage, compared with the events and made anew."""

from datetime import date, datetime
from typing import Annotated

import typer

from core.cli.reporting import house
from core.clock import utc_now
from core.metering import upkeep
from core.metering.days import Days, last_days
from core.metering.rebuilding import note_rebuilt
from core.metering.state import summed_zone
from core.runtime import Runtime
from core.system.actors import Actor

app = typer.Typer(help="Look after the sums of usage.", no_args_is_help=True)

_FORMAT = ["%Y-%m-%d"]
First = Annotated[datetime | None, typer.Option("--from", formats=_FORMAT, help="The first day; else 30 days ago.")]
Last = Annotated[datetime | None, typer.Option("--until", formats=_FORMAT, help="The last day; else today.")]
SHOWN = 20


@app.command()
def check(first: First = None, last: Last = None) -> None:
    """Compare the sums with the events; exit code 1 when they differ."""
    with house() as runtime:
        days = _days(runtime, first, last)
        found = upkeep.check_days(runtime.database, days, now=utc_now())
    if not found:
        typer.echo(f"The sums of {_said(days)} are what the events say.")
        return
    for one in found[:SHOWN]:
        where = ", ".join(f"{name} {value}" for name, value in one.where.items())
        typer.echo(f"{one.table}: {where}: " + ", ".join(f"{name} {value:+}" for name, value in one.too_much.items()))
    typer.echo(f"{len(found)} sums differ. Make them anew with: atelier usage rebuild")
    raise typer.Exit(1)


@app.command()
def rebuild(first: First = None, last: Last = None) -> None:
    """Make the sums anew from the events."""
    with house() as runtime:
        days = _days(runtime, first, last)
        upkeep.rebuild_each(runtime.database, days, now=utc_now())
        with runtime.database.session() as session:
            note_rebuilt(session, Actor.command(""), days, now=utc_now())
    typer.echo(f"The sums of {_said(days)} were made anew.")


def _days(runtime: Runtime, first: datetime | None, last: datetime | None) -> Days:
    with runtime.database.read() as session:
        usual = last_days(31, summed_zone(session), now=utc_now())
    return Days(_date(first) or usual.first, _date(last) or usual.last)


def _date(given: datetime | None) -> date | None:
    return given.date() if given else None


def _said(days: Days) -> str:
    return f"{days.first}" if days.count == 1 else f"{days.first} to {days.last}"
