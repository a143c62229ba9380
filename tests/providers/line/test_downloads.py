"""Where results may lie, how much of them is read, and what is told to whom on the way."""

import gzip
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from core.adapters.images import reach
from core.adapters.images.http import Line
from core.adapters.images.refusals import Dialect
from core.studio.providers import ErrorCategory, GenerationError

E = ErrorCategory
HOME = "https://api.provider.test/v1"
PRIVATE_HOME = "http://127.0.0.1:8188"
ADDRESSES = {
    "api.provider.test": "93.184.216.35",
    "cdn.test": "93.184.216.34",
    "inside.test": "10.0.0.5",
    "cloud.test": "169.254.169.254",
}
KEY = {"Authorization": "Bearer r8_secret"}


@pytest.fixture(autouse=True)
def without_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "getproxies", dict)


def resolve(host: str, port: int) -> list[str]:
    if host == "nowhere.test":
        raise OSError("no such host")
    return [ADDRESSES.get(host, host)]


class Web:
    """What lies where, and what was asked for."""

    def __init__(self, answers: dict[str, httpx.Response | Callable[[], httpx.Response]]) -> None:
        self.answers = answers
        self.asked: list[httpx.Request] = []
        self.line = Line("test", Dialect("Test"), resolve=resolve, transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        name = f"{request.url.scheme}://{request.headers['host']}{request.url.path}"
        found = self.answers[name]
        return found() if callable(found) else found


class Once(httpx.SyncByteStream):
    """A body as it comes from the wire, in pieces."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        yield from (self._content[start : start + 4096] for start in range(0, len(self._content), 4096))


def redirect(to: str) -> httpx.Response:
    return httpx.Response(302, headers={"Location": to})


def test_an_address_is_called_by_the_number_that_was_looked_at(tmp_path: Path) -> None:
    web = Web({"https://cdn.test/a.png": httpx.Response(200, content=b"picture")})
    web.line.download("https://cdn.test/a.png", tmp_path / "a", home=HOME, max_bytes=100, headers=KEY)
    (request,) = web.asked
    assert (request.url.host, request.headers["host"]) == ("93.184.216.34", "cdn.test")
    assert request.extensions["sni_hostname"] == "cdn.test"
    assert (tmp_path / "a").read_bytes() == b"picture"


def test_the_key_is_shown_to_the_provider_alone(tmp_path: Path) -> None:
    web = Web(
        {
            "https://api.provider.test/v1/files/1": redirect("https://cdn.test/a.png"),
            "https://cdn.test/a.png": httpx.Response(200, content=b"picture"),
        }
    )
    web.line.download(f"{HOME}/files/1", tmp_path / "a", home=HOME, max_bytes=100, headers=KEY)
    assert ["authorization" in request.headers for request in web.asked] == [True, False]


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:8501/",
        "https://10.0.0.5/",
        "https://inside.test/",
        "https://cloud.test/latest/meta-data",
        "https://[::1]/",
        "http://cdn.test/a.png",  # without encryption, although the provider has it
        "file:///etc/passwd",
        "gopher://cdn.test/",
    ],
)
@pytest.mark.parametrize("by_redirect", [True, False])
def test_nothing_is_fetched_from_the_network_around_this_machine(
    tmp_path: Path, target: str, by_redirect: bool
) -> None:
    web = Web({"https://cdn.test/r": redirect(target)})
    url = "https://cdn.test/r" if by_redirect else target
    with pytest.raises(GenerationError) as caught:
        web.line.download(url, tmp_path / "a", home=HOME, max_bytes=100)
    assert caught.value.category is E.BAD_RESULT
    assert len(web.asked) == by_redirect
    assert list(tmp_path.iterdir()) == []


def test_a_provider_in_the_private_network_may_keep_its_pictures_there(tmp_path: Path) -> None:
    web = Web({"http://inside.test/a": httpx.Response(200, content=b"picture")})
    web.line.download("http://inside.test/a", tmp_path / "a", home=PRIVATE_HOME, max_bytes=100)
    with pytest.raises(GenerationError):  # but never where clouds tell a machine its secrets
        web.line.download("http://cloud.test/a", tmp_path / "b", home=PRIVATE_HOME, max_bytes=100)


def test_an_upload_goes_nowhere_else_either() -> None:
    web = Web({"https://cdn.test/put": httpx.Response(204)})
    web.line.call("PUT", "https://cdn.test/put", endpoint="upload", wants="nothing", home=HOME, content=b"picture")
    assert web.asked[0].url.host == "93.184.216.34"  # the very address that was looked at
    with pytest.raises(GenerationError):
        web.line.call("PUT", "https://inside.test/put", endpoint="upload", wants="nothing", home=HOME, content=b"x")
    assert len(web.asked) == 1


def test_redirects_end_somewhere(tmp_path: Path) -> None:
    web = Web({"https://cdn.test/r": lambda: redirect("https://cdn.test/r")})
    with pytest.raises(GenerationError) as caught:
        web.line.download("https://cdn.test/r", tmp_path / "a", home=HOME, max_bytes=100)
    assert caught.value.category is E.BAD_RESULT
    assert len(web.asked) == 6


@pytest.mark.parametrize("announced", [True, False])
def test_more_than_is_allowed_is_not_read(tmp_path: Path, announced: bool) -> None:
    read: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(1000):
            read.append(number)
            yield b"x" * 64

    headers = {"Content-Length": "64000"} if announced else {}
    web = Web({"https://cdn.test/a": httpx.Response(200, headers=headers, content=pieces())})
    with pytest.raises(GenerationError) as caught:
        web.line.download("https://cdn.test/a", tmp_path / "a", home=HOME, max_bytes=640)
    assert caught.value.category is E.BAD_RESULT
    assert len(read) <= (0 if announced else 12)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("packing", "layers"), [("gzip", 1), ("gzip, gzip", 2), ("br", 1)])
def test_a_packed_bomb_is_taken_out_in_small_pieces_and_one_layer_only(
    tmp_path: Path, packing: str, layers: int
) -> None:
    packed = bytes(32 * 1024**2)
    for _ in range(layers):
        packed = gzip.compress(packed)
    web = Web(
        {"https://cdn.test/a": lambda: httpx.Response(200, headers={"Content-Encoding": packing}, stream=Once(packed))}
    )
    tracemalloc.start()
    try:
        with pytest.raises(GenerationError):
            web.line.download("https://cdn.test/a", tmp_path / "a", home=HOME, max_bytes=1024**2)
        with pytest.raises(GenerationError):
            web.line.call("GET", "https://cdn.test/a", endpoint="x", max_bytes=1024**2)
        assert tracemalloc.get_traced_memory()[1] < 8 * 1024**2
    finally:
        tracemalloc.stop()
    assert list(tmp_path.iterdir()) == []


def test_a_result_that_is_packed_once_is_unpacked(tmp_path: Path) -> None:
    picture = bytes(range(256)) * 4096
    headers = {"Content-Encoding": "gzip"}
    web = Web({"https://cdn.test/a": httpx.Response(200, headers=headers, stream=Once(gzip.compress(picture)))})
    web.line.download("https://cdn.test/a", tmp_path / "a", home=HOME, max_bytes=2 * 1024**2)
    assert (tmp_path / "a").read_bytes() == picture


def test_a_transfer_that_breaks_off_leaves_no_half_file(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half a"
        raise httpx.ReadError("the connection was reset")

    web = Web({"https://cdn.test/a": httpx.Response(200, content=pieces())})
    with pytest.raises(GenerationError) as caught:
        web.line.download("https://cdn.test/a", tmp_path / "a", home=HOME, max_bytes=100)
    assert (caught.value.category, caught.value.effect_possible) == (E.NETWORK, False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("status", "category"),
    [(403, E.EXPIRED), (404, E.EXPIRED), (410, E.EXPIRED), (429, E.RATE_LIMITED), (503, E.PROVIDER_OUTAGE)],
)
def test_a_result_that_is_not_handed_out_says_whether_it_may_come_back(
    tmp_path: Path, status: int, category: ErrorCategory
) -> None:
    web = Web({"https://cdn.test/a": httpx.Response(status, headers={"Retry-After": "9"})})
    with pytest.raises(GenerationError) as caught:
        web.line.download("https://cdn.test/a", tmp_path / "a", home=HOME, max_bytes=100)
    assert (caught.value.category, caught.value.retry_after) == (category, 9)


def test_a_host_that_is_not_found_is_a_matter_of_the_network(tmp_path: Path) -> None:
    with pytest.raises(GenerationError) as caught:
        Web({}).line.download("https://nowhere.test/a", tmp_path / "a", home=HOME, max_bytes=100)
    assert caught.value.category is E.NETWORK


def test_a_disk_that_takes_nothing_is_a_matter_of_files(tmp_path: Path) -> None:
    web = Web({"https://cdn.test/a": httpx.Response(200, content=b"picture")})
    with pytest.raises(GenerationError) as caught:
        web.line.download("https://cdn.test/a", tmp_path / "gone" / "a", home=HOME, max_bytes=100)
    assert caught.value.category is E.FILE_SYSTEM


@pytest.mark.parametrize(
    "uri",
    ["data:image/png;base64,AAAA", "data:;base64,AA AA", "DATA:image/png;base64,AA%41A", "data:image/png,%00%00%00"],
)
def test_a_data_address_holds_the_bytes(tmp_path: Path, uri: str) -> None:
    Web({}).line.download(uri, tmp_path / "a", home=HOME, max_bytes=3)
    assert (tmp_path / "a").read_bytes() == b"\0\0\0"


@pytest.mark.parametrize(
    "uri", ["data:image/png;base64,A", "data:image/png;base64,", "data:nothing", "data:image/png;base64,AAAAAAAA"]
)
def test_a_data_address_that_is_none_or_too_long_is_refused(tmp_path: Path, uri: str) -> None:
    with pytest.raises(GenerationError) as caught:
        Web({}).line.download(uri, tmp_path / "a", home=HOME, max_bytes=3)
    assert caught.value.category is E.BAD_RESULT
    assert list(tmp_path.iterdir()) == []
