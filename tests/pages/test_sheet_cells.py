"""What is typed into the sheet, as cells and as fields."""

import pytest

from core.publishing.changes import read_changes
from core.publishing.models import MatureLevel
from core.ui.content.query import Layout, View, read_query
from core.ui.content.sheet_cells import MATURE, NO_LEVEL, cells_of, differing, mature_choices, values_of

FIELDS = {
    "title": "Dunes", "description": None, "tags": ["sand"], "is_mature": False, "mature_level": None,
    "is_ai_generated": True, "allow_comments": True, "allow_free_download": False,
}  # fmt: skip


def test_a_row_that_nobody_typed_into_differs_in_nothing():
    cells = cells_of(FIELDS)
    assert differing(cells, cells) == {}
    assert differing(cells | {"title": " Dunes ", "tags": ["sand", " "], "description": "  "}, cells) == {}


def test_only_what_was_typed_becomes_a_field():
    stored = cells_of(FIELDS)
    typed = stored | {"title": "Dunes at noon", "comments": False}
    assert values_of(differing(typed, stored)) == {"title": "Dunes at noon", "allow_comments": False}


def test_commas_part_tags_as_everywhere():
    stored = cells_of(FIELDS)
    assert differing(stored | {"tags": ["sand", "sea, #light"]}, stored) == {"tags": ["sand", "sea", "light"]}


def test_lines_of_a_description_stay():
    assert differing(cells_of(FIELDS) | {"description": "One\n\nTwo "}, cells_of(FIELDS)) == {
        "description": "One\n\nTwo"
    }


@pytest.mark.parametrize(
    ("is_mature", "level"), [(False, None), (True, MatureLevel.MODERATE), (True, MatureLevel.STRICT), (True, None)]
)
def test_every_cell_stands_for_the_fields_it_was_made_from(is_mature, level):
    fields = FIELDS | {"is_mature": is_mature, "mature_level": level}
    given = read_changes(values_of(cells_of(fields))).given()
    assert {name: fields[name] for name in given} == given | ({} if is_mature else {"is_mature": False})


def test_a_missing_level_can_be_kept_and_not_chosen_anew():
    cells = cells_of(FIELDS)
    unsure = cells_of(FIELDS | {"is_mature": True})
    assert mature_choices([cells]) == list(MATURE)
    assert mature_choices([cells, unsure]) == [*MATURE, NO_LEVEL]


@pytest.mark.parametrize("view", list(View))
def test_only_lists_that_can_be_changed_are_shown_to_be_typed_into(view):
    expected = Layout.EDIT if view in {View.DRAFT, View.SCHEDULED, View.FAILED} else Layout.TABLE
    assert read_query({"view": view, "layout": "edit"}).layout is expected
