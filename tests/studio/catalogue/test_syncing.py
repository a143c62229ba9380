"""The catalogue follows what providers offer."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from core.identity.models import InstanceUserRole
from core.studio.catalogue import access, configuring, seeding, syncing, workflows
from core.studio.catalogue.seeding import StandIn
from core.studio.catalogue.workflows import CustomModel
from core.studio.providers import (
    CatalogueModel,
    CheckedConnection,
    Connection,
    ErrorCategory,
    GenerationError,
    Modality,
    ProviderKind,
)
from tests.factories import NOON, make_actor
from tests.studio.factories import SPECS, make_provider


@dataclass
class Shop:
    """A provider that offers what it is told to, or is away."""

    offers: list[str] = field(default_factory=lambda: ["painter"])
    is_away: bool = False

    def models(self, connection: Connection) -> Sequence[CatalogueModel]:
        self._answer()
        return [CatalogueModel(one, one.title(), None, Modality.TEXT_TO_IMAGE, SPECS) for one in self.offers]

    def check(self, connection: Connection) -> CheckedConnection:
        self._answer()
        return CheckedConnection("alice", "The key is good.")

    def _answer(self) -> None:
        if self.is_away:
            raise GenerationError("Wrong key. Paste it again.", ErrorCategory.AUTHENTICATION)


def _names(database) -> list[str]:
    with database.read() as session:
        return [row.model_id for row in access.list_models(session)]


def test_a_new_house_has_a_provider_that_works_and_others_that_wait_for_a_key(database):
    shop = Shop()
    everybody = dict.fromkeys(ProviderKind, shop)
    seeding.furnish(database, everybody, now=NOON)
    seeding.furnish(database, everybody, now=NOON)
    with database.read() as session:
        assert [row.id for row in access.list_providers(session) if row.is_enabled] == ["local"]
        assert len(access.list_providers(session)) == 7
    assert _names(database) == ["painter"]


def test_stand_ins_come_and_go_with_the_sandbox(database):
    everybody = dict.fromkeys(ProviderKind, Shop())
    here = StandIn(ProviderKind.REPLICATE, "http://127.0.0.1:1/replicate", "r8_sandbox")
    elsewhere = StandIn(ProviderKind.REPLICATE, "http://127.0.0.1:2/replicate", "r8_sandbox")

    def usable() -> dict[str, str | None]:
        with database.read() as session:
            return {row.id: row.api_base_url for row in access.list_providers(session) if row.is_enabled}

    seeding.furnish(database, everybody, stand_ins=[here], now=NOON)
    assert usable() == {"local": None, "replicate-sandbox": here.base_url}
    seeding.furnish(database, everybody, stand_ins=[elsewhere], now=NOON)
    assert usable()["replicate-sandbox"] == elsewhere.base_url
    seeding.furnish(database, everybody, now=NOON)
    assert list(usable()) == ["local"]


def test_what_is_no_longer_offered_stays_known_and_is_not_offered_here(database):
    with database.session() as session:
        admin = make_actor(session, role=InstanceUserRole.ADMIN)
        make_provider(session)
    shop = Shop(["painter", "sketcher"])
    refresh = {ProviderKind.LOCAL: shop}
    assert syncing.refresh_models(database, refresh, admin, "local", now=NOON) == 2
    assert syncing.refresh_models(database, refresh, admin, "local", now=NOON) == 0
    shop.offers = ["sketcher"]
    assert syncing.refresh_models(database, refresh, admin, "local", now=NOON) == 2  # one gone, one moved up
    assert _names(database) == ["sketcher"]
    with database.read() as session:
        assert not access.get_model(session, "local", "painter").is_available


def test_refreshing_leaves_own_workflows_and_hidden_models_alone(database):
    with database.session() as session:
        admin = make_actor(session, role=InstanceUserRole.ADMIN)
        make_provider(session, "comfyui")
        own = CustomModel("My Flow", Modality.TEXT_TO_IMAGE, SPECS, {"workflow": {}})
        workflows.add_workflow(session, admin, "comfyui", own, now=NOON)
    shop = {ProviderKind.COMFYUI: Shop()}
    syncing.refresh_models(database, shop, admin, "comfyui", now=NOON)
    with database.session() as session:
        workflows.offer_model(session, admin, "comfyui", "painter", on=False, now=NOON)
    syncing.refresh_models(database, shop, admin, "comfyui", now=NOON)
    assert _names(database) == ["workflow/my flow"]


def test_a_test_is_written_down_however_it_ends(database):
    with database.session() as session:
        admin = make_actor(session, role=InstanceUserRole.ADMIN)
        make_provider(session, "replicate")
    shop = Shop(is_away=True)
    providers = {ProviderKind.REPLICATE: shop}
    with pytest.raises(GenerationError):
        syncing.check_provider(database, providers, admin, "replicate", now=NOON)
    with database.session() as session:
        row = access.get_provider(session, "replicate")
        assert (row.check_passed, row.check_message) == (False, "Wrong key. Paste it again.")
        configuring.set_key(session, admin, "replicate", "r8_better", now=NOON)
        assert row.check_passed is None
    shop.is_away = False
    syncing.check_provider(database, providers, admin, "replicate", now=NOON)
    with database.read() as session:
        assert access.get_provider(session, "replicate").check_passed


def test_a_model_that_is_offered_twice_is_one_and_a_name_that_no_database_takes_is_none(database):
    with database.session() as session:
        make_provider(session, "replicate")
        admin = make_actor(session, role=InstanceUserRole.ADMIN)
    shop = Shop(["painter", "sketcher", "painter", "not\0this", "long" * 100])
    syncing.refresh_models(database, {ProviderKind.REPLICATE: shop}, admin, "replicate", now=NOON)
    assert _names(database) == ["painter", "sketcher"]
