"""Published posts in folders at the site, and where others are to go."""

from datetime import timedelta

import pytest

from core.identity.account_errors import AccountNotFound
from core.identity.models import Account
from core.publishing import bulk
from core.publishing.galleries import cached_galleries
from core.publishing.gallery_errors import FolderNotFound
from core.publishing.gallery_posts import add_posts, assign, compare, move_posts, take_out_posts
from core.publishing.listing import list_ids
from core.publishing.models import Deviation, DeviationFile
from core.publishing.reports import ItemOutcome
from core.publishing.searching import DeviationFilter
from core.system.actors import Actor
from tests.factories import NOON, lease, make_account, make_blob, make_deviation, make_file, make_user
from tests.galleries.conftest import House, owner_of
from tests.sandbox.support import png

COPY = "/gallery/folders/copy_deviations"


def size_of(house: House, name: str) -> int | None:
    with house.database.read() as session:
        known = cached_galleries(session, house.actor, house.account.id).folders
    return next(folder.size for folder in known if folder.name == name)


def test_published_posts_are_shown_in_one_more_folder(house: House) -> None:
    posts = house.published("One", "Two")
    report = add_posts(*house.about, house.ids["Foxes"], posts, clock=house.clock)
    assert [item.title for item in report.changed] == ["One", "Two"]
    assert house.inside("Foxes") == ["One", "Two"]
    assert house.inside("Featured") == ["One", "Two"]
    assert [house.folders_of(one) for one in posts] == [["Foxes"], ["Foxes"]]
    assert size_of(house, "Foxes") == 2
    assert house.events() == ["gallery.posts_added"]


def test_posts_are_moved_and_taken_out(house: House) -> None:
    posts = house.published("One", "Two", folder="Foxes")
    house.read()
    assert size_of(house, "Foxes") == 2
    move_posts(*house.about, house.ids["Foxes"], house.ids["Owls"], posts[:1], clock=house.clock)
    assert (house.inside("Foxes"), house.inside("Owls")) == (["Two"], ["One"])
    assert house.folders_of(posts[0]) == ["Owls"]
    take_out_posts(*house.about, house.ids["Foxes"], posts[1:], clock=house.clock)
    assert (house.inside("Foxes"), house.folders_of(posts[1])) == ([], [])
    assert [size_of(house, name) for name in ("Foxes", "Owls")] == [0, 1]
    assert sorted(house.artist.gallery_titles()) == ["One", "Two"]


def test_at_most_24_works_go_with_one_call(house: House) -> None:
    posts = house.published(*[f"Work {number}" for number in range(25)])
    steps: list[int] = []
    report = add_posts(
        *house.about, house.ids["Foxes"], posts, clock=house.clock, progress=lambda done, *_: steps.append(done)
    )
    assert len(report.changed) == 25
    assert len(compare(*house.about, house.ids["Foxes"], clock=house.clock).known) == 25
    assert (house.calls(COPY), steps) == (2, [24, 25])


def test_one_work_the_site_does_not_know_does_not_stop_the_others(house: House) -> None:
    posts = house.published(*[f"Work {number}" for number in range(5)])
    with house.database.session() as session:
        session.get_one(Deviation, posts[3]).deviation_id = "00000000-0000-0000-0000-000000000000"
    report = add_posts(*house.about, house.ids["Foxes"], posts, clock=house.clock)
    assert [item.title for item in report.skipped] == ["Work 3"]
    assert house.inside("Foxes") == ["Work 0", "Work 1", "Work 2", "Work 4"]
    assert house.folders_of(posts[3]) == []


def test_what_cannot_be_in_the_folder_is_told_without_a_call(house: House) -> None:
    with house.database.session() as session:
        account = session.get_one(Account, house.account.id)
        user = owner_of(session, account)
        draft = make_deviation(session, user, account, title="Draft").id
        other = make_deviation(session, user, make_account(session, user), status="published", title="Elsewhere").id
        lost = make_deviation(session, user, account, status="published", title="Lost", deviation_id=None).id
    report = add_posts(*house.about, house.ids["Foxes"], [draft, other, lost, "dev_no-such"], clock=house.clock)
    reasons = [item.reason or "" for item in report.skipped]
    assert "“Draft” is not published yet" in reasons[0]
    assert "“Elsewhere” is not in the gallery of" in reasons[1]
    assert "Where “Lost” is at DeviantArt is not known" in reasons[2]
    assert "no such deviation" in reasons[3]
    assert (report.changed, house.calls(COPY)) == ((), 0)


def test_after_a_limit_the_rest_is_not_tried(house: House) -> None:
    posts = house.published(*[f"Work {number}" for number in range(25)])
    house.fault("rate_limit", COPY)
    report = add_posts(*house.about, house.ids["Foxes"], posts, clock=house.clock)
    assert len(report.skipped) == 25
    assert "slow down" in (report.skipped[0].reason or "")
    assert "a call before it failed" in (report.skipped[24].reason or "")
    assert house.calls(COPY) == 1


