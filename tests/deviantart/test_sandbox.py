"""The adapter against the sandbox, over HTTP."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from core.adapters.deviantart.sites import DeviantArt
from core.clock import utc_now
from core.identity.connect import challenge_of
from core.identity.providers import OAuthRefused, OAuthUnreachable
from core.publishing.providers import ErrorCategory as E
from core.publishing.providers import ProviderError, Published
from tests.deviantart.support import publication, submission
from tests.deviantart.test_forms import EVERY_OPTION
from tests.sandbox.support import RETURN_TO, ControlClient, Pkce, obtain_code


@pytest.fixture
def publish(site: DeviantArt, token: str, picture: Path) -> Callable[..., Published]:
    def go(title: str = "Sunset", **fields: object) -> Published:
        item_id = site.submit(token, submission(picture, title=title))
        return site.publish(token, publication(item_id, **fields))

    return go


def test_a_picture_goes_all_the_way(site: DeviantArt, token: str, publish: Callable[..., Published]) -> None:
    published = publish("Evening")
    assert published.url.startswith(site.root)
    found = next(site.newest(token))
    assert (found.deviation_id, found.url, found.title) == (published.deviation_id, published.url, "Evening")
    assert found.published_at is not None


def test_the_site_takes_every_option(
    control: ControlClient, site: DeviantArt, token: str, publish: Callable[..., Published]
) -> None:
    control.post("/users", username="alice", folders=["Foxes"])
    folder = next(one for one in site.list_folders(token) if one.name == "Foxes")
    publish(
        is_mature=True, mature_level="moderate", mature_classification=["language"], is_ai_generated=True, no_ai=True,
        tags=["fox"], gallery_ids=[folder.folder_id], feature=False, display_resolution=8, add_watermark=True,
        agree_submission=True, agree_terms=True, options=EVERY_OPTION.stored(),
    )  # fmt: skip
    assert {one.name: one.size for one in site.list_folders(token)} == {"Featured": 0, "Foxes": 1}


def test_a_mature_post_is_found_again(site: DeviantArt, token: str, publish: Callable[..., Published]) -> None:
    published = publish(is_mature=True, mature_level="strict")
    assert [one.deviation_id for one in site.newest(token)] == [published.deviation_id]


def test_an_item_is_published_once(site: DeviantArt, token: str, picture: Path) -> None:
    item_id = site.submit(token, submission(picture))
    site.publish(token, publication(item_id))
    with pytest.raises(ProviderError) as caught:
        site.publish(token, publication(item_id))
    assert caught.value.category is E.ALREADY_PUBLISHED


def test_an_unknown_item_is_gone(site: DeviantArt, token: str) -> None:
    with pytest.raises(ProviderError) as caught:
        site.publish(token, publication("1763000000999999"))
    assert caught.value.category is E.GONE


def test_resubmitting_replaces_the_item(site: DeviantArt, token: str, picture: Path) -> None:
    item_id = site.submit(token, submission(picture, title="Before"))
    assert site.submit(token, submission(picture, title="After", item_id=item_id)) == item_id
    site.publish(token, publication(item_id))
    assert next(site.newest(token)).title == "After"


def test_a_missing_agreement_waits_for_a_person(
    control: ControlClient, site: DeviantArt, token: str, publish: Callable[..., Published]
) -> None:
    control.post("/agreements", required=True)
    with pytest.raises(ProviderError) as caught:
        publish()
    assert (caught.value.category, caught.value.provider_code) == (E.POLICY, 0)
    assert publish(agree_submission=True, agree_terms=True).url


def test_newest_reads_page_after_page_and_no_further_than_asked(
    control: ControlClient, site: DeviantArt, token: str, publish: Callable[..., Published]
) -> None:
    titles = [f"Number {number}" for number in range(30)]
    for title in titles:
        publish(title)
    assert [one.title for one in site.newest(token)] == titles[::-1]
    assert len(list(site.newest(token, limit=26))) == 26
    before = _gallery_calls(control)
    list(islice(site.newest(token), 3))
    assert _gallery_calls(control) == before + 1


def test_folders_are_read_page_after_page(control: ControlClient, site: DeviantArt, token: str) -> None:
    names = [f"Folder {number}" for number in range(120)]
    control.post("/users", username="alice", folders=names)
    assert [folder.name for folder in site.list_folders(token)] == ["Featured", *names]


def test_a_deviation_can_be_read_and_changed(site: DeviantArt, token: str, publish: Callable[..., Published]) -> None:
    deviation_id = publish("Old").deviation_id
    site.edit(token, deviation_id, {"title": "New", "tags": ["fox"], "is_mature": True, "mature_level": "strict"})
    assert site.deviation(token, deviation_id)["title"] == "New"
    figures = site.metadata(token, [deviation_id])[0]
    assert [tag["tag_name"] for tag in figures["tags"]] == ["fox"]
    assert figures["stats"]["favourites"] == 0


def test_figures_of_fifty_deviations_are_asked_for_in_tens(
    control: ControlClient, site: DeviantArt, token: str, publish: Callable[..., Published]
) -> None:
    ids = [publish().deviation_id for _ in range(12)]
    assert {one["deviationid"] for one in site.metadata(token, ids)} == set(ids)
    with pytest.raises(ValueError, match="At most 50"):
        site.metadata(token, ids * 5)


def test_a_missing_deviation_is_gone(site: DeviantArt, token: str) -> None:
    with pytest.raises(ProviderError) as caught:
        site.edit(token, "00000000-0000-0000-0000-000000000000", {"title": "New"})
    assert caught.value.category is E.GONE


def test_a_bad_token_is_told_apart(site: DeviantArt) -> None:
    with pytest.raises(ProviderError) as caught:
        site.check_token("no such token")
    assert caught.value.category is E.AUTH


@pytest.mark.parametrize(
    ("fault", "category", "effect_possible"),
    [
        ({"kind": "rate_limit", "retry_after": 7}, E.RATE_LIMITED, False),
        ({"kind": "error_before", "status": 500}, E.TRANSIENT, True),
        ({"kind": "error_after", "status": 503}, E.OUTAGE, True),
        ({"kind": "drop_before"}, E.TRANSIENT, True),
        ({"kind": "drop_after"}, E.TRANSIENT, True),
        ({"kind": "html_403"}, E.OUTAGE, False),
        ({"kind": "ok_with_error_body", "error": "server_error"}, E.TRANSIENT, True),
        ({"kind": "revoked_token"}, E.AUTH, False),
        ({"kind": "half_published"}, E.TRANSIENT, True),
    ],
)
def test_faults_on_the_wire_get_their_category(
    control: ControlClient, site: DeviantArt, token: str, picture: Path,
    fault: dict[str, object], category: E, effect_possible: bool,
) -> None:  # fmt: skip
    item_id = site.submit(token, submission(picture))
    control.post("/faults", endpoint="/stash/publish", count=1, **fault)
    with pytest.raises(ProviderError) as caught:
        site.publish(token, publication(item_id))
    assert (caught.value.category, caught.value.effect_possible) == (category, effect_possible)
    assert caught.value.retry_after == (7 if "retry_after" in fault else 300 if fault["kind"] == "html_403" else None)


def test_signing_in_with_a_code(control: ControlClient, site: DeviantArt) -> None:
    verifier = "v" * 64
    code = obtain_code(site.root, Pkce(verifier, challenge_of(verifier)), "alice")
    now = utc_now()
    pair = site.exchange(code=code, code_verifier=verifier, redirect_uri=RETURN_TO, now=now)
    assert (pair.expires_at - now).total_seconds() == 3600
    assert pair.refresh_expires_at is not None
    assert (pair.refresh_expires_at - now).days == 90
    assert site.whoami(pair.access_token).username == "alice"
    with pytest.raises(OAuthRefused):
        site.exchange(code=code, code_verifier=verifier, redirect_uri=RETURN_TO, now=now)


def test_a_refresh_token_works_once(control: ControlClient, site: DeviantArt) -> None:
    first = str(control.post("/grant", username="alice")["refresh_token"])
    pair = site.refresh(first, now=utc_now())
    site.check_token(pair.access_token)
    with pytest.raises(OAuthRefused):
        site.refresh(first, now=utc_now())


def test_revoking_ends_the_access(control: ControlClient, site: DeviantArt) -> None:
    grant = control.post("/grant", username="alice")
    site.revoke(str(grant["refresh_token"]))
    with pytest.raises(ProviderError):
        site.check_token(str(grant["access_token"]))
    with pytest.raises(OAuthRefused):
        site.refresh(str(grant["refresh_token"]), now=utc_now())


@pytest.mark.parametrize(
    ("fault", "spent_possible", "retry_after"),
    [
        ({"kind": "rate_limit", "retry_after": 9}, False, 9),
        ({"kind": "html_403"}, False, 300),
        ({"kind": "error_before", "status": 500}, True, None),
        ({"kind": "error_after", "status": 500}, True, None),
        ({"kind": "drop_after"}, True, None),
    ],
)
def test_a_refresh_without_a_good_answer_says_whether_the_token_may_be_spent(
    control: ControlClient, site: DeviantArt, fault: dict[str, object], spent_possible: bool, retry_after: float | None
) -> None:
    refresh_token = str(control.post("/grant", username="alice")["refresh_token"])
    control.post("/faults", endpoint="/oauth2/token", count=1, **fault)
    with pytest.raises(OAuthUnreachable) as caught:
        site.refresh(refresh_token, now=utc_now())
    assert (caught.value.token_spent_possible, caught.value.retry_after) == (spent_possible, retry_after)


def test_a_wrong_client_is_not_taken_for_a_refused_account(control: ControlClient, site: DeviantArt) -> None:
    site._oauth._client_secret = "wrong"
    with pytest.raises(OAuthUnreachable, match="ATELIER_DEVIANTART_CLIENT_ID"):
        site.refresh(str(control.post("/grant", username="alice")["refresh_token"]), now=utc_now())


def test_the_legal_texts_can_be_read(site: DeviantArt, token: str) -> None:
    assert "policy" in site.legal_text(token, "submission")
    assert "Terms" in site.legal_text(token, "tos")


def _gallery_calls(control: ControlClient) -> int:
    return sum(row["endpoint"] == "/gallery/all" for row in control.state("requests"))
