"""Being asked to end: SIGTERM from whoever supervises the process, SIGINT from the keyboard."""

import signal
import threading
from collections.abc import Callable
from queue import SimpleQueue

POLITE = (signal.SIGTERM, signal.SIGINT)


def on_end_signals(stop: Callable[[], None], *, numbers: tuple[signal.Signals, ...] = POLITE) -> None:
    """From now on, call ``stop`` once for each of these signals. For the main thread; ``stop`` must be quick.

    It is called in a thread of its own. A handler runs in the middle of whatever the main thread does, so one that
    sets a :class:`threading.Event` waits for ever for the lock of an ``Event.wait`` or of another handler that it
    interrupted, and the process never ends. :meth:`queue.SimpleQueue.put` is made to be called from there.
    """
    asked: SimpleQueue[int] = SimpleQueue()

    def listen() -> None:
        while True:
            asked.get()
            stop()

    threading.Thread(target=listen, name="end-signals", daemon=True).start()
    for number in numbers:
        signal.signal(number, lambda received, _frame: asked.put(received))
