"""Reading an account's published works through the adapter: gallery, descriptions, counts, pictures."""

import httpx
import pytest

from core.adapters.deviantart.sites import SANDBOX, DeviantArt, build_site
from core.publishing.providers import ErrorCategory, ProviderError
from core.publishing.takeover.providers import GalleryWork
from core.settings import Settings
from tests.sandbox.support import ControlClient

MIB = 1024 * 1024


def gallery_of(site: DeviantArt, token: str) -> list[GalleryWork]:
    works: list[GalleryWork] = []
    offset: int | None = 0
    while offset is not None:
        page = site.gallery_page(token, offset=offset)
        works += page.works
        offset = page.next_offset
    return works


def answering(handler, root: str = "https://site.test") -> DeviantArt:
    return build_site(Settings(), SANDBOX, root, "id", "secret", transport=httpx.MockTransport(handler))


def test_the_whole_gallery_is_read_page_by_page(site: DeviantArt, token: str, control: ControlClient) -> None:
    ids = control.post("/gallery", username="alice", works=30)["deviationids"]
    works = gallery_of(site, token)
    assert [work.deviation_id for work in works] == ids[::-1]
    assert works[0].published_at is not None and works[0].url.startswith(site.root)
    assert sum(work.is_mature for work in works) == 4


def test_descriptions_tell_tags_text_and_how_mature(site: DeviantArt, token: str, control: ControlClient) -> None:
    ids = control.post("/gallery", username="alice", works=7)["deviationids"]
    found = {one.deviation_id: one for one in site.descriptions(token, ids)}
    assert found[ids[0]].tags == ["sea", "harbour"]
    assert found[ids[0]].description == "<p>Harbour 1, from before.</p>"
    assert [found[one].mature_level for one in ids[-2:]] == [None, "moderate"]


def test_counts_of_ten_come_in_one_call_without_what_is_deleted(
    site: DeviantArt, token: str, control: ControlClient
) -> None:
    ids = control.post("/gallery", username="alice", works=10, days=300)["deviationids"]
    control.post("/delete_work", deviationid=ids[3])
    counted = {one.deviation_id: one for one in site.counts(token, ids)}
    assert set(counted) == set(ids) - {ids[3]}
    assert all((one.views or 0) > 0 and one.downloads == 0 for one in counted.values())
    assert site.is_gone(token, ids[3])
    assert not site.is_gone(token, ids[4])
    assert site.is_gone(token, "00000000-0000-0000-0000-000000000000")
    with pytest.raises(ValueError, match="10"):
        site.counts(token, [*ids, "one more"])


def test_what_the_site_does_not_say_is_not_known(site: DeviantArt) -> None:
    bodies = {"metadata": [{"deviationid": "w1", "stats": {"views": True, "favourites": -2, "comments": "3"}},
                           {"deviationid": "w2"}, {"title": "no id"}, "nonsense"]}  # fmt: skip
    first, second = answering(lambda request: httpx.Response(200, json=bodies)).counts("token", ["w1", "w2"])
    assert (first.views, first.favourites, first.comments, first.downloads) == (None,) * 4
    assert second.views is None


def test_an_offset_that_does_not_advance_ends_the_gallery() -> None:
    body = {"results": [{"deviationid": "w1", "url": "u"}, {"deviationid": "w2", "is_deleted": True, "url": "u"},
                        {"deviationid": "w3"}], "has_more": True, "next_offset": 24}  # fmt: skip
    page = answering(lambda request: httpx.Response(200, json=body)).gallery_page("token", offset=24)
    assert page.next_offset is None
    assert [work.deviation_id for work in page.works] == ["w1"]
    assert page.works[0].picture_url is None


def test_a_picture_is_fetched_by_its_link_without_the_token(
    site: DeviantArt, token: str, control: ControlClient
) -> None:
    control.post("/gallery", username="alice", works=1)
    (work,) = gallery_of(site, token)
    assert site.picture(work.picture_url or "", max_bytes=MIB).startswith(b"\xff\xd8\xff")
    seen = []
    fake = answering(lambda request: seen.append(request) or httpx.Response(200, content=b"x"))
    fake.picture("https://site.test/f/1", max_bytes=MIB)
    assert "authorization" not in seen[0].headers


def test_a_withheld_picture_is_gone(site: DeviantArt, token: str, control: ControlClient) -> None:
    (one,) = control.post("/gallery", username="alice", works=1)["deviationids"]
    control.post("/withhold_picture", deviationid=one)
    (work,) = gallery_of(site, token)
    with pytest.raises(ProviderError) as caught:
        site.picture(work.picture_url or "", max_bytes=MIB)
    assert caught.value.category is ErrorCategory.GONE


def test_a_picture_that_is_too_large_is_not_read_to_its_end() -> None:
    site = answering(lambda request: httpx.Response(200, content=b"x" * 3000))
    with pytest.raises(ProviderError) as caught:
        site.picture("https://site.test/f/1", max_bytes=2000)
    assert caught.value.category is ErrorCategory.VALIDATION


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest", "https://127.0.0.1/x", "file:///etc/passwd", "https://wixmp.com.evil.test/x",
        "https://evil.test/?wixmp.com", "http://images.wixmp.com/x", "https://images.wixmp.com:8443/x", "https://[",
        "https://wixmp.com@evil.test/x", "x",
    ],
)  # fmt: skip
def test_no_other_host_is_asked_for_a_picture(url: str) -> None:
    site = answering(lambda request: pytest.fail("asked"))
    with pytest.raises(ProviderError) as caught:
        site.picture(url, max_bytes=MIB)
    assert caught.value.category is ErrorCategory.VALIDATION


@pytest.mark.parametrize("host", ["images-wixmp-ed30.wixmp.com", "th05.deviantart.net", "www.deviantart.com"])
def test_the_sites_own_picture_hosts_are_asked(host: str) -> None:
    site = answering(lambda request: httpx.Response(200, content=request.url.host.encode()))
    assert site.picture(f"https://{host}/f/1?token=a.b", max_bytes=MIB) == host.encode()


@pytest.mark.parametrize(("status", "category"), [(302, "gone"), (404, "gone"), (429, "transient"), (502, "transient")])
def test_answers_that_are_no_picture_say_whether_to_try_again(status: int, category: str) -> None:
    site = answering(lambda request: httpx.Response(status, headers={"Location": "https://evil.test"}))
    with pytest.raises(ProviderError) as caught:
        site.picture("https://site.test/f/1", max_bytes=MIB)
    assert caught.value.category == category
