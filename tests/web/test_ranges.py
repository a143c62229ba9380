"""What a Range header asks for."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.web.ranges import CHUNK, RangeUnsatisfiable, parse_range, read_part


@pytest.mark.parametrize(
    ("header", "start", "stop"),
    [("bytes=0-0", 0, 1), ("bytes=5-", 5, 10), ("bytes=-3", 7, 10), ("bytes=-99", 0, 10), ("bytes=2-99", 2, 10)],
)
def test_one_part_is_understood(header: str, start: int, stop: int) -> None:
    part = parse_range(header, 10)
    assert part
    assert (part.start, part.stop) == (start, stop)


@pytest.mark.parametrize(
    "header", [None, "", "bytes=", "bytes=-", "items=0-1", "bytes=0-1,3-4", "bytes=4-2", "x", f"bytes={'9' * 5000}-"]
)
def test_anything_else_means_the_whole_file(header: str | None) -> None:
    assert parse_range(header, 10) is None


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-12", "bytes=-0"])
def test_a_part_without_bytes_cannot_be_given(header: str) -> None:
    with pytest.raises(RangeUnsatisfiable):
        parse_range(header, 10)


@given(st.integers(1, 50), st.integers(0, 60), st.integers(0, 60))
def test_a_part_never_leaves_the_file(total: int, first: int, last: int) -> None:
    try:
        part = parse_range(f"bytes={first}-{last}", total)
    except RangeUnsatisfiable:
        assert first >= total
        return
    assert part is None or 0 <= part.start < part.stop <= total


def test_reading_stops_where_the_part_ends_and_closes_the_file() -> None:
    file = io.BytesIO(bytes(range(256)) * 4096)
    chunks = list(read_part(file, 10, CHUNK + 5))
    assert [len(chunk) for chunk in chunks] == [CHUNK, 5]
    assert file.closed


def test_a_file_shorter_than_expected_ends_the_answer() -> None:
    assert b"".join(read_part(io.BytesIO(b"short"), 0, 100)) == b"short"
