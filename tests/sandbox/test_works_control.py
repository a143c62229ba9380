"""A gallery from before, an audience, deletion, withheld pictures."""

import httpx
import pytest

from tests.sandbox.support import Artist, Clock, ControlClient


def all_of(artist: Artist) -> list[dict]:
    works, offset = [], 0
    while offset is not None:
        page = artist.get("/gallery/all", offset=offset, limit=24, mature_content=True).json()
        works += page["results"]
        offset = page["next_offset"]
    return works


def stats_of(artist: Artist, deviationid: str) -> dict:
    reply = artist.get("/deviation/metadata", **{"deviationids[]": [deviationid], "ext_stats": True}).json()
    return reply["metadata"][0]["stats"]


def test_a_gallery_from_before_lies_in_the_past_newest_first(alice: Artist, control: ControlClient) -> None:
    new = alice.published()
    added = control.post("/gallery", username="alice", works=30, days=60)
    assert added["added"] == 30
    works = all_of(alice)
    assert len(works) == 31
    assert works[0]["deviationid"] == new["deviationid"]
    times = [int(work["published_time"]) for work in works]
    assert times == sorted(times, reverse=True)
    assert times[0] - times[-1] == pytest.approx(60 * 86_400, rel=0.01)


def test_its_pictures_are_all_different_and_some_are_mature(alice: Artist, control: ControlClient) -> None:
    control.post("/gallery", username="alice", works=14)
    works = all_of(alice)
    pictures = {httpx.get(work["preview"]["src"], trust_env=False).content for work in works}
    assert len(pictures) == 14
    assert sum(work["is_mature"] for work in works) == 2


def test_counts_grow_with_the_clock_and_stand_still_without_an_audience(
    alice: Artist, control: ControlClient, clock: Clock
) -> None:
    work = alice.published()["deviationid"]
    assert stats_of(alice, work)["views"] == 0
    control.post("/audience", views_a_day=100_000)
    clock.advance(minutes=10)
    early = stats_of(alice, work)
    clock.advance(minutes=40)
    later = stats_of(alice, work)
    assert 0 < early["views"] < later["views"]
    assert 0 < later["favourites"] < later["views"]
    assert later["downloads"] == 0  # nobody may
    control.post("/audience", views_a_day=0)
    assert stats_of(alice, work)["views"] == 0


def test_a_deleted_work_is_gone_everywhere_and_says_so_when_asked_for(alice: Artist, control: ControlClient) -> None:
    kept, deleted = alice.published()["deviationid"], alice.published()["deviationid"]
    control.post("/delete_work", deviationid=deleted)
    assert [work["deviationid"] for work in all_of(alice)] == [kept]
    assert alice.get(f"/deviation/{deleted}").json()["is_deleted"] is True
    reply = alice.get("/deviation/metadata", **{"deviationids[]": [kept, deleted]}).json()
    assert [one["deviationid"] for one in reply["metadata"]] == [kept]


def test_a_withheld_picture_is_refused_until_it_is_let_go(alice: Artist, control: ControlClient) -> None:
    work = alice.published()["deviationid"]

    def status() -> int:
        return httpx.get(all_of(alice)[0]["preview"]["src"], trust_env=False).status_code

    assert status() == 200
    control.post("/withhold_picture", deviationid=work)
    assert status() == 403
    control.post("/withhold_picture", deviationid=work, withheld=False)
    assert status() == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/gallery", {"username": "alice", "works": 0}), ("/gallery", {"works": 3}), ("/audience", {"views_a_day": -1}),
        ("/delete_work", {"deviationid": "nobody"}), ("/withhold_picture", {}),
    ],
)  # fmt: skip
def test_orders_that_make_no_sense_are_refused(control: ControlClient, path: str, body: dict) -> None:
    reply = control.call("POST", path, body)
    assert reply.status_code == 400
    assert reply.json()["error"]
