"""The bucket store: links, prefixes, and a server that refuses or is gone."""

import socket
from urllib.parse import urlsplit

import httpx
import pytest
from botocore.exceptions import ClientError

from core.adapters.storage.factory import open_store
from core.errors import InvalidInputError
from core.media.storage import StorageFull, StorageUnavailableError

KEY = "usr_alice/blobs/ab/abcdef.png"


@pytest.fixture
def dead_end() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def test_objects_lie_below_the_prefix_with_their_type(s3_store, s3_client, bucket):
    s3_store.put(KEY, b"a fox", content_type="image/png")
    assert s3_client.head_object(Bucket=bucket, Key=f"studio/{KEY}")["ContentType"] == "image/png"


def test_two_prefixes_of_one_bucket_do_not_see_each_other(s3_server, bucket):
    studio = open_store(f"s3://{bucket}/studio", s3_endpoint_url=s3_server)
    bare = open_store(f"s3://{bucket}", s3_endpoint_url=s3_server)
    studio.put(KEY, b"a fox", content_type="image/png")
    bare.put(KEY, b"an owl", content_type="image/png")
    bare.delete_prefix("usr_alice")
    assert studio.get(KEY) == b"a fox"
    assert [stored.key for stored in studio.list()] == [KEY]


def test_a_link_opens_the_object_for_anyone(s3_store):
    s3_store.put(KEY, b"a fox", content_type="image/png")
    assert httpx.get(s3_store.presigned_url(KEY, expires_seconds=60)).content == b"a fox"


def test_a_link_names_the_public_endpoint(s3_server, bucket):
    public = open_store(
        f"s3://{bucket}", s3_endpoint_url=s3_server, s3_public_endpoint_url="https://pictures.example.com"
    )
    assert urlsplit(public.presigned_url(KEY, expires_seconds=60)).netloc == "pictures.example.com"


def test_a_link_never_lives_longer_than_the_protocol_allows(s3_store):
    assert "X-Amz-Expires=604800" in s3_store.presigned_url(KEY, expires_seconds=10**9)


def test_a_server_that_is_gone_is_named_unavailable(s3_credentials, dead_end):
    store = open_store("s3://pictures", s3_endpoint_url=dead_end)
    for use in (store.get, store.exists, store.delete, store.size):
        with pytest.raises(StorageUnavailableError, match="does not answer"):
            use(KEY)
    with pytest.raises(StorageUnavailableError):
        store.check()


def test_a_bucket_that_does_not_exist_fails_the_check(s3_server, s3_credentials, tmp_path):
    store = open_store("s3://nobodys-bucket", s3_endpoint_url=s3_server)
    with pytest.raises(StorageUnavailableError, match="NoSuchBucket"):
        store.check()
    (tmp_path / "fox.png").write_bytes(b"a fox")
    with pytest.raises(StorageUnavailableError, match="NoSuchBucket"):
        store.put(KEY, tmp_path / "fox.png", content_type="image/png")


def test_missing_credentials_are_named(s3_server, s3_credentials, monkeypatch, tmp_path):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    store = open_store("s3://pictures", s3_endpoint_url=s3_server)
    with pytest.raises(StorageUnavailableError, match="access key"):
        store.get(KEY)


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("XMinioStorageFull", StorageFull),
        ("QuotaExceeded", StorageFull),
        ("AccessDenied", StorageUnavailableError),
        ("SlowDown", StorageUnavailableError),
    ],
)
@pytest.mark.parametrize("as_file", [False, True])
def test_what_the_server_says_decides_the_error(s3_store, monkeypatch, tmp_path, code, named, as_file):
    def refuse(*_arguments, **_options):
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "PutObject")

    monkeypatch.setattr(s3_store._client, "_make_api_call", refuse)
    source = tmp_path / "fox.png"
    source.write_bytes(b"a fox")
    with pytest.raises(named):
        s3_store.put(KEY, source if as_file else b"a fox", content_type="image/png")


@pytest.mark.parametrize("address", ["", "ftp://host/x", "s3://", "/plain/path", "file://elsewhere/x"])
def test_an_address_that_means_nothing_is_refused(address):
    with pytest.raises(InvalidInputError, match="ATELIER_STORAGE_URL"):
        open_store(address)
