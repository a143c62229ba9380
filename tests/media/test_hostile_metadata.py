"""Metadata made to hurt: it is cut, cleaned or passed over, and the picture is taken all the same."""

import json
import struct
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.media.embedded import RAW_TOTAL_LIMIT, RAW_VALUE_LIMIT, EmbeddedMetadata, from_texts
from core.media.embedded.exif import read_exif
from core.media.embedded.xmp import read_xmp
from core.media.probe import probe
from tests.media import samples

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


def embedded_with_chunk(on_disk, kind: bytes, data: bytes) -> EmbeddedMetadata:
    return probe(on_disk(samples.make_png(32, 32, chunks=samples.png_chunk(kind, data)))).embedded


def storable(found: EmbeddedMetadata) -> None:
    """Asserts that a database takes it: no NUL, no half characters, no NaN."""
    plain = found.to_json()
    json.dumps(plain, allow_nan=False)
    for text in strings_in(plain):
        assert "\0" not in text
        text.encode("utf-8")


def strings_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings_in([*value.keys(), *value.values()])
    elif isinstance(value, list):
        for each in value:
            yield from strings_in(each)


def test_a_text_that_inflates_without_end_is_cut(on_disk):
    bomb = zlib.compress(b"a" * 200_000_000, 9)
    found = embedded_with_chunk(on_disk, b"zTXt", b"parameters\0\0" + bomb)
    assert len(found.raw["parameters"]) == RAW_VALUE_LIMIT
    found = embedded_with_chunk(on_disk, b"iTXt", b"parameters\0\1\0\0\0" + bomb)
    assert len(found.raw["parameters"]) == RAW_VALUE_LIMIT


def test_a_thousand_large_texts_are_cut_together(on_disk):
    chunks = b"".join(
        samples.png_chunk(b"tEXt", f"key{number}".encode() + b"\0" + b"x" * 100_000) for number in range(200)
    )
    found = probe(on_disk(samples.make_png(32, 32, chunks=chunks))).embedded
    assert sum(len(text) for text in found.raw.values()) <= RAW_TOTAL_LIMIT


@pytest.mark.parametrize("data", [b"", b"parameters", b"\0text without a keyword", b"parameters\0\0not deflated"])
@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt", b"eXIf"])
def test_broken_chunks_are_passed_over(on_disk, kind, data):
    storable(embedded_with_chunk(on_disk, kind, data))


def test_a_chunk_longer_than_the_file_does_no_harm(on_disk):
    whole = samples.make_png(32, 32)
    liar = struct.pack(">I", 0x7FFFFFFF) + b"tEXt" + b"parameters\0fox"
    path = on_disk(whole[:-12] + liar)
    assert probe(path).width == 32  # all pixels are there, only the end mark is not


@pytest.mark.parametrize("text", ["fox\0den\nSteps: 5, Model: a\0b", "fox\ud800\nSteps: 5", "\ud83d", "\0"])
def test_what_a_database_refuses_is_replaced(text):
    for found in (from_texts({"parameters": text, f"key{text}": text}), from_texts({"prompt": text})):
        storable(found)


def test_escapes_in_json_hide_nothing(on_disk):
    graph = {
        "1": {
            "class_type": "KSampler",
            "inputs": {"seed": 1, "steps": 2, "positive": ["2", 0], "latent_image": ["3", 0]},
        },
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "fox\u0000\ud800den"}},
    }
    found = from_texts({"prompt": json.dumps(graph)})
    assert found.prompt == "fox\ufffd?den"
    storable(found)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 500_000,
        "{" * 500_000,
        '{"a":' * 100_000,
        '{"seed": ' + "9" * 100_000 + "}",
        '{"3": {"class_type": "KSampler", "inputs": {"seed": 1e999, "latent_image": ["3", 0], "model": ["3", 0]}}}',
        '{"3": {"class_type": 5, "inputs": []}, "4": null}',
        '{"nodes": [{"id": {}, "type": "KSampler", "inputs": {}, "widgets_values": 7}], "links": [[[], 1, 2, 3, 4]]}',
        '{"nodes": [null, 3], "links": {"a": 1}}',
    ],
)
def test_hostile_json_is_survived(text):
    for key in ("prompt", "workflow", "parameters", "comment"):
        storable(from_texts({key: text}))


def test_a_graph_in_a_circle_ends():
    circle = {
        str(number): {
            "class_type": "KSampler",
            "inputs": {
                name: [str((number + step) % 50), 0]
                for step, name in enumerate(("positive", "negative", "latent_image", "seed", "text", "model"))
            },
        }
        for number in range(50)
    }
    assert from_texts({"prompt": json.dumps(circle)}).generator == "comfyui"


def test_an_enormous_graph_ends():
    node = {"class_type": "KSampler", "inputs": {"latent_image": ["0", 0], "positive": ["1", 0], "text": ["1", 0]}}
    graph = {str(number): node for number in range(15_000)}
    storable(from_texts({"prompt": json.dumps(graph)}))


def test_xml_that_grows_or_reaches_out_is_passed_over():
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x><description>&b;</description></x>'
    outside = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x><description>&f;</description></x>'
    for packet in (laughs, outside, "<x>", "", "\0", "<" * 2_000_000):
        assert read_xmp(packet) == {}


@given(st.binary(max_size=300), st.sampled_from([b"", b"II*\0\x08\0\0\0", b"Exif\0\0MM\0*\0\0\0\x08"]))
def test_no_exif_whatsoever_makes_it_stumble(data, start):
    storable(from_texts(read_exif(start + data)))


def test_an_exif_directory_that_points_at_itself_ends():
    entry = struct.pack("<HHII", 0x8769, 4, 1, 8)
    assert read_exif(b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 1) + entry) == {}


@given(st.dictionaries(st.sampled_from(["prompt", "workflow", "parameters", "Comment"]), JSON, max_size=4))
def test_no_json_whatsoever_makes_it_stumble(texts):
    storable(from_texts({key: json.dumps(value) for key, value in texts.items()}))


@given(st.text(max_size=200).map(lambda text: f"{text}\nSteps: 5, {text}"))
def test_no_parameters_whatsoever_make_it_stumble(text):
    storable(from_texts({"parameters": text}))
