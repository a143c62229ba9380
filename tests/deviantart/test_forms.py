"""The contract: what is stored of a post is what goes out, field by field."""

from dataclasses import fields
from pathlib import Path

import httpx
import pytest

from core.adapters.deviantart.deviations import edit_form
from core.publishing.options import GroupTarget, License, PublishOptions, SubjectTag
from core.publishing.providers import ErrorCategory, ProviderError, Publication, Submission
from tests.deviantart.support import Form, answering, multipart, publication, submission, urlencoded

GROUP, FOLDER, GALLERY = (f"0000000{number}-0000-0000-0000-000000000000" for number in (1, 2, 3))
EVERY_OPTION = PublishOptions(
    license=License(creative_commons=True, commercial="yes", modify="share"),
    sharing="hide_share_buttons",
    request_critique=True,
    groups=(GroupTarget(group_id=GROUP, folder_id=FOLDER), GroupTarget(group_id=FOLDER, folder_id=GROUP)),
    subject_tags=(SubjectTag(text="fox", kind=4), SubjectTag(text="Ann", kind=1)),
    location_tag="Rome",
    original_url="https://example.org/source",
)
EVERYTHING = Publication(
    item_id="1763000000000001",
    is_mature=True,
    mature_level="strict",
    mature_classification=["nudity", "gore"],
    is_ai_generated=True,
    no_ai=True,
    tags=["one", "two"],
    gallery_ids=[GALLERY, GROUP],
    feature=False,
    allow_comments=False,
    allow_free_download=True,
    display_resolution=6,
    add_watermark=True,
    agree_submission=True,
    agree_terms=True,
    options=EVERY_OPTION.stored(),
)


def sent_at_publish(publication: Publication) -> Form:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"status": "success", "url": "https://x.test/1", "deviationid": "D"})

    answering(answer).publish("token", publication)
    assert sent[0].url.path == "/api/v1/oauth2/stash/publish"
    assert sent[0].headers["content-type"] == "application/x-www-form-urlencoded"
    return urlencoded(sent[0])


def sent_at_submit(submission: Submission) -> tuple[Form, dict[str, tuple[str | None, str, bytes]]]:
    sent = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(multipart(request))
        return httpx.Response(200, json={"status": "success", "itemid": 2**40})

    assert answering(answer).submit("token", submission) == str(2**40)
    return sent[0]


def test_publish_sends_every_stored_choice() -> None:
    assert sent_at_publish(EVERYTHING) == {
        "itemid": ["1763000000000001"],
        "is_mature": ["true"],
        "mature_level": ["strict"],
        "mature_classification[]": ["nudity", "gore"],
        "is_ai_generated": ["true"],
        "noai": ["true"],
        "tags[]": ["one", "two"],
        "galleryids[]": [GALLERY, GROUP],
        "feature": ["false"],
        "allow_comments": ["false"],
        "allow_free_download": ["true"],
        "display_resolution": ["6"],
        "add_watermark": ["true"],
        "license_options[creative_commons]": ["true"],
        "license_options[commercial]": ["yes"],
        "license_options[modify]": ["share"],
        "sharing": ["hide_share_buttons"],
        "request_critique": ["true"],
        "groups[]": [GROUP, FOLDER],
        "group_folders[]": [FOLDER, GROUP],
        "subject_tags[]": ["fox", "Ann"],
        "subject_tag_types[]": ["4", "1"],
        "location_tag": ["Rome"],
        "agree_submission": ["true"],
        "agree_tos": ["true"],
    }


def test_what_is_off_is_said_and_what_does_not_apply_stays_out() -> None:
    assert sent_at_publish(publication()) == {
        "itemid": ["77"],
        "is_mature": ["false"],
        "is_ai_generated": ["false"],
        "noai": ["false"],
        "feature": ["true"],
        "allow_comments": ["true"],
        "allow_free_download": ["false"],
        "display_resolution": ["0"],
        "request_critique": ["false"],
    }


@pytest.mark.parametrize("name", [field.name for field in fields(Publication) if field.name != "item_id"])
def test_no_field_of_a_publication_is_dropped_silently(name: str) -> None:
    off = publication(EVERYTHING.item_id, display_resolution=6, is_mature=True)
    changed = {name: getattr(EVERYTHING, name)}
    if name == "display_resolution":
        changed = {name: 3}
    if name == "is_mature":
        changed = {name: False}
    assert sent_at_publish(_with(off, **changed)) != sent_at_publish(off)


@pytest.mark.parametrize("name", [name for name in PublishOptions.model_fields if name != "original_url"])
def test_no_stored_option_is_dropped_silently(name: str) -> None:
    alone = PublishOptions(**{name: getattr(EVERY_OPTION, name)}).stored()
    assert sent_at_publish(publication(options=alone)) != sent_at_publish(publication())


def test_level_and_classification_only_go_with_mature_work() -> None:
    sent = sent_at_publish(publication(mature_level="strict", mature_classification=["gore"]))
    assert [name for name in sent if name.startswith("mature")] == []


def test_submit_sends_every_stored_field_and_the_file_under_its_name(tmp_path: Path) -> None:
    path = tmp_path / "stored-under-another-name"
    path.write_bytes(b"the picture")
    form, files = sent_at_submit(
        submission(
            path,
            title="Röte",
            description="<b>Evening</b>",
            tags=["one", "two"],
            is_ai_generated=True,
            no_ai=True,
            original_url="https://example.org/source",
            item_id="88",
        )
    )
    assert form == {
        "title": ["Röte"],
        "artist_comments": ["<b>Evening</b>"],
        "tags[]": ["one", "two"],
        "is_dirty": ["false"],
        "is_ai_generated": ["true"],
        "noai": ["true"],
        "original_url": ["https://example.org/source"],
        "itemid": ["88"],
    }
    assert files == {"file": ("sunset.png", "image/png", b"the picture")}


def test_a_plain_submission_says_no_to_both_ai_questions(picture: Path) -> None:
    form, _ = sent_at_submit(submission(picture))
    assert form == {
        "title": ["Sunset"],
        "artist_comments": [""],
        "is_dirty": ["false"],
        "is_ai_generated": ["false"],
        "noai": ["false"],
    }


def test_an_edit_names_what_changes_and_nothing_else() -> None:
    assert edit_form({"title": "New", "tags": ["a"], "allow_comments": False}) == {
        "title": "New",
        "tags[]": ["a"],
        "allow_comments": "false",
    }


def test_an_edit_to_not_mature_takes_level_and_classification_along() -> None:
    assert edit_form({"is_mature": False, "mature_level": "strict", "mature_classification": []}) == {
        "is_mature": "false"
    }


def test_an_edit_of_what_the_site_cannot_change_is_refused_in_words() -> None:
    with pytest.raises(ProviderError, match="on the site itself") as caught:
        edit_form({"description": "New"})
    assert caught.value.category is ErrorCategory.VALIDATION


def _with(base: Publication, **changed: object) -> Publication:
    values = {field.name: getattr(base, field.name) for field in fields(base)}
    return Publication(**values | changed)  # type: ignore[arg-type]  # values come from the same fields
