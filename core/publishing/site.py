"""A site that posts go to: the gallery calls of publishing and the OAuth calls of identity in one object."""

from typing import Protocol

from core.identity.providers import OAuthSite
from core.publishing.providers import GallerySite


class Site(GallerySite, OAuthSite, Protocol):
    """One configured provider, as the adapters deliver it; keyed by ``accounts.provider``."""
