"""Files become products: what they say of themselves, duplicates, archives; and products become files again."""

import csv
import io
import json
import zipfile
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from core.media.models import Blob
from core.studio.products import unpacking
from core.studio.products.errors import ProductChangeRefused
from core.studio.products.exporting import HEADER, list_exported, write_archive
from core.studio.products.filters import ProductFilter
from core.studio.products.importing import Outcome, ProductImport, import_products
from core.studio.products.listing import list_products
from core.studio.products.models import Product, ProductSource
from core.studio.products.unpacking import is_archive, unpack
from core.studio.shelves.errors import ShelfInUse
from core.studio.shelves.models import ProjectStatus
from core.system.actors import Actor
from core.ui.tables import csv_bytes
from tests.factories import NOON, make_user
from tests.media.samples import make_png
from tests.publishing.pictures import GENERATED, picture, raw
from tests.studio.factories import make_product, make_project

COMFY = json.dumps({
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "dream.safetensors"}},
    "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a lighthouse", "clip": ["1", 1]}},
    "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "fog", "clip": ["1", 1]}},
    "4": {"class_type": "KSampler", "inputs": {"seed": 18446744073709551615, "steps": 12, "cfg": 6.5,
          "sampler_name": "euler", "positive": ["2", 0], "negative": ["3", 0], "model": ["1", 0],
          "latent_image": ["7", 0]}},
    "7": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 48, "batch_size": 1}},
    "5": {"class_type": "VAEDecode", "inputs": {"samples": ["4", 0], "vae": ["1", 2]}},
    "6": {"class_type": "SaveImage", "inputs": {"filename_prefix": "ComfyUI", "images": ["5", 0]}},
})  # fmt: skip


@pytest.fixture
def actor(database):
    with database.session() as session:
        return Actor.person(make_user(session).id)


def test_files_become_products_that_say_how_they_were_made(database, store, actor, tmp_path):
    a1111 = picture(tmp_path, "apples.png", parameters=GENERATED)
    comfy = raw(tmp_path, "ComfyUI_00012_.png", make_png(64, 48, texts={"prompt": COMFY}))
    silent = picture(tmp_path, "photo.png")
    broken = raw(tmp_path, "broken.png", b"not a picture")
    seen = []
    results = import_products(database, store, actor, [a1111, comfy, broken, silent],
                              progress=lambda *told: seen.append(told[0]), now=NOON)  # fmt: skip
    assert [one.outcome for one in results] == [Outcome.CREATED, Outcome.CREATED, Outcome.REFUSED, Outcome.CREATED]
    assert seen == [1, 2, 3, 4]
    with database.read() as session:
        rows = {row.name: row for row in session.scalars(select(Product))}
        found = list_products(session, actor, ProductFilter(words="lighthou")).rows
    assert {row.source for row in rows.values()} == {ProductSource.IMPORTED}
    assert (rows["apples"].prompt, rows["apples"].model, rows["apples"].seed) == ("a bowl of apples", "sd15", "42")
    assert rows["apples"].parameters == {
        "steps": 20, "guidance": 7, "sampler": "Euler a", "width": 512, "height": 512,
    }  # fmt: skip
    comfy_row = rows["ComfyUI_00012_"]
    assert (comfy_row.seed, comfy_row.negative_prompt) == ("18446744073709551615", "fog")
    assert comfy_row.model is not None and comfy_row.model.startswith("dream")
    assert (rows["photo"].prompt, rows["photo"].cost) == (None, None)
    assert [row.name for row in found] == ["ComfyUI_00012_"]


def test_the_same_picture_is_told_and_stored_once(database, store, actor, tmp_path):
    first, twin = picture(tmp_path, "a.png", colour=7), picture(tmp_path, "b.png", colour=7)
    results = import_products(database, store, actor, [first, twin], now=NOON)
    assert [one.outcome for one in results] == [Outcome.CREATED, Outcome.DUPLICATE]
    assert results[1].product_id == results[0].product_id
    anyway = import_products(database, store, actor, [twin], ProductImport(allow_duplicates=True), now=NOON)
    assert anyway[0].outcome is Outcome.CREATED
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Blob)) == 1
        assert session.scalar(select(func.count()).select_from(Product)) == 2


