"""One frozen settings object, read from the environment (prefix ``ATELIER_``) once per process.

Any secret may instead be given as a file: ``ATELIER_SECRET_KEY_FILE=/run/secrets/key``.
``docs/reference/settings.md`` lists every name with its meaning.
"""

import os
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "ATELIER_"
SECRET_NAMES = ("SECRET_KEY", "DEVIANTART_CLIENT_SECRET", "DATABASE_URL", "SMTP_URL")

DEVIANTART_ROOT = "https://www.deviantart.com"
SANDBOX_CLIENT_ID = "atelier-sandbox"
SANDBOX_CLIENT_SECRET = "sandbox-secret"  # noqa: S105 - the sandbox's public, documented client


class Settings(BaseSettings):
    """Everything that differs between two installations."""

    # A wrong setting is named; the values of all, secrets among them, stay out of the message.
    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True)

    data_dir: Path = Field(default=Path("data"), description="Database, pictures and the master key live here.")
    database_url: str = Field(default="", description="Empty: SQLite inside the data folder.")
    shared_data_dir: Literal["auto", "yes", "no"] = Field(
        default="auto",
        description="Whether every process of the house sees this very data folder; `auto`: with SQLite. Only then is "
        "a call that no courier knows of certain never to have been made.",
    )
    storage_url: str = Field(
        default="", description="`file:///…` or `s3://bucket/prefix`; empty: inside the data folder."
    )
    s3_endpoint_url: str | None = Field(
        default=None, description="Where this server reaches the bucket; empty: Amazon's own address."
    )
    s3_public_endpoint_url: str | None = Field(
        default=None, description="Where browsers reach the bucket; for presigned links, which no screen uses so far."
    )
    secret_key: SecretStr | None = Field(default=None, description="Master keys, newest first, comma separated.")

    host: str = Field(default="127.0.0.1", description="Address the dashboard listens on; `0.0.0.0` is all of them.")
    port: int = Field(default=8501, ge=1, le=65535, description="Port of the dashboard.")
    api_port: int = Field(default=8604, ge=1, le=65535, description="Port of the API when `atelier api` runs it alone.")
    api_requests_per_minute: int = Field(
        default=300, ge=0, description="Most requests of one API key a minute, per process; 0: any number."
    )
    public_url: str = Field(default="", description="Where browsers reach the dashboard; empty: host and port.")
    trusted_proxies: str = Field(
        default="", description="Addresses of proxies whose X-Forwarded headers are believed, comma separated."
    )

    deviantart_url: str = Field(default=DEVIANTART_ROOT, description="The site's root.")
    deviantart_client_id: str | None = Field(default=None, description="Of your application at DeviantArt.")
    deviantart_client_secret: SecretStr | None = Field(default=None, description="Belongs to the client id.")
    contact: str = Field(default="https://github.com/", description="Named in the User-Agent, as DeviantArt asks.")
    sandbox_port: int = Field(default=8602, ge=1, le=65535, description="Port of the stand-in for DeviantArt.")
    sandbox_url: str | None = Field(default=None, description="Root of a running sandbox; `atelier up` sets it.")

    # Providers of pictures: where a connection without an address of its own leads.
    replicate_url: str = Field(default="https://api.replicate.com", description="Replicate's root.")
    fal_url: str = Field(
        default="https://queue.fal.run",
        description="fal's queue; its other hosts are fal's own with this address, else below it at `/-/rest` and "
        "`/-/platform`.",
    )
    civitai_url: str = Field(default="https://orchestration.civitai.com", description="Civitai's orchestration.")
    comfyui_url: str = Field(default="http://127.0.0.1:8188", description="Root of a ComfyUI server.")
    openai_url: str = Field(default="https://api.openai.com/v1", description="OpenAI's API, with its version.")
    gemini_url: str = Field(
        default="https://generativelanguage.googleapis.com", description="The Gemini API, without its version."
    )

    log_format: Literal["console", "json"] = Field(default="console", description="JSON is for log collectors.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="What is less important than this is not logged."
    )

    # The sidecar
    scheduler_port: int = Field(default=8603, ge=0, le=65535, description="Health and metrics of the sidecar; 0: none.")
    workers: int = Field(default=64, ge=1, le=512, description="Provider calls under way at once, per process.")
    generation_calls: int = Field(
        default=32, ge=1, le=512, description="Calls to providers of pictures begun at once, per process."
    )
    lease_seconds: float = Field(default=45, gt=0, description="A silent worker loses its posts after this.")
    tick_seconds: float = Field(default=1, gt=0, description="How often due posts are looked for.")
    dispatch: Literal["auto", "pool", "procrastinate"] = Field(
        default="auto",
        description="Who publishes: the sidecar's own pool, or workers through Procrastinate (PostgreSQL only); "
        "`auto` takes workers when one is alive.",
    )
    call_gap_seconds: float = Field(default=3, ge=0, description="Shortest pause between two calls of one account.")
    longest_call_gap_seconds: float = Field(default=300, gt=0, description="To this the pause grows when limited.")
    provider_timeout_seconds: float = Field(default=60, gt=0, description="Longest wait for one answer of a provider.")
    provider_webhooks: Literal["auto", "yes", "no"] = Field(
        default="auto",
        description="Whether providers of pictures are asked to call back at the public URL; `auto`: when it begins "
        "with https. They are asked how a call stands in any case.",
    )
    unknown_wait_seconds: float = Field(
        default=20, ge=0, description="Wait before asking what became of a lost answer."
    )

    # Notifications
    smtp_url: SecretStr | None = Field(
        default=None,
        description="Mail server: `smtp://name:password@host:587` (STARTTLS; `?starttls=no` without) or "
        "`smtps://name:password@host:465`. None: mails wait in the outbox.",
    )
    mail_from: str | None = Field(
        default=None, description="Sender of mails, as `Atelier <atelier@example.com>`; needed with a mail server."
    )
    webhooks_to_private_networks: Literal["auto", "yes", "no"] = Field(
        default="auto",
        description="Whether webhooks may lead to this machine and its network; `auto`: while the dashboard itself "
        "can be reached from this machine alone.",
    )

    # Limits
    max_file_mb: int = Field(default=50, ge=1, description="Largest file that is taken, in MiB.")
    max_files_per_deviation: int = Field(default=100, ge=1, description="Most files of one deviation.")
    max_megapixels: int = Field(default=250, ge=1, description="Larger pictures are refused before decoding.")
    session_idle_days: int = Field(default=30, ge=1, description="A browser unused for this long is signed out.")
    trash_days: int = Field(default=90, ge=1, description="The trash is emptied of what is older than this.")
    log_days: int = Field(default=90, ge=1, description="How long attempts stay in the execution log.")
    generation_log_days: int = Field(
        default=30, ge=1, description="How long lines about the making of pictures are kept."
    )

    @model_validator(mode="before")
    @classmethod
    def _read_secret_files(cls, values: dict[str, object]) -> dict[str, object]:
        for name in SECRET_NAMES:
            path = os.environ.get(f"{PREFIX}{name}_FILE")
            if path and name.lower() not in values:
                values[name.lower()] = Path(path).read_text(encoding="utf-8").strip()
        return values

    @field_validator(
        *("deviantart_url", "sandbox_url", "public_url"),
        *("replicate_url", "fal_url", "civitai_url", "comfyui_url", "openai_url", "gemini_url"),
    )
    @classmethod
    def _without_trailing_slash(cls, value: str | None) -> str | None:
        return value.rstrip("/") if value else value

    @field_validator("trusted_proxies")
    @classmethod
    def _named_proxies(cls, value: str) -> str:
        if "*" in value:
            raise ValueError("Name the proxies' addresses or networks: with * anybody could claim to be anybody.")
        return value

    @model_validator(mode="after")
    def _whole_client(self) -> Self:
        if bool(self.deviantart_client_id) != bool(self.deviantart_client_secret):
            raise ValueError("Give both ATELIER_DEVIANTART_CLIENT_ID and ATELIER_DEVIANTART_CLIENT_SECRET, or neither.")
        return self

    @model_validator(mode="after")
    def _whole_mail(self) -> Self:
        if self.smtp_url is not None and not self.mail_from:
            raise ValueError("Give ATELIER_MAIL_FROM with ATELIER_SMTP_URL: mails need a sender.")
        return self

    @property
    def resolved_database_url(self) -> str:
        """The SQLAlchemy address; plain ``postgresql://`` means psycopg 3."""
        url = self.database_url or f"sqlite:///{(self.data_dir / 'atelier.db').resolve()}"
        for plain in ("postgresql://", "postgres://"):
            if url.startswith(plain):
                return "postgresql+psycopg://" + url.removeprefix(plain)
        return url

    @property
    def shares_data_dir(self) -> bool:
        if self.shared_data_dir != "auto":
            return self.shared_data_dir == "yes"
        return self.resolved_database_url.startswith("sqlite")

    @property
    def resolved_storage_url(self) -> str:
        return self.storage_url or (self.data_dir / "files").resolve().as_uri()

    @property
    def resolved_public_url(self) -> str:
        host = "localhost" if self.host in {"127.0.0.1", "0.0.0.0", "::1"} else self.host  # noqa: S104 - compared, not bound
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def provider_webhook_root(self) -> str | None:
        """Where providers reach us; ``None`` when they cannot or are not to."""
        is_reachable = self.public_url.startswith("https://") or (self.provider_webhooks == "yes" and self.public_url)
        return self.public_url if is_reachable and self.provider_webhooks != "no" else None

    @property
    def allows_private_webhooks(self) -> bool:
        """Who can sit down at this machine reaches its network anyway; others must not through us."""
        if self.webhooks_to_private_networks != "auto":
            return self.webhooks_to_private_networks == "yes"
        return self.host in {"127.0.0.1", "::1", "localhost"} and not self.public_url


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The process's settings; raises ``pydantic.ValidationError`` that names each wrong value."""
    return Settings()
