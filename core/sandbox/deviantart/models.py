"""The records of the imitated site: people, access, submissions, published work. Instants are Unix seconds."""

from dataclasses import dataclass, field
from typing import Any

JsonDict = dict[str, Any]


@dataclass
class Client:
    """A registered confidential application; without redirect URIs, loopback ones register on first sight."""

    client_id: str
    client_secret: str
    redirect_uris: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.client_id


@dataclass
class User:
    """Someone with an account at the site."""

    username: str
    userid: str
    created_at: float

    @property
    def key(self) -> str:
        return self.username.lower()


@dataclass
class Grant:
    """What one authorisation allows one application; without a username it is the application itself."""

    grant_id: str
    client_id: str
    username: str | None
    scope: list[str]
    created_at: float
    is_revoked: bool = False

    @property
    def key(self) -> str:
        return self.grant_id


@dataclass
class AuthCode:
    """A code on its way through the browser."""

    code: str
    client_id: str
    username: str
    scope: list[str]
    redirect_uri: str
    challenge: str
    expires_at: float
    is_used: bool = False

    @property
    def key(self) -> str:
        return self.code


@dataclass
class AccessToken:
    """A bearer token."""

    token: str
    grant_id: str
    expires_at: float

    @property
    def key(self) -> str:
        return self.token


@dataclass
class RefreshToken:
    """Good for one exchange."""

    token: str
    grant_id: str
    expires_at: float
    used_at: float | None = None

    @property
    def key(self) -> str:
        return self.token


@dataclass
class RefreshAttempt:
    """One call with a refresh token, and how it ended: ok, reused, expired, revoked or unknown."""

    seq: int
    at: float
    outcome: str
    username: str | None

    @property
    def key(self) -> str:
        return str(self.seq)


@dataclass
class Folder:
    """A gallery folder; the one called Featured is always there."""

    folderid: str
    username: str
    name: str
    position: int
    parent: str | None = None
    description: str = ""
    cover_deviationid: str | None = None
    is_featured: bool = False

    @property
    def key(self) -> str:
        return self.folderid


@dataclass
class Stack:
    """A group of submissions."""

    stackid: int
    username: str
    title: str

    @property
    def key(self) -> str:
        return str(self.stackid)


@dataclass
class StoredFile:
    """What is known of an uploaded file; width and height are pixels, 0 when it is no picture."""

    sha256: str
    filename: str
    content_type: str
    size_bytes: int
    width: int
    height: int

    @property
    def is_image(self) -> bool:
        return self.width > 0


@dataclass
class StashItem:
    """A submission; ``parameters`` is what the last submit call sent."""

    itemid: int
    username: str
    stackid: int
    title: str
    created_at: float
    updated_at: float
    artist_comments: str = ""
    tags: list[str] = field(default_factory=list)
    is_dirty: bool = False
    file: JsonDict = field(default_factory=dict)
    parameters: JsonDict = field(default_factory=dict)
    submits: int = 1
    publish_attempts: int = 0
    deviationid: str | None = None

    @property
    def key(self) -> str:
        return str(self.itemid)

    @property
    def stored_file(self) -> StoredFile:
        return StoredFile(**self.file)


@dataclass
class Deviation:
    """Published work; ``folders`` gives its place in each folder, lowest first."""

    deviationid: str
    number: int
    itemid: int
    username: str
    title: str
    slug: str
    description: str
    tags: list[str]
    published_at: float
    file: JsonDict
    options: JsonDict
    submit_parameters: JsonDict
    publish_parameters: JsonDict
    folders: dict[str, float] = field(default_factory=dict)
    is_half_published: bool = False
    views: int = 0
    downloads: int = 0
    edits: list[JsonDict] = field(default_factory=list)
    is_deleted: bool = False
    is_picture_withheld: bool = False

    @property
    def key(self) -> str:
        return self.deviationid

    @property
    def stored_file(self) -> StoredFile:
        return StoredFile(**self.file)

    @property
    def path(self) -> str:
        return f"/{self.username}/art/{self.slug}-{self.number}"

    @property
    def is_mature(self) -> bool:
        return bool(self.options.get("is_mature"))


@dataclass
class Behaviour:
    """How the site itself is set; survives a restart. Durations in seconds."""

    access_seconds: int = 3600
    refresh_seconds: int = 90 * 24 * 3600
    gallery_lag_seconds: float = 0.0
    agreements_required: bool = False
    notes_served: bool = True
    views_a_day: float = 40.0

    @property
    def key(self) -> str:
        return "behaviour"


@dataclass
class Counters:
    """The next numbers to hand out; never reset, so that no id is used twice."""

    itemid: int = 1_763_000_000_000_001
    number: int = 1_200_000_001
    stackid: int = 2_100_000_000_000_001
    refresh_seq: int = 1
    signing_key: str = ""

    @property
    def key(self) -> str:
        return "counters"