def test_nothing_is_read_for_a_project_that_is_closed(database, store, actor, tmp_path):
    with database.session() as session:
        owner = make_user(session, "anna")
        closed = make_project(session, owner, status=ProjectStatus.ARCHIVED)
    with pytest.raises(ShelfInUse):
        import_products(database, store, Actor.person(owner.id), [], ProductImport(closed.id), now=NOON)


def packed(folder, **entries):
    path = folder / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return path


def test_an_archive_is_taken_apart_whatever_its_entries_are_called(tmp_path):
    path = packed(
        tmp_path, **{"..__..__etc__passwd.png": b"12345", "a__b.png": b"b", ".DS_Store": b"", "folder__": b""}
    )
    (tmp_path / "out").mkdir()
    files = unpack(path, tmp_path / "out", "p.zip", max_file_bytes=3)
    assert is_archive(path)
    assert [file.name for file in files] == ["passwd.png", "b.png"]
    assert all(file.path.parent == tmp_path / "out" for file in files)
    assert files[0].path.stat().st_size == 4  # cut one behind the limit: refused later for its size


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip at all", None])
def test_an_archive_that_cannot_be_read_is_refused(tmp_path, content):
    path = packed(tmp_path, **({} if content is None else {"a.png": b"a" * 3000}))
    if content is not None:
        path.write_bytes(content or path.read_bytes()[:-30])
    with pytest.raises(ProductChangeRefused):
        unpack(path, tmp_path, "p.zip", max_file_bytes=10_000)


def test_pictures_leave_with_a_table_that_says_unknown_costs(database, store, actor, tmp_path):
    file = picture(tmp_path, "a.png", parameters="=1+1\nSteps: 20, Seed: 42, Model: sd15")
    (made,) = import_products(database, store, actor, [file], now=NOON)
    with database.session() as session:
        blob = session.scalars(select(Blob)).one()
        owner = type("Owner", (), {"id": actor.user_id})
        lost = make_product(session, owner, blob, cost=Decimal("0.0125"), name="kept")
        exported = list_exported(session, actor, [made.product_id, lost.id, "prd_x"])
    table = csv_bytes([HEADER, *(one.line for one in exported)])
    missing = write_archive(store, tmp_path / "out.zip", exported, table)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        names = archive.namelist()
        assert archive.read(names[1]) == file.path.read_bytes()
        rows = list(csv.DictReader(io.StringIO(archive.read("pictures.csv").decode("utf-8-sig"))))
    assert missing == []
    assert names[1:] == [row["file"] for row in rows]
    assert names[2] == f"local_{lost.id}_20260601-120000.png"
    assert [row["cost_usd"] for row in rows] == ["", "0.012500000"]
    assert rows[0]["prompt"] == "'=1+1"
    store.delete(blob.storage_key)
    assert len(write_archive(store, tmp_path / "out.zip", exported, table)) == 2


def test_another_persons_pictures_are_not_exported(session):
    alice, charlie = make_user(session), make_user(session, "charlie")
    product = make_product(session, alice)
    assert list_exported(session, Actor.person(charlie.id), [product.id]) == []


def test_an_archive_that_would_fill_the_disk_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.png", bytes(2_000_000))
    (tmp_path / "out").mkdir()
    monkeypatch.setattr(unpacking, "SMALL_BYTES", 5_000_000)
    with pytest.raises(ProductChangeRefused, match="more than pictures can"):
        unpack(path, tmp_path / "out", "b.zip", max_file_bytes=10_000_000)
    monkeypatch.setattr(unpacking, "MOST_GROWTH", 10_000)
    monkeypatch.setattr(unpacking.shutil, "disk_usage", lambda _: SimpleNamespace(free=10_000_000))
    with pytest.raises(ProductChangeRefused, match="too little room"):
        unpack(path, tmp_path / "out", "b.zip", max_file_bytes=10_000_000)
    assert list((tmp_path / "out").iterdir()) == []
    assert len(unpack(path, tmp_path / "out", "b.zip", max_file_bytes=1_000_000)) == 4  # each is cut anyway
