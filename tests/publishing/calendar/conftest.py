"""The same people as everywhere in publishing."""

from tests.publishing.conftest import account, actor, alice, charlie, rng

__all__ = ["account", "actor", "alice", "charlie", "rng"]
