"""Whether pictures may be sold: noted by people, kept, and told of the right pictures."""

import pytest
from alembic import command
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db.migrate import alembic_config, upgrade
from core.errors import InvalidInputError, NotFoundError
from core.identity.errors import AdministratorsOnly
from core.identity.models import InstanceUserRole
from core.publishing.from_products.selling_terms import posts_not_for_sale
from core.studio.catalogue import configuring, seeding, syncing, terms
from core.studio.catalogue.configuring import ProviderForm
from core.studio.catalogue.models import Model, Provider
from core.studio.catalogue.seeding import StandIn
from core.studio.catalogue.terms import NotForSale, Policy, Terms
from core.studio.providers import CatalogueModel, CommercialUse, Modality, ProviderKind
from core.system.actors import Actor
from core.system.models import AuditEvent
from tests.factories import NOON, make_actor, make_blob, make_deviation, make_file, make_user
from tests.studio.factories import SPECS, make_model, make_product, make_provider

FORBIDDEN = CommercialUse.FORBIDDEN
PAGE = "https://example.com/licence?v=2"
FLUX = CatalogueModel("flux", "Flux anew", None, Modality.TEXT_TO_IMAGE, SPECS)


@pytest.fixture
def admin(session: Session) -> Actor:
    return make_actor(session, "admin", role=InstanceUserRole.ADMIN)


@pytest.fixture
def flux(session: Session) -> Model:
    return make_model(session, make_provider(session, "replicate"), "flux")


def noted(session: Session, admin: Actor, row: Model, use: CommercialUse = FORBIDDEN, **more: str | None) -> Terms:
    return terms.set_model_terms(
        session, admin, row.id, **{"commercial_use": use, "url": PAGE, "note": "Ask first."} | more, now=NOON
    )


def events(session: Session, action: str) -> list[AuditEvent]:
    return list(session.scalars(select(AuditEvent).where(AuditEvent.action == action)))


def test_what_is_noted_stays_is_told_once_and_can_be_taken_back(session, admin, flux):
    before = noted(session, admin, flux, note="  Ask first.\n")
    noted(session, admin, flux)
    session.expire_all()
    assert (before, terms.terms_of(flux)) == (Terms(), Terms(FORBIDDEN, PAGE, "Ask first."))
    (one,) = events(session, "model.terms_set")
    assert (one.subject_id, one.before["commercial_use"], one.after["commercial_use"]) == (
        flux.id, "unknown", "forbidden",
    )  # fmt: skip
    noted(session, admin, flux, before.commercial_use, url=before.url, note=before.note)
    assert terms.find_terms(session, "replicate", "flux") == Terms()
    assert terms.find_terms(session, "replicate", "gone") is terms.find_terms(session, None, None) is None


def test_a_policy_is_noted_of_a_provider(session, admin, flux):
    assert terms.set_provider_policy(session, admin, "replicate", url=PAGE, note="No faces.", now=NOON) == Policy()
    assert terms.set_provider_policy(session, admin, "replicate", url="", note=" ", now=NOON) == Policy(
        PAGE, "No faces."
    )
    assert session.get_one(Provider, "replicate").policy_url is None
    assert len(events(session, "provider.policy_set")) == 2


def test_members_note_nothing_and_what_is_not_there_is_missing(session, admin, flux):
    member = make_actor(session)
    with pytest.raises(AdministratorsOnly):
        noted(session, member, flux)
    with pytest.raises(AdministratorsOnly):
        terms.set_provider_policy(session, member, "replicate", url=None, note=None, now=NOON)
    for missing in ("mdl_00000000000000000000000000", "x"):
        with pytest.raises(NotFoundError, match="no such model"):
            terms.set_model_terms(session, admin, missing, commercial_use=FORBIDDEN, url=None, note=None, now=NOON)
    with pytest.raises(NotFoundError, match="no such provider"):
        terms.set_provider_policy(session, admin, "x", url=None, note=None, now=NOON)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"url": "javascript:alert(1)"}, "Write the whole address"),
        ({"url": "https://"}, "Write the whole address"),
        ({"url": "https://a b"}, "Write the whole address"),
        ({"url": "https://a/\x00"}, "Write the whole address"),
        ({"url": "https:\\\\evil.example"}, "Write the whole address"),
        ({"url": "https://[x"}, "cannot be read"),
        ({"url": "https://me:word@example.com"}, "Leave name and password out"),
        ({"url": "https://example.com/" + "x" * 10_000}, "longer than 1,000"),
        ({"note": "x" * 10_000}, "at most 2,000 characters; this one has 10,000"),
        ({"use": "perhaps"}, "unknown, allowed, conditional, forbidden"),
    ],
)
def test_what_cannot_be_noted_is_refused_with_what_to_do(session, admin, flux, bad, words):
    with pytest.raises(InvalidInputError, match=words):
        noted(session, admin, flux, **bad)
    if "use" not in bad:
        with pytest.raises(InvalidInputError, match=words):
            terms.set_provider_policy(session, admin, "replicate", **{"url": None, "note": None} | bad, now=NOON)
    assert terms.terms_of(flux) == Terms() and events(session, "model.terms_set") == []


