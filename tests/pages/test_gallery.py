"""The Gallery and Picture screens: their address, what the board is given, bulk actions, sending, comparing."""

import io
import json
import zipfile
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.publishing.from_products.drafts import send
from core.publishing.models import Deviation
from core.studio.products.archives import find_archive
from core.studio.products.changing import Mark, mark
from core.studio.products.exporting import list_exported
from core.studio.products.importing import Outcome, ProductImport
from core.studio.products.listing import Order
from core.studio.products.models import Product
from core.studio.shelves import collections
from core.studio.shelves.models import TaggedKind
from core.studio.shelves.tags import add_tags, tags_of
from core.system.actors import Actor
from core.ui.gallery.dialogs import Dialog
from core.ui.gallery.downloading import ArchiveJob
from core.ui.gallery.importing import ProductImportJob
from core.ui.gallery.query import PAGE_SIZE, View, read_query
from tests.factories import DAY, HOUR, NOON, make_user
from tests.publishing.pictures import GENERATED, picture
from tests.screens.support import press, run, said
from tests.studio.factories import make_product, make_project

GALLERY, PICTURE = "pages/create/gallery.py", "pages/create/product.py"


def add(runtime, user, **fields) -> str:
    with runtime.database.session() as session:
        return make_product(session, user, **fields).id


def get(runtime, product_id) -> Product:
    with runtime.database.read() as session:
        return session.execute(select(Product).where(Product.id == product_id)).scalar_one()


def board(screen) -> dict:
    (element,) = [one for one in screen.get("bidi_component") if one.proto.component_name == "atelier_gallery"]
    found = json.loads(element.proto.json)
    assert isinstance(found, dict)
    return found


def names(screen) -> list[str]:
    return [tile["name"] for tile in board(screen)["tiles"]]


def with_dialog(screen, kind, ids):
    """The screen with a dialog open that its board or its toolbar asks for."""
    screen.session_state["gallery.dialog"] = Dialog(kind, tuple(ids), 1)
    return run(screen)


def test_an_empty_gallery_says_what_to_do(runtime, anna, open_page):
    screen = open_page(GALLERY)
    assert "No pictures yet" in said(screen)
    press(screen, "Import pictures")
    assert "Automatic1111" in screen.get("file_uploader")[0].proto.label


def test_the_address_decides_what_is_shown(runtime, anna, open_page):
    with runtime.database.session() as session:
        project = make_project(session, anna).id
    add(runtime, anna, name="liked", liked=True, rating=5, created_at=NOON + HOUR)
    add(runtime, anna, name="plain", project_id=project, cost=Decimal("0.03"), created_at=NOON + DAY)
    add(runtime, anna, name="binned", deleted_at=NOON)
    add(runtime, anna, name="rejected", rejected=True, search_text="blue dunes")
    assert names(open_page(GALLERY)) == ["plain", "liked", "rejected"]
    assert names(open_page(GALLERY, sort="oldest")) == ["rejected", "liked", "plain"]
    assert names(open_page(GALLERY, view="liked")) == ["liked"]
    assert names(open_page(GALLERY, view="unsorted")) == ["plain"]
    assert names(open_page(GALLERY, view="trash")) == ["binned"]
    assert names(open_page(GALLERY, q="dun blu")) == ["rejected"]
    assert names(open_page(GALLERY, project=project, rating="x", sort="x", at="x")) == ["plain"]
    assert "Nothing matches" in said(open_page(GALLERY, rating="5", view="rejected"))


def test_an_address_of_nonsense_means_everything():
    query = read_query({"view": "x", "sort": "x", "rating": "9", "from": "soon", "cost_from": "NaN", "liked": "yes"})
    assert (query.view, query.order, query.is_narrowed) == (View.ALL, Order.NEWEST, False)


def test_the_board_is_told_texts_and_nothing_of_unknown_costs(runtime, anna, open_page):
    add(runtime, anna, name="<b>dune</b>", cost=None, seed="7", prompt="<script>")
    add(runtime, anna, name="free", cost=Decimal(0))
    tiles = {tile["name"]: tile for tile in board(open_page(GALLERY))["tiles"]}
    assert tiles["<b>dune</b>"]["facts"].endswith("seed 7 · cost unknown")
    assert tiles["<b>dune</b>"]["prompt"] == "<script>"
    assert "free" in tiles["free"]["facts"]


