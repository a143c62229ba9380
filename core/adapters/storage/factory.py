"""Which object store an address means."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from core.adapters.storage.folder import FolderStore
from core.adapters.storage.s3 import S3Store
from core.errors import InvalidInputError
from core.media.storage import ObjectStore


def open_store(
    storage_url: str, *, s3_endpoint_url: str | None = None, s3_public_endpoint_url: str | None = None
) -> ObjectStore:
    """The store at ``file:///folder`` or ``s3://bucket/prefix``.

    A folder is made when it does not exist; a bucket must be there, ``check`` tells. Raises
    ``InvalidInputError`` for another kind of address, ``StorageUnavailableError`` for a folder that
    cannot be made.
    """
    url = urlsplit(storage_url)
    if url.scheme == "file" and url.netloc in {"", "localhost"} and url.path:
        return FolderStore(Path(unquote(url.path)))
    if url.scheme == "s3" and url.netloc:
        return S3Store(
            url.netloc,
            prefix=unquote(url.path),
            endpoint_url=s3_endpoint_url,
            public_endpoint_url=s3_public_endpoint_url,
        )
    raise InvalidInputError("Set ATELIER_STORAGE_URL to file:///a/folder or s3://bucket/prefix.")
