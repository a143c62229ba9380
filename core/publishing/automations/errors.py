"""Errors of automations.

AutomationError
├── AutomationNotFound (NotFoundError)      no such automation, rule, window of this person
├── AutomationRefused  (InvalidInputError)  something an automation is described by cannot be used
└── AutomationBusy     (ConflictError)      it is running at this very moment
"""

from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.publishing.errors import PublishingError


class AutomationError(PublishingError):
    """Anything automations refuse."""


class AutomationNotFound(AutomationError, NotFoundError):
    """No such automation, rule, default or window for this person."""


class AutomationRefused(AutomationError, InvalidInputError):
    """A rule, a default or a setting cannot be used; the message says what to change."""


class AutomationBusy(AutomationError, ConflictError):
    """The automation is running right now; a minute later it can be changed."""