def test_the_database_itself_knows_four_words_and_begins_with_unknown(session, flux):
    columns = "id, provider_id, model_id, name, modality, is_available, parameter_schema, capabilities, pricing"
    columns += ", definition, is_custom, is_hidden, position, created_at, updated_at"
    copied = columns.replace("model_id", "'older'", 1)
    session.execute(text("DELETE FROM models WHERE model_id = 'older'"))
    new_id = {"sqlite": "randomblob(16)", "postgresql": "gen_random_uuid()"}[session.get_bind().dialect.name]
    session.execute(text(f"INSERT INTO models ({columns}) SELECT {copied.replace('id', new_id, 1)} FROM models"))
    assert set(session.scalars(text("SELECT commercial_use FROM models"))) == {"unknown"}
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text("UPDATE models SET commercial_use = 'perhaps'"))


def test_refreshing_the_catalogue_keeps_a_persons_word(session, admin, flux):
    noted(session, admin, flux)
    local = make_provider(session)
    for found in ([FLUX], [], [FLUX]):
        for row in (session.get_one(Provider, "replicate"), local):
            syncing.sync_models(session, row, found, now=NOON)
    assert (flux.name, terms.terms_of(flux)) == ("Flux anew", Terms(FORBIDDEN, PAGE, "Ask first."))
    own = session.scalars(select(Model).where(Model.provider_id == "local")).one()
    assert terms.terms_of(own) == Terms(CommercialUse.ALLOWED)
    noted(session, admin, own)
    syncing.sync_models(session, local, [FLUX], now=NOON)
    assert own.commercial_use is FORBIDDEN


def test_a_new_house_knows_of_geminis_watermark_and_of_no_imitations(database):
    seeding.furnish(database, {}, stand_ins=[StandIn(ProviderKind.GEMINI, "http://127.0.0.1:9", None)], now=NOON)
    with database.session() as session:
        said = {row.id: row.policy_note for row in session.scalars(select(Provider)) if row.policy_note}
        assert list(said) == ["gemini"] and "invisible watermark" in said["gemini"]


def test_gemini_that_is_added_again_comes_with_what_is_known_of_it(session, admin):
    make_provider(session, "gemini", deleted_at=NOON)
    again = configuring.add_provider(session, admin, ProviderKind.GEMINI, ProviderForm("Gemini"), now=NOON)
    assert "invisible watermark" in again.policy_note


def test_a_house_of_before_reads_unknown_but_for_what_is_known(database):
    url = database.url.render_as_string(hide_password=False)
    with database.session() as session:
        for provider_id in ("local", "gemini", "gemini-sandbox", "replicate"):
            make_model(session, make_provider(session, provider_id), commercial_use=FORBIDDEN)
    database.dispose()
    command.downgrade(alembic_config(url), "2026_11_21_marks")
    upgrade(url)
    with database.read() as session:
        uses = {row.provider_id: row.commercial_use.value for row in session.scalars(select(Model))}
        notes = [row.id for row in session.scalars(select(Provider)) if row.policy_note]
    assert uses == {"local": "allowed"} | dict.fromkeys(("gemini", "gemini-sandbox", "replicate"), "unknown")
    assert notes == ["gemini"]


def test_pictures_of_models_that_forbid_selling_are_counted_in_one_query(session, flux):
    bob, charlie = make_user(session, "bob"), make_user(session, "charlie")
    other = make_model(session, session.get_one(Provider, "replicate"), "sdxl", commercial_use=FORBIDDEN)
    flux.commercial_use = FORBIDDEN
    make_model(session, make_provider(session), "flux", commercial_use=CommercialUse.CONDITIONAL)
    of_flux = [make_product(session, bob, provider="replicate", model="flux").id for _ in range(2)]
    more = [{"provider": "replicate", "model": other.model_id}, {"model": "flux"}, {"provider": None, "model": "flux"},
            {"provider": "replicate", "model": "flux", "deleted_at": NOON}]  # fmt: skip
    ids = [*of_flux, *of_flux, *(make_product(session, bob, **one).id for one in more), "prd_x"]
    statements: list[str] = []
    listener = lambda _c, _k, statement, *_: statements.append(statement)  # noqa: E731 - removed again below
    event.listen(session.get_bind(), "before_cursor_execute", listener)
    found = terms.not_for_sale(session, Actor.person(bob.id), ids)
    event.remove(session.get_bind(), "before_cursor_execute", listener)
    assert found == (NotForSale("Flux", "Replicate", 2), NotForSale("Sdxl", "Replicate", 1))
    assert len(statements) == 1
    assert terms.not_for_sale(session, Actor.person(charlie.id), ids) == ()


def test_posts_are_counted_by_what_their_files_were_made_with(session, flux):
    bob = make_user(session, "bob")
    flux.commercial_use = FORBIDDEN
    made = {"provider": "replicate", "model": "flux", "prompt": "a harbour"}
    one, other, plain = (make_deviation(session, bob, files=0) for _ in range(3))
    for post, generation in ((one, made), (one, made), (other, made), (plain, None), (plain, made | {"model": "x"})):
        make_file(session, post, make_blob(session, bob), generation=generation)
    ids = [one.id, other.id, plain.id, "dev_x"]
    assert posts_not_for_sale(session, Actor.person(bob.id), ids) == (NotForSale("Flux", "Replicate", 2),)
    assert posts_not_for_sale(session, make_actor(session, "charlie"), ids) == ()
