"""What ``GET /_sandbox/state`` tells: counts, and everything received."""

from collections.abc import Callable

from core.sandbox.deviantart.models import Deviation, StashItem, User
from core.sandbox.deviantart.state import Site
from core.sandbox.requestlog import iso
from core.sandbox.store import JsonDict
from core.sandbox.traffic import Conditions

LISTS = ("counts", "users", "submissions", "deviations", "requests", "refreshes", "faults", "behaviour")


def report(site: Site, conditions: Conditions, wanted: set[str]) -> JsonDict:
    """The parts asked for, by name; paths are relative to the sandbox."""
    makers: dict[str, Callable[[], object]] = {
        "counts": lambda: _counts(site),
        "users": lambda: [user_json(site, user) for user in site.users],
        "submissions": lambda: [_item_json(item) for item in site.items],
        "deviations": lambda: [_deviation_json(site, work) for work in site.deviations],
        "requests": lambda: [row.as_json() for row in site.log],
        "refreshes": lambda: [{**vars(attempt), "at": iso(attempt.at)} for attempt in site.refreshes],
        "faults": lambda: [fault.as_json() for fault in conditions.faults],
        "behaviour": lambda: _behaviour(site, conditions),
    }
    return {name: make() for name, make in makers.items() if name in wanted}


def _counts(site: Site) -> JsonDict:
    works = list(site.deviations)
    return {
        "users": len(site.users),
        "submissions": len(site.items),
        "deviations": len(works),
        "half_published": sum(work.is_half_published for work in works),
        "publish_attempts": sum(item.publish_attempts for item in site.items),
        # Always 0: the sandbox's own promise, counted from the records so that it can be checked.
        "items_published_twice": len(works) - len({work.itemid for work in works}),
        # Above 0 when a client sent the same file as two submissions and published both.
        "files_published_twice": len(site.files_published_twice()),
        "requests": len(site.log),
        "refreshes": len(site.refreshes),
    }


def user_json(site: Site, user: User) -> JsonDict:
    folders = [{"folderid": folder.folderid, "name": folder.name} for folder in site.folders_of(user.username)]
    return {"username": user.username, "userid": user.userid, "folders": folders}


def _item_json(item: StashItem) -> JsonDict:
    instants = {"created_at": iso(item.created_at), "updated_at": iso(item.updated_at)}
    return {**vars(item), **instants, "sha256": item.file["sha256"]}


def _deviation_json(site: Site, work: Deviation) -> JsonDict:
    return {
        **vars(work),
        "published_at": iso(work.published_at),
        "path": work.path,
        "sha256": work.file["sha256"],
        "folders": list(work.folders),
        "is_listed": site.is_listed(work) and not work.is_half_published,
    }


def _behaviour(site: Site, conditions: Conditions) -> JsonDict:
    limiter = conditions.limiter
    return {
        **vars(site.behaviour),
        "latency_seconds": conditions.latency_seconds,
        "latency_jitter_seconds": conditions.latency_jitter_seconds,
        "rate_limit": limiter.policy.model_dump() if limiter else None,
    }
