"""One leader at a time, on both databases."""

from pathlib import Path

from core.db.engine import Database
from core.jobs.leader import leader_lock


def test_only_one_leads_and_the_next_takes_over(database: Database, tmp_path: Path) -> None:
    first, second = leader_lock(database, tmp_path), leader_lock(database, tmp_path)
    assert first.acquire()
    assert not second.acquire()
    assert first.acquire()  # asking again does not lose it
    first.release()
    assert second.acquire()
    second.release()


def test_who_holds_the_file_knows_to_be_alone(database: Database, tmp_path: Path) -> None:
    assert leader_lock(database, tmp_path).is_exclusive is database.is_sqlite
