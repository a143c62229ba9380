"""Write a migration from what the models say and the newest migration does not yet do.

    scripts/uv run python scripts/new_migration.py "Deviations remember their mood"

The file lands in ``migrations/versions``. Read it before you commit it.
"""

import re
import sys
import tempfile
from pathlib import Path

from alembic import command

from core.clock import utc_now
from core.db.migrate import alembic_config, upgrade


def main(message: str) -> None:
    slug = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")[:20].strip("_")
    with tempfile.TemporaryDirectory() as folder:
        # Compared with a database that has just been migrated, never with somebody's own.
        url = f"sqlite:///{Path(folder) / 'migrated.db'}"
        upgrade(url)
        # Alembic keeps the name in 32 characters.
        revision = f"{utc_now():%Y_%m_%d}_{slug}"
        command.revision(alembic_config(url), message=message, autogenerate=True, rev_id=revision)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('usage: new_migration.py "What changes, as a sentence"')
    main(sys.argv[1])