def test_pages_lead_to_each_other_after_what_was_shown(runtime, anna, open_page):
    for number in range(PAGE_SIZE + 3):
        add(runtime, anna, name=f"p{number:03}", created_at=NOON + number * HOUR)
    screen = open_page(GALLERY)
    assert (board(screen)["before"], board(screen)["after"]) == (False, True)
    press(screen, "Next page")
    assert names(screen) == ["p002", "p001", "p000"]
    press(screen, "Previous page")
    assert names(screen)[0] == f"p{PAGE_SIZE + 2:03}"


def test_a_bulk_action_is_done_and_taken_back(runtime, anna, open_page):
    ids = [add(runtime, anna, name=name) for name in "ab"]
    with runtime.database.session() as session:
        mark(session, Actor.person(anna.id), [Mark(ids[0], liked=True)], now=NOON)
    screen = with_dialog(open_page(GALLERY), "rest", ids)
    assert "1 other" in said(screen)
    press(screen, "Bin the rest")
    assert names(screen) == ["a"]
    press(screen, "Undo")
    assert sorted(names(screen)) == ["a", "b"]
    assert get(runtime, ids[0]).liked


def test_chosen_pictures_are_sent_to_drafts_and_back(runtime, anna, open_page):
    product = add(runtime, anna, prompt="a harbour at dawn")
    screen = open_page(GALLERY)
    press(screen, "Send to drafts")
    press(screen, "Send")
    assert "1 post made." in said(screen)
    with runtime.database.read() as session:
        assert session.scalars(select(Deviation.title)).all() == ["a harbour at dawn"]
    assert board(screen)["tiles"][0]["drafts"] == 1
    press(screen, "Send to drafts")
    press(screen, "Send")
    assert "already" in said(screen)
    assert get(runtime, product).deleted_at is None


def test_pictures_stand_side_by_side(runtime, anna, open_page):
    ids = [add(runtime, anna, name=name, seed=name[0], prompt=f"a {name} harbour") for name in ("red", "blue")]
    words = said(open_page(GALLERY, compare=",".join(ids)))
    assert "1 · red" in words and "2 · blue" in words and "What differs" in words
    assert "Choose 2 to 4 pictures" in said(open_page(GALLERY, compare=ids[0]))


def test_two_to_four_chosen_pictures_are_compared_without_a_keyboard(runtime, anna, open_page):
    ids = [add(runtime, anna, name=name) for name in "abcde"]
    screen = open_page(GALLERY)
    for few in (ids[:1], ids):
        screen.session_state["gallery.picked"] = frozenset(few)
        assert "Compare" not in [button.label for button in run(screen).button]
    screen.session_state["gallery.picked"] = frozenset(ids[1:3])
    words = said(press(run(screen), "Compare"))
    assert "1 · c" in words and "2 · b" in words


def test_the_screen_of_a_picture_tells_cost_and_lineage(runtime, anna, open_page):
    product = add(runtime, anna, name="harbour", cost=None, parameters={"steps": 20})
    screen = open_page(PICTURE, id=product)
    words = said(screen)
    assert ":gray[Cost] unknown" in words and "From prompt to sale" in words
    press(screen, "Move to trash")
    assert "in the trash" in said(screen)
    press(screen, "Restore")
    assert get(runtime, product).deleted_at is None


def test_another_persons_picture_looks_missing(runtime, anna, open_page):
    with runtime.database.session() as session:
        theirs = make_product(session, make_user(session, "charlie"), name="Secret dunes").id
    words = [said(open_page(PICTURE, id=one)) for one in (theirs, "prd_x")]
    assert words[0] == words[1] and "Secret dunes" not in words[0]
    assert "Secret dunes" not in said(open_page(GALLERY, compare=f"{theirs},{theirs}x"))


