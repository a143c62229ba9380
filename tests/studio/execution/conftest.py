"""A house whose provider takes a call and is asked about it later."""

from pathlib import Path

import pytest

from core.db.engine import Database
from core.media.storage import ObjectStore
from tests.studio.execution.house import House, furnish
from tests.studio.execution.scripted import Scripted


@pytest.fixture
def house(database: Database, store: ObjectStore, tmp_path: Path) -> House:
    return furnish(database, store, tmp_path / "incoming", Scripted())


@pytest.fixture
def at_once(database: Database, store: ObjectStore, tmp_path: Path) -> House:
    """A house whose provider answers with the pictures themselves, and cannot be asked about a lost call."""
    return furnish(database, store, tmp_path / "incoming", Scripted(answers_at_once=True, finds_lost_calls=False))
