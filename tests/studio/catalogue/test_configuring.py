"""Setting providers up."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.identity.errors import AdministratorsOnly
from core.identity.models import InstanceUserRole
from core.studio.catalogue import access, configuring
from core.studio.catalogue.configuring import ProviderForm
from core.studio.catalogue.errors import ProviderInUse, ProviderNotFound, ProviderRefused
from core.studio.providers import ProviderKind
from core.system.actors import Actor
from core.system.models import AuditEvent
from tests.factories import NOON, make_actor, make_user
from tests.studio.factories import make_order, make_provider

COMFY = ProviderForm("Studio machine", "http://127.0.0.1:8188", concurrent_limit=1)


@pytest.fixture
def admin(session: Session) -> Actor:
    return make_actor(session, "admin", role=InstanceUserRole.ADMIN)


def test_a_house_can_have_several_comfyui_servers_but_one_replicate(session, admin):
    first = configuring.add_provider(session, admin, ProviderKind.COMFYUI, COMFY, now=NOON)
    second = configuring.add_provider(session, admin, ProviderKind.COMFYUI, COMFY, now=NOON)
    assert (first.id, second.id) == ("comfyui", "studio-machine")
    configuring.add_provider(session, admin, ProviderKind.REPLICATE, ProviderForm("Replicate"), now=NOON)
    with pytest.raises(ProviderRefused, match="there already"):
        configuring.add_provider(session, admin, ProviderKind.REPLICATE, ProviderForm("Again"), now=NOON)


def test_members_may_not_set_providers_up(session):
    member = make_actor(session)
    provider = make_provider(session, "replicate")
    with pytest.raises(AdministratorsOnly):
        configuring.add_provider(session, member, ProviderKind.COMFYUI, COMFY, now=NOON)
    with pytest.raises(AdministratorsOnly):
        configuring.set_key(session, member, provider.id, "r8_mine", now=NOON)
    assert provider.api_key_encrypted is None


@pytest.mark.parametrize(
    ("form", "says"),
    [
        (ProviderForm("  "), "Give the provider a name"),
        (ProviderForm("A", "ftp://host"), "http"),
        (ProviderForm("A", "http://me:secret@host"), "Leave name and password out"),
        (ProviderForm("A", "http://host:99999999"), "cannot be read"),
        (ProviderForm("A", rate_limit_requests=0), "calls a minute"),
        (ProviderForm("A", concurrent_limit=10_000), "calls at once"),
        (ProviderForm("A", daily_spend_cap=Decimal(-1)), "cap"),
        (ProviderForm("A", daily_spend_cap=Decimal("NaN")), "cap"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(session, admin, form, says):
    provider = make_provider(session, "replicate")
    with pytest.raises(ProviderRefused, match=says):
        configuring.edit_provider(session, admin, provider.id, form, now=NOON)


def test_a_compatible_server_needs_its_address(session, admin):
    with pytest.raises(ProviderRefused, match="where this server is"):
        configuring.add_provider(session, admin, ProviderKind.OPENAI_COMPATIBLE, ProviderForm("Mine"), now=NOON)


def test_a_key_is_sealed_and_stays_out_of_the_trail(session, admin):
    provider = make_provider(session, "replicate", failures_in_a_row=4, paused_until=NOON)
    configuring.set_key(session, admin, provider.id, " r8_secret ", now=NOON)
    session.expire(provider)
    assert provider.api_key_encrypted == "r8_secret"
    assert (provider.paused_until, provider.failures_in_a_row) == (None, 0)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "provider.key_set")).one()
    assert "r8_secret" not in f"{event.before}{event.after}"
    raw = session.connection().exec_driver_sql("SELECT api_key_encrypted FROM providers").scalar_one()
    assert "r8_secret" not in raw


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "x" * 3000])
def test_what_is_no_key_is_refused(session, admin, key):
    provider = make_provider(session, "replicate")
    with pytest.raises(ProviderRefused, match="look like a key"):
        configuring.set_key(session, admin, provider.id, key, now=NOON)


def test_a_provider_with_waiting_items_is_not_removed(session, admin):
    provider = make_provider(session, "replicate", api_key_encrypted="r8_secret")
    order = make_order(session, make_user(session), provider, items=1)
    with pytest.raises(ProviderInUse, match="1 items"):
        configuring.remove_provider(session, admin, provider.id, now=NOON)
    session.delete(order)
    session.flush()
    session.expire_all()
    configuring.remove_provider(session, admin, provider.id, now=NOON)
    with pytest.raises(ProviderNotFound):
        access.get_provider(session, provider.id)
    assert provider.api_key_encrypted is None


def test_the_local_one_can_be_switched_off_but_not_removed(session, admin):
    provider = make_provider(session)
    with pytest.raises(ProviderRefused, match="Switch it off"):
        configuring.remove_provider(session, admin, provider.id, now=NOON)
    assert not configuring.switch_provider(session, admin, provider.id, on=False, now=NOON).is_enabled
    assert not any(row.is_enabled for row in access.list_providers(session))


@pytest.mark.parametrize(
    ("address", "is_kept"),
    [("https://gateway.test/v2", True), ("https://elsewhere.test/v1", False), ("http://gateway.test/v1", False),
     ("https://gateway.test:8443/v1", False), (None, False)],
)  # fmt: skip
def test_a_key_is_never_taken_along_to_another_host(session, admin, address, is_kept):
    provider = make_provider(session, "replicate", api_base_url="https://gateway.test/v1")
    configuring.set_key(session, admin, provider.id, "r8_kept", now=NOON)
    configuring.edit_provider(session, admin, provider.id, ProviderForm("Replicate", address), now=NOON)
    assert provider.api_key_encrypted == ("r8_kept" if is_kept else None)
    (told,) = session.scalars(select(AuditEvent.after).where(AuditEvent.action == "provider.edited"))
    assert told.get("key_forgotten", False) is not is_kept
