"""Identifiers: what people see, and what is no identifier at all."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.db import ids


@given(st.uuids())
def test_what_is_shown_leads_back_to_the_same_uuid(value: uuid.UUID) -> None:
    assert ids.decode("dev", ids.encode("dev", value)) == value


@given(st.lists(st.uuids(), min_size=2))
def test_text_sorts_as_the_uuids_do(values: list[uuid.UUID]) -> None:
    assert [ids.encode("dev", value) for value in sorted(values)] == sorted(ids.encode("dev", v) for v in values)


def test_the_example_of_the_standard_is_read_as_there() -> None:
    # https://github.com/jetify-com/typeid/tree/main/spec
    value = uuid.UUID("01890a5d-ac96-774b-bcce-b302099a8057")
    assert ids.encode("prefix", value) == "prefix_01h455vb4pex5vsknk084sn02q"


def test_identifiers_of_one_process_come_in_order() -> None:
    made = [ids.new_id("dev") for _ in range(2000)]
    assert made == sorted(made)
    assert len(set(made)) == 2000


@pytest.mark.parametrize(
    "text",
    [
        "", "dev", "dev_", "acc_01h455vb4pex5vsknk084sn02q", "dev_01h455vb4pex5vsknk084sn02",
        "dev_81h455vb4pex5vsknk084sn02q",
        "dev_01H455VB4PEX5VSKNK084SN02Q", "dev_01h455vb4pex5vsknk084sn02u", "dev_ 1h455vb4pex5vsknk084sn02q",
        "dev_+1h455vb4pex5vsknk084sn02q", "dev_٠1h455vb4pex5vsknk084sn02q", "01h455vb4pex5vsknk084sn02q",
        "dev_01h455vb4pex5vskn_084sn02q",
    ],
)  # fmt: skip
def test_anything_else_is_no_identifier(text: str) -> None:
    assert ids.decode("dev", text) is None


@given(st.text())
def test_no_text_makes_it_stumble(text: str) -> None:
    ids.decode("dev", text)
    ids.decode("dev", f"dev_{text}")
