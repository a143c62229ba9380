"""Furnishing a house: once, whoever does it, and not again."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from core.db.crypto import Keyring, install_keyring
from core.db.engine import Database
from core.jobs.furnishing import STAND_INS, furnish_house
from core.settings import Settings
from core.studio.catalogue.kinds import KINDS
from core.studio.catalogue.models import Model, Provider
from core.studio.providers import CatalogueModel, Modality, ProviderKind
from core.studio.wording.models import Lookup
from core.studio.wording.starters import STARTERS
from tests.studio.factories import SPECS

SETTINGS = Settings(sandbox_url="http://127.0.0.1:1")


class Shop:
    """A provider with one model, or with none."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def models(self, _connection: object) -> list[CatalogueModel]:
        return [CatalogueModel(one, one.title(), None, Modality.TEXT_TO_IMAGE, SPECS) for one in self._names]


def _furnish(database: Database, *names: str) -> None:
    furnish_house(database, dict.fromkeys(ProviderKind, Shop(*names)), SETTINGS)  # type: ignore[arg-type]  # as much of it as is asked


@pytest.fixture
def second(database_url: str) -> Iterator[Database]:
    """The same database, as another process has it open."""
    opened = Database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def only_read(database: Database, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From its call on, beginning to write fails the test."""

    def refuse() -> None:
        pytest.fail("a writing transaction was begun")

    return lambda: monkeypatch.setattr(database, "session", refuse)


def test_a_furnished_house_is_looked_at_twice_and_neither_written_to_nor_unsealed(database, only_read):
    _furnish(database, "painter")
    only_read()
    install_keyring(Keyring(["a key that opens nothing here"]))
    statements: list[str] = []
    listener = lambda _c, _k, statement, *_: statements.append(statement)  # noqa: E731 - the engine ends with the test
    event.listen(database.engine, "before_cursor_execute", listener)
    _furnish(database, "painter")
    assert sum(one.startswith("SELECT") for one in statements) == 2


def test_a_provider_that_offers_nothing_is_asked_again_without_a_write(database, only_read):
    _furnish(database)
    only_read()
    _furnish(database)


def test_two_processes_that_furnish_at_once_leave_one_set(database, second, monkeypatch):
    together = threading.Barrier(2, timeout=30)
    for one in (database, second):
        monkeypatch.setattr(one, "session", _meeting(one, together))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda one: _furnish(one, "painter"), (database, second)))
    with database.read() as session:
        lookups = list(session.scalars(select(Lookup.key)))
        providers = list(session.scalars(select(Provider.id)))
        offered = list(session.scalars(select(Model.provider_id)))
    assert sorted(lookups) == sorted(STARTERS)
    assert len(providers) == len(set(providers)) == len(KINDS) - 1 + len(STAND_INS)
    assert sorted(offered) == sorted(["local", *(f"{kind.value}-sandbox" for kind in STAND_INS)])


def _meeting(database: Database, together: threading.Barrier) -> Callable[[], AbstractContextManager[Session]]:
    """Begin a writing transaction only once the other process wants one too: both then saw the same missing."""
    begin = database.session

    def session() -> AbstractContextManager[Session]:
        together.wait()
        return begin()

    return session
