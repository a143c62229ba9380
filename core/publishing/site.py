"""A site that posts go to: the calls of publishing and the OAuth calls of identity in one object."""

from typing import Protocol

from core.identity.providers import OAuthSite
from core.publishing.inspiration.providers import BrowseSite
from core.publishing.notes.providers import NotesSite
from core.publishing.providers import FolderSite, GallerySite
from core.publishing.statistics.providers import CountingSite
from core.publishing.takeover.providers import TakeoverSite


class Site(GallerySite, FolderSite, BrowseSite, NotesSite, CountingSite, TakeoverSite, OAuthSite, Protocol):
    """One configured provider, as the adapters deliver it; keyed by ``accounts.provider``."""
