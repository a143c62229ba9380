"""Being asked to end."""

import subprocess
import sys

from tests.support.isolation import clean_environment
from tests.support.processes import ROOT

# Asked twice while it holds the lock that its own answer needs, as an Event.wait does for a moment each time.
PROGRAM = """
import os, signal, threading
from core.end_signals import on_end_signals

lock = threading.Lock()
asked = threading.Semaphore(0)

def stop():
    with lock:
        asked.release()

on_end_signals(stop)
with lock:
    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGINT)
asked.acquire()
asked.acquire()
print("ended")
"""


def test_a_signal_in_the_middle_of_anything_ends_the_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=clean_environment(), capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("ended\n", "")
