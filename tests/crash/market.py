"""The site of the sale tests: a price is a line in a file. Run as the program that sets a price, like a careful robot:
it looks whether the price is there already before it sets it, and takes its time over it. So a price that is asked for
twice is set once all the same; who came for it, and how often, stands in a second file.

    python market.py FILE SECONDS CLIENT
"""

import os
import sys
import time
from pathlib import Path


def set_price(market: Path, seconds: float, client: str) -> None:
    url, amount = os.environ["SALE_URL"], os.environ["SALE_AMOUNT"]
    with _visitors(market).open("a", encoding="utf-8") as file:
        file.write(f"{url} {client}\n")
    time.sleep(seconds)
    if f"{url} {amount}\n" not in prices(market):
        with market.open("a", encoding="utf-8") as file:
            file.write(f"{url} {amount}\n")
    time.sleep(seconds)
    Path(os.environ["SALE_SCREENSHOT"]).write_bytes(b"\x89PNG\r\n\x1a\n" + url.encode())


def prices(market: Path) -> list[str]:
    """Every price that was set, in order, as ``address amount``."""
    return _lines(market)


def visits(market: Path) -> list[str]:
    """Everybody who came to set a price, in order, as ``address client``."""
    return _lines(_visitors(market))


def _visitors(market: Path) -> Path:
    return market.with_suffix(".visits")


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []


if __name__ == "__main__":
    set_price(Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3])
