"""Ending with the process that keeps this one: ``atelier up`` killed outright must leave nobody behind."""

import ctypes
import os
import signal
import sys

# Set by the keeper for its children: its process id.
KEEPER = "ATELIER_KEEPER"
_PR_SET_PDEATHSIG = 1


def end_with_keeper() -> None:
    """Ask the system for a polite end (SIGTERM) as soon as the keeper is gone; Linux knows how.

    Elsewhere, or without a keeper, nothing happens.
    """
    keeper = os.environ.pop(KEEPER, None)
    if keeper is None or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if str(os.getppid()) != keeper:  # gone already, before it could be asked for
        raise SystemExit(0)
