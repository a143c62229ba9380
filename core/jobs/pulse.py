"""Saying that a process lives and still works on what it has in hand."""

from collections.abc import Sequence
from datetime import datetime

from core.jobs.ports import Ports
from core.publishing.execution import claims
from core.studio.execution import claims as item_claims
from core.system import heartbeats


def beat(
    ports: Ports,
    component: str,
    *,
    posts: Sequence[str],
    items: Sequence[str],
    started_at: datetime,
    is_leader: bool = False,
) -> None:
    """Keep the leases of the posts and items in hand, then tell the screens; leases come first, they may run out."""
    now = ports.clock()
    claims.extend_leases(ports.database, ports.worker, posts, now=now)
    item_claims.extend_leases(ports.database, ports.worker, items, now=now)
    with ports.database.session() as session:
        heartbeats.beat(
            session,
            ports.worker,
            component,
            started_at=started_at,
            is_leader=is_leader,
            in_flight=len(posts) + len(items),
            now=now,
        )
