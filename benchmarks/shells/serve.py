"""Serves the dashboard with the blank page: ``python -m benchmarks.shells.serve``, settings from the environment."""

from pathlib import Path

from core.runtime import get_runtime
from core.web import app
from core.web.server import serve

app.HOME = Path(__file__).with_name("home.py")

if __name__ == "__main__":
    serve(get_runtime())
