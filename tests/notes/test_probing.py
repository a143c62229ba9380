"""Whether notes are served is asked, kept, and asked again."""

import pytest

from core.identity.account_errors import AccountNotFound
from core.identity.models import AccountState
from core.publishing.asking import Line
from core.publishing.notes import folders, probing, reading
from core.publishing.notes.errors import NotesNotServed
from core.publishing.notes.probing import Reason, Standing
from core.publishing.providers import ProviderError
from tests.factories import DAY, HOUR, NOON, make_account, make_user
from tests.identity_accounts.support import read_account
from tests.notes.conftest import House
from tests.notes.support import away, forbidden, not_found


def known(house: House) -> Standing:
    return probing.standing_of(read_account(house.database, house.account.id))


def test_nothing_is_known_before_anybody_asks(house: House) -> None:
    assert known(house) == Standing(None)


@pytest.mark.parametrize(
    ("error", "available", "reason"),
    [(None, True, Reason.SERVED), (not_found(), False, Reason.NOT_SERVED), (forbidden(), False, Reason.NO_PERMISSION)],
)
def test_what_the_site_answers_is_kept_with_its_reason(
    house: House, error: ProviderError | None, available: bool, reason: Reason
) -> None:
    if error is not None:
        house.site.errors["folders"] = error
    standing = probing.probe(house.line, house.actor, house.account.id, now=NOON)
    assert standing == known(house) == Standing(available, reason, NOON)
    assert standing.sentence.endswith(".")


def test_without_the_permission_the_site_is_not_even_asked(house: House) -> None:
    with house.database.session() as session:
        account = make_account(session, make_user(session, "bob"), scope="basic user")
        actor = type(house.actor).person(account.user_id)
    assert probing.probe(house.line, actor, account.id, now=NOON).reason is Reason.NO_PERMISSION
    assert house.site.calls == []


def test_no_answer_leaves_what_was_known(house: House) -> None:
    probing.probe(house.line, house.actor, house.account.id, now=NOON)
    house.site.errors["folders"] = away()
    with pytest.raises(ProviderError):
        probing.probe(house.line, house.actor, house.account.id, now=NOON + HOUR)
    assert known(house) == Standing(True, Reason.SERVED, NOON)


def test_other_things_that_are_known_of_an_account_stay(house: House) -> None:
    with house.database.session() as session:
        session.merge(house.account).capabilities = {"other": {"available": True}}
    probing.probe(house.line, house.actor, house.account.id, now=NOON)
    assert (read_account(house.database, house.account.id).capabilities or {})["other"] == {"available": True}


def test_the_sidecar_asks_once_a_day_and_only_for_connected_accounts(house: House) -> None:
    with house.database.session() as session:
        bob = make_user(session, "bob")
        make_account(session, bob, state=AccountState.RECONNECT)
        make_account(session, bob, provider="deviantart")
    assert probing.probe_due(house.line, now=NOON) == 1
    assert probing.probe_due(house.line, now=NOON + 23 * HOUR) == 0
    assert probing.probe_due(house.line, now=NOON + DAY) == 1
    assert house.site.calls == ["folders", "folders"]


def test_one_account_without_an_answer_does_not_stop_the_sidecar(house: House) -> None:
    house.site.errors["folders"] = away()
    assert probing.probe_due(house.line, now=NOON) == 1
    assert known(house).available is None


def test_where_notes_are_not_served_nothing_is_asked_for(house: House) -> None:
    house.site.errors["folders"] = not_found()
    probing.probe(house.line, house.actor, house.account.id, now=NOON)
    with pytest.raises(NotesNotServed, match="no private notes for programs"):
        folders.refresh_folders(house.line, house.actor, house.account.id, now=NOON)
    assert house.site.calls == ["folders"]


def test_charlie_cannot_ask_for_alice(house: House) -> None:
    with pytest.raises(AccountNotFound):
        probing.probe(Line(house.database, {}, 0), house.charlie, house.account.id, now=NOON)


def test_a_site_that_takes_its_notes_away_meanwhile_is_noticed_by_the_first_who_reads(house: House) -> None:
    probing.probe(house.line, house.actor, house.account.id, now=NOON)
    folder = house.folder()
    house.site.errors["notes"] = not_found()
    with pytest.raises(NotesNotServed):
        reading.refresh_notes(house.line, house.actor, folder.id, now=NOON + HOUR)
    assert known(house) == Standing(False, Reason.NOT_SERVED, NOON + HOUR)
