"""``atelier``: the commands that start, look after and fill a house."""

import typer

from core.cli import demo, keys, people, serve, up, usage

app = typer.Typer(
    name="atelier",
    help="The back office of an artist or small studio that makes pictures with AI models.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("up")(up.up)
app.command("web")(serve.web)
app.command("api")(serve.api)
app.command("scheduler")(serve.scheduler)
app.command("worker")(serve.worker)
app.command("courier")(serve.courier)
app.command("sandbox")(serve.sandbox)
app.command("migrate")(serve.migrate)
app.command("demo")(demo.demo)
app.add_typer(people.app, name="user")
app.add_typer(keys.app, name="key")
app.add_typer(usage.app, name="usage")
