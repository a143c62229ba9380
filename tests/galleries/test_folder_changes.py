"""Folders are made, renamed, moved, put in order and removed at the site, and kept the same here."""

from datetime import timedelta

import pytest

from core.identity.account_errors import AccountNotFound
from core.identity.models import Account
from core.publishing import gallery_changes
from core.publishing.galleries import cached_galleries
from core.publishing.gallery_calls import ABANDONED_AFTER, KIND
from core.publishing.gallery_changes import (
    change_folder,
    create_folder,
    look_up,
    move_folder,
    refresh,
    remove_folder,
    reorder_folders,
)
from core.publishing.gallery_errors import (
    AnswerLost,
    FolderNotFound,
    FolderRefused,
    FoldersChanged,
    GalleryBusy,
    SiteRefused,
)
from core.system.actors import Actor
from core.system.models import IntentState
from tests.factories import make_deviation, make_intent, make_user
from tests.galleries.conftest import House, owner_of

CREATE = "/gallery/folders/create"


def order_of(house: House, *names: str) -> list[str]:
    return [house.ids[name] for name in names]


def test_a_folder_is_made_below_another(house: House) -> None:
    made = create_folder(
        *house.about, "  Red   foxes ", description="Red ones", parent_id=house.ids["Foxes"], clock=house.clock
    )
    assert (made.name, made.parent_id) == ("Red foxes", house.ids["Foxes"])
    assert house.there() == house.here() == ["Featured", "Foxes", "Owls", "Snow", "Red foxes"]
    assert (house.intents(), house.events()) == (["done"], ["gallery.created"])


@pytest.mark.parametrize(
    ("name", "words"), [(" \n", "Give the folder a name"), ("x" * 51, "at most 50 characters; this one has 51")]
)
def test_a_name_that_cannot_be_taken_is_refused_without_a_call(house: House, name: str, words: str) -> None:
    with pytest.raises(FolderRefused, match=words):
        create_folder(*house.about, name, clock=house.clock)
    with pytest.raises(FolderRefused, match=words):
        change_folder(*house.about, house.ids["Owls"], name=name, clock=house.clock)
    with pytest.raises(FolderRefused, match="at most 2,000"):
        create_folder(*house.about, "Fine", description="x" * 2001, clock=house.clock)
    assert house.calls(CREATE) == house.calls("/gallery/folders/update") == 0


def test_what_the_site_refuses_is_said_and_can_be_tried_again(house: House) -> None:
    with pytest.raises(SiteRefused, match="exists already"):
        create_folder(*house.about, "Foxes", clock=house.clock)
    assert house.intents() == ["failed"]
    assert house.events() == []
    create_folder(*house.about, "More foxes", clock=house.clock)


def test_a_folder_is_renamed_and_described(house: House) -> None:
    assert change_folder(*house.about, house.ids["Owls"], name="Night owls", description="By night", clock=house.clock)
    assert house.there() == house.here() == ["Featured", "Foxes", "Night owls", "Snow"]
    found = house.artist.get("/gallery/folders").json()["results"][2]
    assert found["description"] == "By night"


def test_a_rename_to_what_it_is_makes_no_call(house: House) -> None:
    assert not change_folder(*house.about, house.ids["Owls"], name=" Owls ", clock=house.clock)
    assert house.intents() == []


def test_a_folder_is_moved_below_another_but_never_below_itself(house: House) -> None:
    assert move_folder(*house.about, house.ids["Snow"], house.ids["Foxes"], clock=house.clock)
    assert not move_folder(*house.about, house.ids["Snow"], house.ids["Foxes"], clock=house.clock)
    with house.database.read() as session:
        parents = {one.name: one.parent_id for one in cached_galleries(session, house.actor, house.account.id).folders}
    assert parents["Snow"] == house.ids["Foxes"]
    with pytest.raises(FolderRefused, match="under itself"):
        move_folder(*house.about, house.ids["Foxes"], house.ids["Snow"], clock=house.clock)


def test_featured_stays_as_and_where_it_is(house: House) -> None:
    featured = house.ids["Featured"]
    for change in (
        lambda: remove_folder(*house.about, featured, clock=house.clock),
        lambda: change_folder(*house.about, featured, name="Best of", clock=house.clock),
        lambda: move_folder(*house.about, featured, house.ids["Owls"], clock=house.clock),
    ):
        with pytest.raises(FolderRefused, match="Featured"):
            change()
    assert house.intents() == []


def test_an_order_takes_one_call_for_each_folder_that_moves(house: House) -> None:
    report = reorder_folders(*house.about, order_of(house, "Snow", "Featured", "Foxes", "Owls"), clock=house.clock)
    assert house.there() == house.here() == ["Featured", "Snow", "Foxes", "Owls"]
    assert house.calls("/gallery/folders/update_order") == 1
    assert [item.title for item in report.changed] == ["Snow"]


