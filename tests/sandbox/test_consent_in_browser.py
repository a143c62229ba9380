"""The consent page as a person meets it."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.sandbox.support import RETURN_TO, Artist, ControlClient, authorise_params, make_pkce, token_call
from tests.support.browser import Complaints


@pytest.mark.browser
def test_one_click_authorises_the_preselected_person(
    control: ControlClient, browser_page: Page, complaints: Complaints
) -> None:
    pkce, home = make_pkce(), f"{RETURN_TO}?**"
    browser_page.route(home, lambda route: route.fulfill(body="home"))
    browser_page.goto(f"{control.base_url}/oauth2/authorize?{urlencode(authorise_params(pkce))}")
    expect(browser_page.get_by_role("radio", name="sandbox-artist")).to_be_checked()
    browser_page.get_by_role("button", name="Authorise").click()
    browser_page.wait_for_url(home)
    code = parse_qs(urlsplit(browser_page.url).query)["code"][0]
    form = {"code": code, "redirect_uri": RETURN_TO, "code_verifier": pkce.verifier}
    tokens = token_call(control.base_url, grant_type="authorization_code", **form).json()
    me = Artist(control.base_url, tokens)
    assert me.get("/user/whoami").json()["username"] == "sandbox-artist"
    me.close()
    assert complaints.messages == []


@pytest.mark.browser
def test_a_published_work_is_shown_with_its_picture(alice: Artist, browser_page: Page, complaints: Complaints) -> None:
    browser_page.goto(alice.published(title="Harbour")["url"])
    expect(browser_page.get_by_role("heading", name="Harbour")).to_be_visible()
    picture = browser_page.get_by_role("img", name="Harbour")
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 64
    assert complaints.messages == []