@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
def test_a_lost_answer_is_settled_by_looking_into_the_folder(house: House, kind: str) -> None:
    posts = house.published("One", "Two", folder="Foxes")
    house.fault(kind, "/gallery/folders/move_deviations")
    report = move_posts(*house.about, house.ids["Foxes"], house.ids["Owls"], posts, clock=house.clock)
    happened = kind == "drop_after"
    assert house.inside("Owls") == (["One", "Two"] if happened else [])
    assert len(report.changed) == (2 if happened else 0)
    assert house.folders_of(posts[0]) == (["Owls"] if happened else ["Foxes"])
    assert house.intents() == ["done" if happened else "failed"]


@pytest.mark.parametrize("endpoint", ["copy_deviations", "remove_deviations"])
def test_other_lost_answers_about_works_are_settled_too(house: House, endpoint: str) -> None:
    posts = house.published("One", folder="Foxes")
    house.fault("drop_after", f"/gallery/folders/{endpoint}")
    act = add_posts if endpoint.startswith("copy") else take_out_posts
    folder = house.ids["Owls"] if act is add_posts else house.ids["Foxes"]
    assert len(act(*house.about, folder, posts, clock=house.clock).changed) == 1
    assert house.folders_of(posts[0]) == (["Foxes", "Owls"] if act is add_posts else [])


def test_a_comparison_lets_posts_say_what_the_site_shows(house: House) -> None:
    inside, outside = house.published("Inside", "Outside")
    house.published("Elsewhere made", folder="Foxes")
    with house.database.session() as session:
        session.query(Deviation).filter(Deviation.title == "Elsewhere made").delete()
        session.get_one(Deviation, outside).gallery_ids = [house.ids["Foxes"]]
        remote = session.get_one(Deviation, inside).deviation_id
    house.artist.post(COPY, target_folderid=house.ids["Foxes"], **{"deviationids[]": [remote]})
    found = compare(*house.about, house.ids["Foxes"], clock=house.clock)
    assert (found.known, found.strangers, found.are_all) == ((inside,), 1, True)
    assert (house.folders_of(inside), house.folders_of(outside)) == (["Foxes"], [])


def test_a_series_goes_with_all_its_works_and_is_counted_with_each(house: House) -> None:
    (series,) = house.published("Page 1")
    second = house.artist.published(png(seed=9), title="Page 2")["deviationid"]
    with house.database.session() as session:
        row = session.get_one(Deviation, series)
        user = owner_of(session, session.get_one(Account, house.account.id))
        make_file(session, row, make_blob(session, user), sort_order=1, remote_deviation_id=second, published_at=NOON)
        first = session.query(DeviationFile).filter_by(deviation_id=series, sort_order=0).one()
        first.remote_deviation_id, first.published_at = row.deviation_id, NOON
    add_posts(*house.about, house.ids["Foxes"], [series], clock=house.clock)
    assert house.inside("Foxes") == ["Page 1", "Page 2"]
    found = compare(*house.about, house.ids["Foxes"], clock=house.clock)
    assert (found.known, found.strangers) == ((series,), 0)


def test_drafts_are_told_where_to_go_and_it_is_taken_back(house: House) -> None:
    with house.database.session() as session:
        account = session.get_one(Account, house.account.id)
        user = owner_of(session, account)
        one, two = (make_deviation(session, user, account, gallery_ids=["X"]).id for _ in range(2))
        busy = make_deviation(session, user, account, status="uploading")
        lease(busy)
        out = make_deviation(session, user, account, status="published").id
        full = make_deviation(session, user, account, gallery_ids=[f"G{number}" for number in range(10)]).id
        busy_id = busy.id
    foxes = house.ids["Foxes"]
    with house.database.session() as session:
        report = assign(session, house.actor, foxes, [one, two, busy_id, out, full, "dev_x"], [], now=NOON)
    assert [item.id for item in report.changed] == [one, two]
    assert len(report.skipped) == 4
    assert house.folders_of(one) == ["X", "Foxes"]
    with house.database.session() as session:
        dropped = assign(session, house.actor, foxes, [], [one], now=NOON + timedelta(minutes=1))
    assert house.folders_of(one) == ["X"]
    with house.database.session() as session:
        bulk.undo(session, house.actor, dropped.group or "", now=NOON + timedelta(minutes=2))
    assert house.folders_of(one) == ["X", "Foxes"]
    with house.database.read() as session:
        wanted = DeviationFilter(gallery_id=foxes)
        assert sorted(list_ids(session, house.actor, wanted)) == sorted([one, two])


def test_charlie_neither_sends_nor_assigns_alices_posts(house: House) -> None:
    (post,) = house.published("Hers")
    with house.database.session() as session:
        charlie = Actor.person(make_user(session, "charlie").id)
        report = assign(session, charlie, house.ids["Foxes"], [post], [], now=NOON)
        assert [item.outcome for item in report.items] == [ItemOutcome.SKIPPED]
    for act in (add_posts, take_out_posts):
        with pytest.raises(AccountNotFound):
            act(house.line, charlie, house.account.id, house.ids["Foxes"], [post], clock=house.clock)
    with pytest.raises(AccountNotFound):
        compare(house.line, charlie, house.account.id, house.ids["Foxes"], clock=house.clock)


def test_a_folder_that_is_not_there_is_not_found(house: House) -> None:
    (post,) = house.published("One")
    with pytest.raises(FolderNotFound):
        add_posts(*house.about, "gone", [post], clock=house.clock)
    with pytest.raises(FolderNotFound):
        compare(*house.about, "gone", clock=house.clock)