def test_the_order_is_compared_with_the_sites_own(house: House) -> None:
    house.artist.post("/gallery/folders/update_order", folderid=house.ids["Snow"], position=1)
    report = reorder_folders(*house.about, order_of(house, "Featured", "Snow", "Foxes", "Owls"), clock=house.clock)
    assert report.items == ()
    assert house.here() == ["Featured", "Snow", "Foxes", "Owls"]


def test_an_order_of_folders_that_are_not_there_any_more_is_refused(house: House) -> None:
    wanted = order_of(house, "Featured", "Owls", "Foxes", "Snow")
    house.artist.post("/gallery/folders/create", folder="New there")
    with pytest.raises(FoldersChanged, match="order them anew"):
        reorder_folders(*house.about, wanted, clock=house.clock)
    assert house.here() == ["Featured", "Foxes", "Owls", "Snow", "New there"]


def test_after_a_refusal_the_rest_of_an_order_is_not_tried(house: House) -> None:
    house.fault("rate_limit", "/gallery/folders/update_order")
    seen: list[tuple[int, int, str]] = []
    report = reorder_folders(
        *house.about, order_of(house, "Featured", "Snow", "Owls", "Foxes"), clock=house.clock,
        progress=lambda *step: seen.append(step),
    )  # fmt: skip
    assert len(report.skipped) == len(report.items) == 2
    assert "asked us to slow down" in (report.skipped[0].reason or "")
    assert "one before it was not" in (report.skipped[1].reason or "")
    assert house.there() == ["Featured", "Foxes", "Owls", "Snow"]
    assert [step[:2] for step in seen] == [(1, 2), (2, 2)]


def test_posts_no_longer_name_a_folder_that_was_removed(house: House) -> None:
    with house.database.session() as session:
        account = session.get_one(Account, house.account.id)
        user = owner_of(session, account)
        both = [house.ids["Owls"], house.ids["Foxes"]]
        draft = make_deviation(session, user, account, gallery_ids=both).id
        queued = make_deviation(session, user, account, status="scheduled", gallery_ids=both).id
        out = make_deviation(session, user, account, status="published", gallery_ids=both).id
        other = make_deviation(session, user, None, gallery_ids=both).id
    assert remove_folder(*house.about, house.ids["Owls"], clock=house.clock) == 2
    assert house.there() == house.here() == ["Featured", "Foxes", "Snow"]
    assert house.folders_of(draft) == house.folders_of(queued) == house.folders_of(out) == ["Foxes"]
    assert house.folders_of(other) == ["Owls", "Foxes"]


def test_what_hung_below_a_removed_folder_is_at_the_top(house: House) -> None:
    move_folder(*house.about, house.ids["Snow"], house.ids["Owls"], clock=house.clock)
    remove_folder(*house.about, house.ids["Owls"], clock=house.clock)
    with house.database.read() as session:
        before = cached_galleries(session, house.actor, house.account.id).folders
    house.read()
    with house.database.read() as session:
        assert cached_galleries(session, house.actor, house.account.id).folders == before


@pytest.mark.parametrize("kind", ["drop_after", "error_after", "hang"])
def test_a_lost_answer_is_looked_up_and_found(house: House, kind: str) -> None:
    extra = {"seconds": 0.2, "after_effect": True} if kind == "hang" else {}
    house.fault(kind, CREATE, **extra)
    made = create_folder(*house.about, "Wolves", clock=house.clock)
    house.read()
    assert made.folder_id == house.ids["Wolves"]
    assert (house.calls(CREATE), house.intents(), house.events()) == (1, ["done"], ["gallery.created"])


@pytest.mark.parametrize("kind", ["drop_before", "error_before"])
def test_a_lost_answer_to_what_did_not_happen_says_so(house: House, kind: str) -> None:
    house.fault(kind, CREATE)
    with pytest.raises(AnswerLost, match="does not show the change"):
        create_folder(*house.about, "Wolves", clock=house.clock)
    assert (house.there(), house.intents()) == (["Featured", "Foxes", "Owls", "Snow"], ["failed"])
    create_folder(*house.about, "Wolves", clock=house.clock)
    assert house.there()[-1] == "Wolves"


def test_every_change_whose_answer_was_lost_is_recognised(house: House) -> None:
    changes = {
        "/gallery/folders/update": lambda: change_folder(*house.about, house.ids["Owls"], name="O", clock=house.clock),
        "/gallery/folders/move": lambda: move_folder(
            *house.about, house.ids["Snow"], house.ids["Foxes"], clock=house.clock
        ),
        "/gallery/folders/update_order": lambda: reorder_folders(
            *house.about, [house.ids[name] for name in ("Featured", "Snow", "Foxes", "Owls")], clock=house.clock
        ),
        "/gallery/folders/remove/*": lambda: remove_folder(*house.about, house.ids["Foxes"], clock=house.clock),
    }
    for endpoint, change in changes.items():
        house.fault("drop_after", endpoint)
        change()
    assert house.intents() == ["done"] * 4
    assert house.there() == house.here() == ["Featured", "Snow", "O"]


