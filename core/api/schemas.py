"""What the API answers: the shapes of its JSON, with a word for each field."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from core.identity.api_keys import KeyHolder
from core.identity.scopes import Scope
from core.publishing.ingest import Delivered
from core.publishing.models import DeviationStatus, MatureLevel
from core.publishing.records import DeviationRecord, FileRecord, RecordPage
from core.settings import Settings


class AccountOut(BaseModel):
    """The account a post goes out with."""

    id: str
    username: str


class FileOut(BaseModel):
    """One file of a deviation."""

    id: str
    name: str
    mime_type: str
    size_bytes: int
    sha256: str
    width: int | None = Field(description="Pixels as shown.")
    height: int | None
    duration_seconds: float | None = Field(description="Of films and animations.")

    @classmethod
    def of(cls, file: FileRecord) -> Self:
        return cls(
            id=file.id, name=file.name, mime_type=file.mime_type, size_bytes=file.size_bytes, sha256=file.sha256,
            width=file.width, height=file.height, duration_seconds=file.duration_seconds,
        )  # fmt: skip


class FileDetailOut(FileOut):
    """One file, with what it says about its making."""

    embedded: dict[str, Any] | None = Field(
        description="prompt, seed, model and more where the file tells; the texts as found (a ComfyUI workflow, say) "
        "are under `raw`."
    )

    @classmethod
    def of(cls, file: FileRecord) -> Self:
        return cls(**FileOut.of(file).model_dump(), embedded=file.embedded)


class DeviationBase(BaseModel):
    """What every answer says about a deviation."""

    id: str = Field(examples=["dev_01kb2y5v0zf4v9h9c0k3r6t1wx"])
    status: DeviationStatus
    title: str
    description: str | None
    tags: list[str]
    is_mature: bool
    mature_level: MatureLevel | None
    is_ai_generated: bool
    no_ai: bool
    gallery_ids: list[str]
    rating: int | None = Field(description="The artist's own, 1 to 5.")
    project: str | None
    account: AccountOut | None
    created_at: datetime
    updated_at: datetime
    goes_out_at: datetime | None = Field(description="The promised instant of a scheduled post.")
    published_at: datetime | None
    url: str | None = Field(description="Its address at DeviantArt, once it is out.")
    error: str | None = Field(description="Why it could not go out.")

    @staticmethod
    def _values(record: DeviationRecord) -> dict[str, Any]:
        account = None
        if record.account_id is not None:
            account = AccountOut(id=record.account_id, username=record.account_name or "")
        kept = {name for name in DeviationBase.model_fields if name != "account"}
        return {name: getattr(record, name) for name in kept} | {"account": account}


class DeviationOut(DeviationBase):
    """A deviation as lists show it."""

    files: list[FileOut]

    @classmethod
    def of(cls, record: DeviationRecord) -> Self:
        return cls(**cls._values(record), files=[FileOut.of(file) for file in record.files])


class DeviationDetailOut(DeviationBase):
    """A deviation with all that is known about its files."""

    files: list[FileDetailOut]

    @classmethod
    def of(cls, record: DeviationRecord) -> Self:
        return cls(**cls._values(record), files=[FileDetailOut.of(file) for file in record.files])


class DeliveredOut(DeviationOut):
    """The deviation that shows the file which was sent."""

    duplicate: bool = Field(description="The same content was here already; this is the deviation that shows it.")
    warnings: list[str] = Field(description="Sentences about the file; none of them is fatal.")

    @classmethod
    def told(cls, delivered: Delivered) -> dict[str, Any]:
        """The answer as plain JSON."""
        out = DeviationOut.of(delivered.record).model_dump(mode="json")
        return out | {"duplicate": delivered.is_duplicate, "warnings": list(delivered.warnings)}


class DeviationsOut(BaseModel):
    """Some deviations, newest first."""

    items: list[DeviationOut]
    next_cursor: str | None = Field(
        description="Give it as `cursor` to see what comes next; null: these were the last."
    )

    @classmethod
    def of(cls, page: RecordPage) -> Self:
        return cls(items=[DeviationOut.of(record) for record in page.records], next_cursor=page.next_cursor)


class KeyOut(BaseModel):
    """The key that was shown."""

    id: str
    name: str
    prefix: str
    scopes: list[Scope]
    expires_at: datetime | None


class LimitsOut(BaseModel):
    """What this installation takes."""

    max_file_bytes: int
    requests_per_minute: int = Field(description="Of one key; 0 is no limit.")


class MeOut(BaseModel):
    """Whose key this is, and what it may do."""

    user_id: str
    username: str
    key: KeyOut
    limits: LimitsOut

    @classmethod
    def of(cls, caller: KeyHolder, settings: Settings) -> Self:
        key = KeyOut(
            id=caller.api_key_id, name=caller.key_name, prefix=caller.prefix,
            scopes=[scope for scope in Scope if scope in caller.scopes], expires_at=caller.expires_at,
        )  # fmt: skip
        limits = LimitsOut(
            max_file_bytes=settings.max_file_mb * 1024 * 1024, requests_per_minute=settings.api_requests_per_minute
        )
        return cls(user_id=caller.user_id, username=caller.username, key=key, limits=limits)