class Dropped:
    """A file as the browser sent it."""

    def __init__(self, name: str, path) -> None:
        self.name, self._file = name, io.BytesIO(path.read_bytes())

    def seek(self, place: int, /) -> int:
        return self._file.seek(place)

    def read(self, size: int = -1, /) -> bytes:
        return self._file.read(size)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_dropped_files_and_archives_are_imported_and_packed_again(runtime, anna, tmp_path):
    one, two = picture(tmp_path, "a.png", parameters=GENERATED), picture(tmp_path, "b.png")
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.write(two.path, "folder/b.png")
    (tmp_path / "bad.zip").write_bytes((tmp_path / "more.zip").read_bytes().replace(b"PK\x03\x04", b"XX\x03\x04", 1))
    dropped = [Dropped("a.png", one.path), *(Dropped(name, tmp_path / name) for name in ("more.zip", "bad.zip"))]
    actor = Actor.person(anna.id)
    job = ProductImportJob(runtime, actor, dropped, ProductImport())
    job.wait(60)
    assert (job.problem, job.count(Outcome.CREATED), job.count(Outcome.REFUSED)) == (None, 2, 1)
    with runtime.database.read() as session:
        pictures = list_exported(session, actor, [result.product_id or "" for result in job.results])
    archive_job = ArchiveJob(runtime, actor, pictures, b"table")
    archive_job.wait(60)
    path = find_archive(runtime.settings.data_dir, anna.id, archive_job.name)
    assert archive_job.is_finished and path is not None
    with zipfile.ZipFile(path) as packed:
        assert len(packed.namelist()) == 3


def test_a_post_made_of_a_picture_says_how_it_was_made_and_what_it_cost(runtime, anna, open_page):
    product = add(runtime, anna, prompt="a harbour at dawn", model="flux-dev", cost=None)
    with runtime.database.session() as session:
        (item,) = send(session, Actor.person(anna.id), [product], now=NOON).changed
    words = said(open_page("pages/publish/content.py", open=item.id))
    assert "flux\\-dev" in words or "flux-dev" in words
    assert "Cost] unknown" in words or "unknown" in words


def test_pictures_go_into_a_collection_that_is_named_on_the_way_and_out_again(runtime, anna, open_page):
    ids = tuple(add(runtime, anna, name=name) for name in "ab")
    screen = press(with_dialog(open_page(GALLERY), "collect", ids), "Add")
    assert "Give the collection a name" in said(screen)
    next(one for one in screen.text_input if one.label == "Its name").input("Dawn")
    press(screen, "Add")
    assert "2 pictures were added to “Dawn”." in said(screen)
    with runtime.database.read() as session:
        (dawn,) = collections.list_collections(session, Actor.person(anna.id))
        assert collections.member_ids(session, Actor.person(anna.id), dawn.id) == list(ids)
    press(screen, "Undo")
    with runtime.database.read() as session:
        assert collections.member_ids(session, Actor.person(anna.id), dawn.id) == []


def test_tags_are_put_on_and_taken_off_and_come_back_as_they_were(runtime, anna, open_page):
    actor, ids = Actor.person(anna.id), tuple(add(runtime, anna, name=name) for name in "ab")
    with runtime.database.session() as session:
        on = [tag.id for tag in add_tags(session, actor, TaggedKind.PRODUCT, ids[:1], ["dusk"], now=NOON)]
    screen = press(with_dialog(open_page(GALLERY), "tag", ids), "Save")
    assert "Choose or write a tag first" in said(screen)
    next(one for one in screen.text_input if one.label == "New tags").input("fog, ,fog")
    next(one for one in screen.multiselect if one.label == "Take off").set_value(on)
    press(screen, "Save")
    assert worn(runtime, actor, ids) == {ids[0]: ["fog"], ids[1]: ["fog"]}
    press(screen, "Undo")
    assert worn(runtime, actor, ids) == {ids[0]: ["dusk"]}


def worn(runtime, actor, ids) -> dict:
    with runtime.database.read() as session:
        found = tags_of(session, actor, TaggedKind.PRODUCT, ids)
        return {one: [tag.name for tag in rows] for one, rows in found.items()}