def test_while_nobody_can_say_what_became_of_it_nothing_else_is_changed(house: House) -> None:
    house.fault("drop_after", CREATE)
    house.fault("error_before", "/gallery/folders", status=503, count=2)
    with pytest.raises(AnswerLost, match="looked up before the next one"):
        create_folder(*house.about, "Wolves", clock=house.clock)
    assert house.intents() == ["unknown"]
    house.now += timedelta(minutes=10)
    with pytest.raises(AnswerLost):
        create_folder(*house.about, "Bears", clock=house.clock)
    house.now += timedelta(minutes=10)
    refresh(*house.about, clock=house.clock)
    house.now += timedelta(minutes=10)
    create_folder(*house.about, "Bears", clock=house.clock)
    assert house.there() == house.here() == ["Featured", "Foxes", "Owls", "Snow", "Wolves", "Bears"]
    assert house.intents() == ["done", "done"]


def test_what_a_crash_left_open_is_looked_up_with_the_next_reading(house: House) -> None:
    request = {"action": "edited", "folder_id": house.ids["Owls"], "name": "Night owls", "description": None}
    with house.database.session() as session:
        make_intent(session, house.account.id, KIND, state=IntentState.OPEN, request=request, opened_at=house.now)
    house.artist.post("/gallery/folders/update", folderid=house.ids["Owls"], name="Night owls")
    with pytest.raises(GalleryBusy, match="being changed already"):
        create_folder(*house.about, "Wolves", clock=house.clock)
    house.now += ABANDONED_AFTER
    assert look_up(*house.about, clock=house.clock) is True
    assert look_up(*house.about, clock=house.clock) is None
    assert house.intents() == ["done"]
    assert house.events() == ["gallery.edited"]
    assert house.here() == ["Featured", "Foxes", "Night owls", "Snow"]


def test_a_change_that_was_never_made_is_found_not_to_be(house: House) -> None:
    request = {"action": "removed", "folder_id": house.ids["Owls"]}
    with house.database.session() as session:
        make_intent(session, house.account.id, KIND, state=IntentState.UNKNOWN, request=request, opened_at=house.now)
    assert look_up(*house.about, clock=house.clock) is False
    assert (house.intents(), house.events()) == (["failed"], [])


def test_a_limit_is_told_in_words_and_slows_the_account_down(house: House) -> None:
    house.fault("rate_limit", CREATE, retry_after=120)
    with pytest.raises(SiteRefused, match="slow down, so nothing was changed"):
        create_folder(*house.about, "Wolves", clock=house.clock)
    with pytest.raises(SiteRefused, match="Try again in 120 s"):
        create_folder(*house.about, "Wolves", clock=house.clock)
    assert house.intents() == ["failed", "failed"]
    house.now += timedelta(minutes=3)
    create_folder(*house.about, "Wolves", clock=house.clock)


def test_access_without_the_scope_asks_for_a_reconnect(house: House) -> None:
    poor = str(house.control.post("/grant", username="alice", scope="basic browse")["access_token"])
    with house.database.session() as session:
        session.get_one(Account, house.account.id).access_token = poor
    with pytest.raises(SiteRefused, match="Reconnect it"):
        create_folder(*house.about, "Wolves", clock=house.clock)


def test_charlie_changes_nothing_of_alices(house: House) -> None:
    with house.database.session() as session:
        charlie = Actor.person(make_user(session, "charlie").id)
    owls = house.ids["Owls"]
    for change in (
        lambda: create_folder(house.line, charlie, house.account.id, "Mine", clock=house.clock),
        lambda: change_folder(house.line, charlie, house.account.id, owls, name="Mine", clock=house.clock),
        lambda: move_folder(house.line, charlie, house.account.id, owls, house.ids["Snow"], clock=house.clock),
        lambda: reorder_folders(house.line, charlie, house.account.id, list(house.ids.values()), clock=house.clock),
        lambda: remove_folder(house.line, charlie, house.account.id, owls, clock=house.clock),
        lambda: gallery_changes.refresh(house.line, charlie, house.account.id, clock=house.clock),
    ):
        with pytest.raises(AccountNotFound):
            change()
    assert house.there() == ["Featured", "Foxes", "Owls", "Snow"]


def test_a_folder_that_is_not_there_is_not_found(house: House) -> None:
    with pytest.raises(FolderNotFound, match="Read the folders again"):
        remove_folder(*house.about, "no-such-folder", clock=house.clock)
    with pytest.raises(FolderNotFound):
        create_folder(*house.about, "New", parent_id="no-such-folder", clock=house.clock)
