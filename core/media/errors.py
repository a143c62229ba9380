"""Errors of the media context.

MediaError
├── MediaFileRefused         (InvalidInputError)  one file cannot be taken; the message names it
│   ├── EmptyFile                                 no bytes at all
│   ├── UnknownFileType                           not one of the seven types, whatever its name says
│   ├── DamagedFile                               cut short or unreadable
│   ├── DecompressionBomb                         small on disk, too many pixels once opened
│   ├── FileTooLarge                              too many bytes
│   └── UnplayableFilm                            a film without a picture, or in a coding we cannot read
├── ObjectMissing            (NotFoundError)      the store has no such key
├── StorageFull              (UnavailableError)   no room left
└── StorageUnavailableError  (UnavailableError)   the store does not answer or refuses us
"""

from typing import Self

from core.errors import AtelierError, InvalidInputError, NotFoundError, UnavailableError


class MediaError(AtelierError):
    """Anything the media context refuses."""


class MediaFileRefused(MediaError, InvalidInputError):
    """One file cannot be taken; the message names it and says what to do."""


class EmptyFile(MediaFileRefused):
    """The file holds no bytes."""


class UnknownFileType(MediaFileRefused):
    """The content is none of the types we take."""


class DamagedFile(MediaFileRefused):
    """The file is cut short, or its content cannot be read."""

    @classmethod
    def named(cls, name: str) -> Self:
        return cls(f"“{name}” is damaged or was cut short. Export or download it again, then upload the new copy.")


class DecompressionBomb(MediaFileRefused):
    """The file opens into more pixels than the limit."""


class FileTooLarge(MediaFileRefused):
    """The file has more bytes than the limit."""


class UnplayableFilm(MediaFileRefused):
    """The film has no picture track, or one in a coding that cannot be read here."""


class ObjectMissing(MediaError, NotFoundError):
    """The store has nothing under this key."""


class StorageFull(MediaError, UnavailableError):
    """The store has no room left."""


class StorageUnavailableError(MediaError, UnavailableError):
    """The store does not answer, or does not let us in."""
