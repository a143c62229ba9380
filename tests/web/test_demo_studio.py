"""The demo studio: painted the same each time, brought in once."""

from datetime import timedelta

import numpy as np
import pytest
from PIL import ImageStat
from sqlalchemy import func, select

from core.clock import utc_now
from core.db.engine import Database
from core.demo import studio
from core.demo.catalogue import PICTURES, DemoPicture
from core.demo.studio import furnish
from core.identity.models import User
from core.media.blobs import thumbnail_key
from core.publishing.automations.models import Automation
from core.publishing.automations.simulation import simulate
from core.publishing.models import Deviation, DeviationFile, DeviationStatus
from core.publishing.templates.models import MetadataTemplate
from core.runtime import Runtime
from core.sales.models import PricePreset
from core.system.actors import Actor
from tests.factories import make_account

SMALL = (160, 120)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.title)
def test_a_seed_paints_the_same_pixels_each_time(picture: DemoPicture) -> None:
    first, second = (picture.painter(np.random.default_rng(picture.seed), *SMALL) for _ in range(2))
    assert first.size == SMALL
    assert first.tobytes() == second.tobytes()
    # Something is to be seen on it.
    assert max(ImageStat.Stat(first).stddev) > 15


def test_titles_are_different_and_tags_fit() -> None:
    assert len({picture.title for picture in PICTURES}) == len(PICTURES)
    assert {picture.for_review for picture in PICTURES} == {True, False}
    assert all(tag.isalnum() for picture in PICTURES for tag in picture.tags)


def test_pictures_become_reviews_and_drafts_with_thumbnails(
    runtime: Runtime, database: Database, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio, "PICTURES", (PICTURES[2], PICTURES[7]))
    assert furnish(runtime, alice.id) == 2
    with database.read() as session:
        rows = {row.title: row for row in session.scalars(select(Deviation))}
        files = session.scalars(select(DeviationFile)).all()
    assert {title: row.status for title, row in rows.items()} == {
        "The road on the water": DeviationStatus.DRAFT,
        "Slow river": DeviationStatus.REVIEW,
    }
    assert rows["Slow river"].is_ai_generated
    assert rows["Slow river"].tags == ["marble", "fluid", "abstract", "texture"]
    assert all(runtime.store.exists(thumbnail_key(file.storage_key, 400)) for file in files)


def test_furnishing_twice_adds_nothing(
    runtime: Runtime, database: Database, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio, "PICTURES", PICTURES[7:8])
    assert furnish(runtime, alice.id) == 1
    assert furnish(runtime, alice.id) == 0
    with database.read() as session:
        assert session.scalar(select(func.count(Deviation.id))) == 1
        assert session.scalar(select(func.count(PricePreset.id))) == 1
        assert session.scalar(select(func.count(MetadataTemplate.id))) == 3


def test_the_demo_automation_finds_its_drafts_and_is_off(
    runtime: Runtime, database: Database, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio, "PICTURES", (PICTURES[2], PICTURES[4]))
    furnish(runtime, alice.id)
    with database.session() as session:
        make_account(session, alice, is_default=True)
        automation = session.scalars(select(Automation)).one()
        assert not automation.enabled
        now = utc_now()
        forecast = simulate(
            session, Actor.person(alice.id), now=now, until=now + timedelta(days=9), automation_ids=[automation.id]
        )
    assert {post.title for post in forecast.posts} == {"The road on the water", "Blue hour"}
