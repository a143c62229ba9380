"""What the studio needs before anybody can work in it: providers, their models, the house's lookups."""

from core.clock import utc_now
from core.db.engine import Database
from core.jobs.ports import Ports
from core.settings import Settings
from core.studio.catalogue.seeding import StandIn, furnish
from core.studio.catalogue.syncing import Providers
from core.studio.providers import ProviderKind
from core.studio.wording import starters

# Below the sandbox's root, with the keys its documentation names.
STAND_INS: dict[ProviderKind, tuple[str, str | None]] = {
    ProviderKind.COMFYUI: ("comfyui", None),
    ProviderKind.REPLICATE: ("replicate/v1", "r8_sandbox"),
    ProviderKind.FAL: ("fal", "fal_sandbox"),
    ProviderKind.CIVITAI: ("civitai", "civitai_sandbox"),
    ProviderKind.OPENAI: ("openai/v1", "sk-sandbox"),
    ProviderKind.GEMINI: ("gemini", "AIza-sandbox"),
}


def stand_ins(settings: Settings) -> list[StandIn]:
    """The imitated providers of a running sandbox, if one runs."""
    if settings.sandbox_url is None:
        return []
    return [StandIn(kind, f"{settings.sandbox_url}/{path}", key) for kind, (path, key) in STAND_INS.items()]


def furnish_house(database: Database, providers: Providers, settings: Settings) -> None:
    """Write what is missing; a house that is furnished is only looked at."""
    now = utc_now()
    furnish(database, providers, stand_ins=stand_ins(settings), now=now)
    with database.read() as session:
        is_stocked = not starters.missing(session)
    if not is_stocked:
        with database.session() as session:
            starters.stock(session, now=now)


def furnish_again(ports: Ports) -> str | None:
    """The job: a provider that was away is asked for its models again."""
    furnish_house(ports.database, ports.image_providers, ports.settings)
    return None
