"""``python -m core.cli`` is ``atelier``, wherever that is installed."""

from core.cli import app

app()
