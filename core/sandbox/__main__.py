"""``python -m core.sandbox --port N [--state FILE]``."""

import argparse
from pathlib import Path

from core.sandbox.deviantart.models import Client
from core.sandbox.errors import NotLoopback, StateInUse
from core.sandbox.server import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m core.sandbox", description="Stand-ins for other services.")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, default=8602)
    parser.add_argument("--state", type=Path, help="file that keeps everything over a restart; memory without it")
    parser.add_argument("--client-id", default="atelier-sandbox")
    parser.add_argument("--client-secret", default="sandbox-secret")
    parser.add_argument(
        "--redirect-uri", action="append", default=[], help="register exactly this one; may be repeated"
    )
    options = parser.parse_args()
    client = Client(options.client_id, options.client_secret, options.redirect_uri)
    try:
        serve(options.host, options.port, options.state, clients=[client])
    except (NotLoopback, StateInUse) as error:
        parser.exit(2, f"{error}\n")


if __name__ == "__main__":
    main()
