"""Installations to break: the engine's rig with a site in memory, and one with the real sandbox at its other end."""

from tests.publishing.execution.conftest import make_rig, rig

__all__ = ["make_rig", "rig"]
