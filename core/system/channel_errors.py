"""Errors around channels and what is sent through them.

ChannelError
├── ChannelNotFound   (NotFoundError)
├── DeliveryNotFound  (NotFoundError)
├── InvalidChannel    (InvalidInputError)  an address, a topic or a code cannot be used
├── ChannelTaken      (ConflictError)      the person has a channel with this address
├── TooManyChannels   (ConflictError)
├── ChannelNotReady   (ConflictError)      switched off, not confirmed, or asked for the same a moment ago
└── DeliveryMoved     (ConflictError)      it was sent, or thrown away, meanwhile
"""

from core.errors import AtelierError, ConflictError, InvalidInputError, NotFoundError


class ChannelError(AtelierError):
    """Anything refused around a channel."""


class ChannelNotFound(ChannelError, NotFoundError):
    """No such channel for this person."""


class DeliveryNotFound(ChannelError, NotFoundError):
    """No such delivery for this person."""


class InvalidChannel(ChannelError, InvalidInputError):
    """What a channel was to be made of cannot be used."""


class ChannelTaken(ChannelError, ConflictError):
    """This person is told there already."""


class TooManyChannels(ChannelError, ConflictError):
    """No further channel for this person."""


class ChannelNotReady(ChannelError, ConflictError):
    """The channel cannot do this now."""


class DeliveryMoved(ChannelError, ConflictError):
    """The delivery is no longer in a state that allows this."""
