"""What a process is made of, put together once when it starts."""

from dataclasses import dataclass
from functools import cached_property

from core.adapters.deviantart.sites import DeviantArt, build_sites
from core.adapters.images.factory import build_image_providers
from core.adapters.storage.factory import open_store
from core.db import models as _models  # noqa: F401 - tables refer to each other by name: all must be known
from core.db.crypto import Keyring, install_keyring, load_keys
from core.db.engine import Database
from core.identity.sessions import cookie_name
from core.logs import configure_logging
from core.media.storage import ObjectStore
from core.settings import Settings, get_settings
from core.studio.providers import ImageProvider, ProviderKind


@dataclass(frozen=True)
class Runtime:
    """The settings of this process and the doors to everything outside it."""

    settings: Settings
    database: Database
    store: ObjectStore

    @cached_property
    def uses_sandbox(self) -> bool:
        """Whether this installation publishes to the stand-in instead of DeviantArt."""
        return self.settings.sandbox_url is not None

    @cached_property
    def cookie_name(self) -> str:
        """What the cookie of a session is called here."""
        return cookie_name(self.settings.resolved_public_url)

    @cached_property
    def sites(self) -> dict[str, DeviantArt]:
        """The sites accounts can be linked at, by ``accounts.provider``."""
        return build_sites(self.settings)

    @cached_property
    def image_providers(self) -> dict[ProviderKind, ImageProvider]:
        """What speaks each provider's protocol; which account is called comes with the call."""
        return build_image_providers(self.settings)

    def close(self) -> None:
        """Hang up; the process is about to end."""
        for provider in self.__dict__.get("image_providers", {}).values():
            provider.close()
        for site in self.__dict__.get("sites", {}).values():  # only if somebody asked for them
            site.close()
        self.database.dispose()


def build_runtime(settings: Settings) -> Runtime:
    """Connect everything ``settings`` name; also sets up logging and the process's master keys."""
    configure_logging(level=settings.log_level, as_json=settings.log_format == "json")
    # Pictures, sealed tokens and hashes of passwords: nobody else on this machine needs to read them.
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = settings.secret_key.get_secret_value() if settings.secret_key else None
    install_keyring(Keyring(load_keys(secret, settings.data_dir)))
    store = open_store(
        settings.resolved_storage_url,
        s3_endpoint_url=settings.s3_endpoint_url,
        s3_public_endpoint_url=settings.s3_public_endpoint_url,
    )
    return Runtime(settings, Database(settings.resolved_database_url), store)


_installed: list[Runtime] = []


def install_runtime(runtime: Runtime) -> None:
    """Make ``runtime`` the process's own, as tests and start-up code do."""
    _installed[:] = [runtime]


def get_runtime() -> Runtime:
    """The process's runtime; built from the environment when nobody has installed one."""
    if not _installed:
        install_runtime(build_runtime(get_settings()))
    return _installed[0]
