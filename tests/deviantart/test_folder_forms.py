"""The contract of folder calls: path, method and form, parameter by parameter, and the sandbox's word on each."""

import httpx
import pytest

from core.adapters.deviantart.http import API
from core.adapters.deviantart.sites import DeviantArt
from core.publishing.providers import ErrorCategory, ProviderError
from tests.deviantart.support import answering, urlencoded
from tests.sandbox.support import Artist, ControlClient, png

A, B, C = (f"0000000{number}-0000-0000-0000-00000000000{number}" for number in (1, 2, 3))


def sent(call) -> tuple[str, str, dict[str, list[str]]]:
    """Method, path and form of the request that ``call`` makes."""
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json={"status": "success", "success": True, "folderid": A, "name": "New"})

    call(answering(answer))
    (request,) = requests
    assert not request.url.query
    return request.method, request.url.path.removeprefix(f"{API}/gallery/folders"), urlencoded(request)


@pytest.mark.parametrize(
    ("call", "path", "form"),
    [
        (lambda site: site.create_folder("t", "New"), "/create", {"folder": ["New"]}),
        (
            lambda site: site.create_folder("t", "New", description="Words", parent_id=B),
            "/create",
            {"folder": ["New"], "description": ["Words"], "parent_folderid": [B]},
        ),
        (lambda site: site.update_folder("t", A, name="Other"), "/update", {"folderid": [A], "name": ["Other"]}),
        (lambda site: site.update_folder("t", A, description=""), "/update", {"folderid": [A], "description": [""]}),
        (lambda site: site.place_folder("t", A, 3), "/update_order", {"folderid": [A], "position": ["3"]}),
        (lambda site: site.move_folder("t", A, B), "/move", {"folderid": [A], "to_folderid": [B]}),
        (lambda site: site.remove_folder("t", A), f"/remove/{A}", {}),
        (
            lambda site: site.copy_to_folder("t", A, [B, C]),
            "/copy_deviations",
            {"target_folderid": [A], "deviationids[]": [B, C]},
        ),
        (
            lambda site: site.move_between_folders("t", A, B, [C]),
            "/move_deviations",
            {"source_folderid": [A], "target_folderid": [B], "deviationids[]": [C]},
        ),
        (
            lambda site: site.take_from_folder("t", A, [B]),
            "/remove_deviations",
            {"folderid": [A], "deviationids[]": [B]},
        ),
    ],
)
def test_a_folder_call_sends_exactly_this(call, path, form):
    assert sent(call) == ("POST", path, form)


def test_no_more_than_24_works_go_with_one_call():
    with pytest.raises(ValueError, match="24 deviations"):
        sent(lambda site: site.copy_to_folder("t", A, [B] * 25))
    with pytest.raises(ValueError, match="24 deviations"):
        sent(lambda site: site.take_from_folder("t", A, []))


def test_a_new_folder_without_an_id_may_be_there():
    site = answering(lambda _: httpx.Response(200, json={"status": "success"}))
    with pytest.raises(ProviderError) as caught:
        site.create_folder("t", "New")
    assert caught.value.effect_possible


def names(site: DeviantArt, token: str) -> list[str]:
    return [folder.name for folder in site.list_folders(token)]


def test_the_sandbox_takes_each_folder_call(site: DeviantArt, token: str) -> None:
    one = site.create_folder(token, "One", description="First")
    two = site.create_folder(token, "Two", parent_id=one)
    site.update_folder(token, two, name="Deux", description="")
    site.place_folder(token, two, 1)
    assert names(site, token) == ["Featured", "Deux", "One"]
    site.create_folder(token, "Three")
    site.move_folder(
        token, one, next(folder.folder_id for folder in site.list_folders(token) if folder.name == "Three")
    )
    parents = {folder.name: folder.parent_id for folder in site.list_folders(token)}
    assert parents["Deux"] == one and parents["One"] is not None
    site.remove_folder(token, two)
    assert names(site, token) == ["Featured", "One", "Three"]


def test_works_go_in_across_and_out_of_folders(site: DeviantArt, token: str, control: ControlClient) -> None:
    artist = Artist(control.base_url, {"access_token": token})
    ids = [artist.published(png(seed=number))["deviationid"] for number in range(30)]
    artist.close()
    one, two = site.create_folder(token, "One"), site.create_folder(token, "Two")
    site.copy_to_folder(token, one, ids[:24])
    site.copy_to_folder(token, one, ids[24:])
    # Read in pages of 24, newest first.
    first = site.folder_contents(token, one)
    last = site.folder_contents(token, one, offset=first.next_offset or 0)
    assert [work.deviation_id for page in (first, last) for work in page.works] == ids[::-1]
    assert (len(first.works), last.next_offset) == (24, None)
    site.move_between_folders(token, one, two, ids[:2])
    site.take_from_folder(token, one, ids[2:20])
    site.take_from_folder(token, one, ids[20:29])
    assert {work.deviation_id for work in site.folder_contents(token, one).works} == {ids[29]}
    assert {work.deviation_id for work in site.folder_contents(token, two).works} == set(ids[:2])


@pytest.mark.parametrize(
    "call",
    [
        lambda site, token: site.create_folder(token, "x" * 51),
        lambda site, token: site.create_folder(token, "Featured"),
        lambda site, token: site.update_folder(token, A, name="Nobody's"),
        lambda site, token: site.place_folder(token, "not-a-uuid", 1),
        lambda site, token: site.move_folder(token, A, B),
        lambda site, token: site.remove_folder(token, A),
        lambda site, token: site.copy_to_folder(token, A, [B]),
        lambda site, token: site.folder_contents(token, A),
    ],
)
def test_what_the_site_refuses_is_about_the_field(site: DeviantArt, token: str, call) -> None:
    with pytest.raises(ProviderError) as caught:
        call(site, token)
    assert (caught.value.category, caught.value.effect_possible) == (ErrorCategory.VALIDATION, False)


def test_a_token_without_the_scope_may_not_change_folders(site: DeviantArt, control: ControlClient) -> None:
    poor = str(control.post("/grant", username="alice", scope="basic browse")["access_token"])
    with pytest.raises(ProviderError) as caught:
        site.create_folder(poor, "New")
    assert caught.value.category is ErrorCategory.AUTH
