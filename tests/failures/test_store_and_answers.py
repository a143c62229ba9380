"""Our own files out of reach when a post goes out, and answers that hold what no database takes."""

import errno
import json
from pathlib import Path

import httpx
import pytest

from core.publishing.execution.lookup import find_candidates
from core.publishing.execution.work import PUBLISH, OpenIntent
from core.publishing.models import DeviationStatus
from core.publishing.providers import ProviderError, Published
from core.system.models import IntentState
from tests.deviantart.support import answering, error_body, publication, saying
from tests.factories import NOON

PUBLISHED = DeviationStatus.PUBLISHED


def test_a_disk_that_is_unmounted_for_an_hour_delays_the_post_and_no_more(rig, tmp_path: Path):
    post = rig.post()
    folder, elsewhere = tmp_path / "data" / "files", tmp_path / "elsewhere"
    folder.rename(elsewhere)
    rig.run_for(3600, step=30)
    row = rig.read(post)
    assert (row.status, row.error_category) == (DeviationStatus.SCHEDULED, "storage")
    assert "Check that its disk is mounted" in row.error_message
    elsewhere.rename(folder)
    rig.run_for(900, step=30)
    assert (rig.read(post).status, len(rig.site.gallery)) == (PUBLISHED, 1)


def test_a_full_disk_for_what_is_fetched_from_a_bucket_is_our_trouble_and_is_tried_again(rig, monkeypatch):
    post = rig.post()

    def is_elsewhere(_self: object, _key: str) -> None:
        return None

    def fills_the_disk(_self: object, _key: str, _target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(type(rig.ports.store), "local_path", is_elsewhere)
        patch.setattr(type(rig.ports.store), "download", fills_the_disk)
        rig.run_for(1800, step=30)
    assert (rig.read(post).status, rig.read(post).error_category) == (DeviationStatus.SCHEDULED, "storage")
    rig.run_for(900, step=30)
    assert rig.read(post).status is PUBLISHED


def test_characters_that_no_database_takes_do_not_come_in_with_an_answer():
    # Written out, as JSON has them: half a pair of surrogates cannot even be encoded.
    body = json.dumps(error_body("invalid_request", title="too\x00 \ud800long\n"))
    site = answering(lambda _: httpx.Response(400, content=body, headers={"content-type": "application/json"}))
    with pytest.raises(ProviderError) as caught:
        site.publish("token", publication())
    assert "title: too long" in str(caught.value)
    shown = saying(200, {"status": "success", "deviationid": "A\x00B", "url": "https://x.test/\x00a"})
    assert shown.publish("token", publication()) == Published("AB", "https://x.test/a")


@pytest.mark.parametrize("title", ["Tom &amp; Jerry  café", "Tom & Jerry cafe\u0301", "Tom & Jerry café "])
def test_a_title_is_found_again_however_the_site_writes_it(title):
    intent = OpenIntent("int_1", PUBLISH, NOON, IntentState.UNKNOWN, 0, {"title": "Tom & Jerry café"})
    shown = Published("A", "https://x.test/a", title, NOON)
    assert find_candidates([shown], intent, now=NOON) == [shown]
