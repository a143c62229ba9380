"""The object store in a bucket of S3 or of anything that speaks its protocol (MinIO, Ceph, R2, Garage).

Credentials come from where boto3 looks for them: environment, shared files, instance role.
API: https://docs.aws.amazon.com/AmazonS3/latest/API/, version 2006-03-01.
"""

import contextlib
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from core.media.storage import (
    ObjectMissing,
    StorageFull,
    StorageUnavailableError,
    StoredObject,
    check_key,
    check_prefix,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_TRANSFER = TransferConfig(multipart_threshold=16 * 1024**2, multipart_chunksize=16 * 1024**2, use_threads=False)
_MEMORY_BYTES = 8 * 1024**2  # an opened object above this goes to a temporary file
_LONGEST_LINK_SECONDS = 7 * 24 * 3600  # of signature version 4
_MISSING = {"404", "NoSuchKey", "NotFound"}
_FULL = {"InsufficientStorage", "QuotaExceeded", "XMinioStorageFull", "507"}
_REFUSED = {"401", "403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"}


class S3Store:
    """Objects of one bucket, below ``prefix`` when one is given.

    ``endpoint_url`` is where this server reaches the bucket, ``public_endpoint_url`` where browsers
    do; inside containers the two differ, and a link is signed for the host it names.
    """

    def __init__(
        self, bucket: str, *, prefix: str = "", endpoint_url: str | None = None, public_endpoint_url: str | None = None
    ) -> None:
        self._bucket = bucket
        bare = check_prefix(prefix)
        self._prefix = f"{bare}/" if bare else ""
        self._client = _client(endpoint_url)
        self._links = _client(public_endpoint_url) if public_endpoint_url else self._client

    def put(self, key: str, source: Path | bytes, *, content_type: str) -> None:
        name = self._name(key)
        if isinstance(source, bytes):
            with _named_errors():
                self._client.put_object(Bucket=self._bucket, Key=name, Body=source, ContentType=content_type)
            return
        source.stat()  # a source that is missing is the caller's mistake, not the store's
        with _named_errors():
            self._client.upload_file(
                str(source), self._bucket, name, ExtraArgs={"ContentType": content_type}, Config=_TRANSFER
            )

    def get(self, key: str) -> bytes:
        with _named_errors():
            return self._client.get_object(Bucket=self._bucket, Key=self._name(key))["Body"].read()

    def open(self, key: str) -> BinaryIO:
        # Read to the end at once: a connection kept open by a slow reader breaks off half-way.
        file = tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES)  # noqa: SIM115 - the caller closes it
        try:
            with _named_errors():
                body = self._client.get_object(Bucket=self._bucket, Key=self._name(key))["Body"]
                shutil.copyfileobj(body, file)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return cast(BinaryIO, file)

    def download(self, key: str, target: Path) -> None:
        with _named_errors():  # boto3 writes beside the target and renames
            self._client.download_file(self._bucket, self._name(key), str(target), Config=_TRANSFER)

    def local_path(self, key: str) -> Path | None:
        check_key(key)
        return None

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except ObjectMissing:
            return False
        return True

    def size(self, key: str) -> int:
        with _named_errors():
            return self._client.head_object(Bucket=self._bucket, Key=self._name(key))["ContentLength"]

    def delete(self, key: str) -> None:
        with contextlib.suppress(ObjectMissing), _named_errors():
            self._client.delete_object(Bucket=self._bucket, Key=self._name(key))

    def delete_prefix(self, prefix: str) -> None:
        if not check_prefix(prefix):
            raise ValueError("Emptying the whole store is not done by prefix.")
        for stored in self.list(prefix):
            # One by one: the call for many wants a checksum that not every imitation of S3 agrees on.
            self.delete(stored.key)

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        bare = check_prefix(prefix)
        folder = f"{self._prefix}{bare}/" if bare else self._prefix
        with _named_errors():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=folder):
                for entry in page.get("Contents", []):
                    key = entry["Key"].removeprefix(self._prefix)
                    if not key.startswith("."):  # a probe of check
                        yield StoredObject(key, entry["Size"], entry["LastModified"].astimezone(UTC))

    def presigned_url(self, key: str, *, expires_seconds: int) -> str | None:
        with _named_errors():
            return self._links.generate_presigned_url(
                "get_object",
                Params={"Bucket": self._bucket, "Key": self._name(key)},
                ExpiresIn=max(1, min(expires_seconds, _LONGEST_LINK_SECONDS)),
            )

    def check(self) -> None:
        name, probe = f"{self._prefix}.check/{uuid.uuid4().hex}", b"Can this be read again?"
        with _named_errors():
            self._client.put_object(Bucket=self._bucket, Key=name, Body=probe)
            read = self._client.get_object(Bucket=self._bucket, Key=name)["Body"].read()
            self._client.delete_object(Bucket=self._bucket, Key=name)
        if read != probe:
            raise StorageUnavailableError("The bucket gave back something else than was written. Check the endpoint.")

    def _name(self, key: str) -> str:
        return self._prefix + check_key(key)


def _client(endpoint_url: str | None) -> "S3Client":
    session = boto3.session.Session()  # of its own: the default one must not be shared between threads
    config = Config(
        connect_timeout=5,
        read_timeout=30,
        retries={"mode": "standard", "total_max_attempts": 3},
        max_pool_connections=64,
        signature_version="s3v4",
        # Buckets as host names need DNS that servers other than Amazon's seldom have.
        s3={"addressing_style": "path" if endpoint_url else "auto"},
        # The newer checksums are refused by imitations of S3; TLS and SHA-256 names guard the content.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    region = session.region_name or "us-east-1"
    return session.client("s3", endpoint_url=endpoint_url, region_name=region, config=config)


@contextlib.contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise _named(error) from error
    except Boto3Error as error:
        inner = error.__context__  # upload_file wraps the answer in a sentence
        raise (_named(inner) if isinstance(inner, ClientError) else _no_answer()) from error
    except BotoCoreError as error:
        raise _no_answer() from error


def _named(error: ClientError) -> Exception:
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code in _MISSING:
        return ObjectMissing("This file is no longer in the store.")
    if code in _FULL:
        return StorageFull("The bucket with the pictures is full. Make room or raise its quota, then try again.")
    if code in _REFUSED:
        return StorageUnavailableError(
            f"The bucket does not let Atelier in ({code}). Check the access key and the bucket's policy."
        )
    return StorageUnavailableError(f"The bucket did not do its work ({code}). Check ATELIER_STORAGE_URL; then retry.")


def _no_answer() -> StorageUnavailableError:
    return StorageUnavailableError(
        "The bucket with the pictures does not answer. Check ATELIER_S3_ENDPOINT_URL, the access key and the network."
    )
