"""Drafts that look like what is out, what is about to go out, or what was just planned."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from core.media.perceptual import FEATURELESS, distances
from core.publishing.near_duplicates import DISTANCE, shown_pictures
from core.system.actors import Actor


class Lookalikes:
    """The pictures a person shows, read when they are first asked for; what is planned joins them."""

    def __init__(self, session: Session, actor: Actor, *, now: datetime) -> None:
        self._session = session
        self._actor = actor
        self._now = now
        self._known: np.ndarray[tuple[int], np.dtype[np.int64]] | None = None
        self._planned: list[int] = []

    def has_like(self, pictures: Sequence[int]) -> bool:
        """Whether one of ``pictures`` (perceptual hashes) is near one that is known."""
        wanted = [one for one in pictures if one != FEATURELESS]
        if not wanted:
            return False
        if self._known is None:
            self._known = shown_pictures(self._session, self._actor, now=self._now)
        known = np.concatenate([self._known, np.array(self._planned, dtype=np.int64)])
        return any(bool((distances(known, one) <= DISTANCE).any()) for one in wanted)

    def remember(self, pictures: Sequence[int]) -> None:
        """Note the pictures of a planned post."""
        self._planned += pictures
