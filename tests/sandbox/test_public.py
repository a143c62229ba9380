"""What a person sees, and oEmbed."""

import re

import httpx

from tests.sandbox.support import Artist, ControlClient, png


def page(url: str) -> httpx.Response:
    return httpx.get(url, trust_env=False)


def oembed(artist: Artist, url: str) -> httpx.Response:
    return httpx.get(f"{artist.base_url}/oembed", params={"url": url}, trust_env=False)


def test_the_address_of_a_work_shows_picture_title_description_and_tags(alice: Artist) -> None:
    content = png(width=640, height=480)
    itemid = alice.submitted(content, title="Low <tide>", artist_comments="<p>Quiet <b>water</b>.</p>")
    shown = page(alice.publish(itemid, **{"tags[]": ["sea"]}).json()["url"])
    assert shown.status_code == 200
    assert "Low &lt;tide&gt;" in shown.text
    assert "<p>Quiet <b>water</b>.</p>" in shown.text
    assert "#sea" in shown.text
    assert "Sandbox" in shown.text
    picture = re.search(r'src="(/f/[^"]+)"', shown.text)
    assert picture is not None
    assert page(alice.base_url + picture[1].replace("&amp;", "&")).content == content


def test_markup_in_a_description_is_cleaned(alice: Artist) -> None:
    written = '<script>alert(1)</script><p onclick="x()">Hi <a href="javascript:x()">you</a><img src=x onerror=y>'
    shown = page(alice.publish(alice.submitted(artist_comments=written)).json()["url"]).text
    assert "<script" not in shown
    assert "onclick" not in shown
    assert "javascript:" not in shown
    assert "onerror" not in shown
    assert "<p>Hi <a>you</a></p>" in shown


def test_pages_run_no_script(alice: Artist) -> None:
    shown = page(alice.published()["url"])
    assert shown.headers["content-security-policy"].startswith("default-src 'none'")


def test_a_gallery_page_links_to_every_work(alice: Artist) -> None:
    urls = [alice.published(png(seed=n), title=f"Work {n}")["url"] for n in range(3)]
    shown = page(f"{alice.base_url}/alice/gallery").text
    assert "3 deviations" in shown
    for url in urls:
        assert f'href="{url.removeprefix(alice.base_url)}"' in shown


def test_the_home_page_shows_the_latest_and_the_people(alice: Artist) -> None:
    alice.published(title="Newest of all")
    shown = page(alice.base_url + "/").text
    assert "Newest of all" in shown
    assert 'href="/alice/gallery"' in shown


def test_nothing_is_shown_where_nothing_is(control: ControlClient) -> None:
    assert page(f"{control.base_url}/alice/art/Sunset-1200009999").status_code == 404
    assert page(f"{control.base_url}/nobody-here/gallery").status_code == 404


def test_oembed_describes_a_published_address(alice: Artist) -> None:
    answer = oembed(alice, alice.published(png(width=640, height=480), title="Harbour")["url"]).json()
    assert (answer["title"], answer["author_name"], answer["type"]) == ("Harbour", "alice", "photo")
    assert (answer["width"], answer["height"], answer["safety"]) == (640, 480, "nonadult")
    assert page(answer["url"]).status_code == 200
    assert page(answer["thumbnail_url"]).headers["content-type"] == "image/webp"


def test_oembed_says_adult_for_mature_work(alice: Artist) -> None:
    published = alice.published(is_mature="true", mature_level="strict")
    assert oembed(alice, published["url"]).json()["safety"] == "adult"


def test_oembed_knows_nothing_of_other_addresses(alice: Artist) -> None:
    assert oembed(alice, f"{alice.base_url}/alice/art/Nothing-1200009999").status_code == 404
    assert oembed(alice, "https://example.org/").status_code == 404
