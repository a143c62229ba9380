"""The two kinds of store, real ones: a folder, and a bucket served by moto on loopback."""

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto.server import ThreadedMotoServer

from core.adapters.storage.factory import open_store
from core.media.storage import ObjectStore

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of a bucket server that knows any key."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "alice")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-alice")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def s3_client(s3_server) -> "S3Client":
    """A client of the tests' own, to look at a bucket from outside."""
    return boto3.session.Session().client(
        "s3",
        endpoint_url=s3_server,
        aws_access_key_id="alice",
        aws_secret_access_key="secret-of-alice",
        region_name="us-east-1",
    )


@pytest.fixture
def bucket(s3_client, s3_credentials) -> str:
    name = f"pictures-{uuid.uuid4().hex}"
    s3_client.create_bucket(Bucket=name)
    return name


@pytest.fixture
def s3_store(s3_server, bucket) -> ObjectStore:
    return open_store(f"s3://{bucket}/studio", s3_endpoint_url=s3_server)


@pytest.fixture
def folder_store(tmp_path) -> ObjectStore:
    return open_store((tmp_path / "my files").as_uri())


@pytest.fixture(params=["folder", "s3"])
def store(request) -> ObjectStore:
    return request.getfixturevalue(f"{request.param}_store")
