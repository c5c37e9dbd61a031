"""Serving the site: inside `polder up`, or by itself with `polder site`."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import uvicorn

from models.errors import Conflict
from web.app import make_app
from web.site import Site


class _Server(uvicorn.Server):
    """A server that leaves signals to who runs it, and says when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take no signal."""
        yield


@asynccontextmanager
async def serving(site: Site) -> AsyncIterator[str]:
    """Serve until the block ends; the address is given once it answers.

    Raises:
        Conflict: the port is taken.
        InvalidFile: the pages' packages are not installed.
    """
    settings = site.settings
    app = make_app(site)
    listening = listen(settings.site_host, settings.site_port)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=3, log_config=None,
        proxy_headers=True, forwarded_allow_ips=settings.site_proxies, server_header=False,
    )  # fmt: skip
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await server.ready.wait()
        yield f"http://{settings.site_host}:{settings.site_port}"
    finally:
        server.should_exit = True
        await task
        listening.close()


def listen(host: str, port: int) -> socket.socket:
    """Take a port.

    Raises:
        Conflict: `port_taken`.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise Conflict(
            "port_taken",
            f"Poort {port} op {host} is niet te gebruiken ({error.strerror}). Verwacht: een vrije poort "
            "(--site-port of POLDER_SITE_PORT).",
            f"Port {port} on {host} cannot be used ({error.strerror}). Expected: a free port (--site-port or "
            "POLDER_SITE_PORT).",
            {"port": str(port)},
        ) from error
    return made
