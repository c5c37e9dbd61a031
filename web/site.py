"""What every page needs: settings, database, the way to Temporal and to the mail server."""

import hashlib
import secrets
from dataclasses import dataclass, field

from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from temporalio.client import Client
from temporalio.service import RPCError

from activities.mailing import Transport
from runtime.settings import Settings
from runtime.temporal import connect, no_server, quiet_runtime
from store.engine import Database


@dataclass
class Site:
    """The resources of one running site."""

    settings: Settings
    db: Database
    transport: Transport
    connected: Client | None = None
    limiter: MovingWindowRateLimiter = field(default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()))

    async def client(self) -> Client:
        """Return the connection to Temporal, made when it is first needed.

        Raises:
            Unavailable: no server answers; reading goes on without one.
        """
        if self.connected is None:
            try:
                self.connected = await connect(self.settings, runtime=quiet_runtime())
            except RPCError as error:
                raise no_server(self.settings.temporal_address or self.settings.embedded_address, error) from error
        return self.connected

    @property
    def secure(self) -> bool:
        """Whether people reach the pages over https."""
        return self.settings.public_url.startswith("https://")


def secret() -> str:
    """Make a secret for a link, a session or a token."""
    return secrets.token_urlsafe(32)


def digest(secret_text: str) -> str:
    """Return what the database keeps of a secret."""
    return hashlib.sha256(secret_text.encode()).hexdigest()
