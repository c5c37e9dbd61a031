"""Ports for the servers of tests, scripts and benchmarks."""

import os
import random
import socket
from collections.abc import Iterator


def _walk() -> Iterator[int]:
    """Yield ports in an order of this process's own, so that two processes seldom try the same."""
    chosen = list(range(12_000, 32_000))
    random.Random(os.getpid()).shuffle(chosen)  # noqa: S311 nothing secret: only another order per process
    yield from chosen


_next = _walk()


def free_port() -> int:
    """Return a port that is free and that no outgoing connection takes meanwhile.

    A port that the system gives (`bind` to 0) comes from the range that every outgoing connection takes its own from:
    until a server listens on it, hundreds of connections of the other tests may. These lie below that range on Linux
    (32768 and up), and no process gives one twice.

    Raises:
        RuntimeError: every port was given or taken.
    """
    for port in _next:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port below 32000 is free")
