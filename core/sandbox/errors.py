"""Errors of the sandbox itself; what the imitated provider answers lives beside that provider.

AtelierError
├── InvalidInputError
│   ├── NotLoopback        the sandbox is for this machine alone
│   └── InvalidControl     a control request that cannot be understood
├── ConflictError
│   └── StateInUse         another sandbox already writes this state file
└── ConnectionDropped      a fault closed the connection and no server is there to do it
"""

from core.errors import AtelierError, ConflictError, InvalidInputError


class NotLoopback(InvalidInputError):
    """The sandbox was asked to listen where other machines could reach it."""


class InvalidControl(InvalidInputError):
    """A control request with missing or unusable values."""


class StateInUse(ConflictError):
    """Two sandboxes on one state file would overwrite each other."""


class ConnectionDropped(AtelierError):
    """Raised instead of closing a socket when the app is called in memory, without a server."""
