"""Telling open pages that something moved: one look at the database for all who wait for the same thing."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

from models.errors import Unavailable
from web.visiting import Visit

Look = Callable[[], Awaitable[str]]
"""Reads what changes when something moves."""

EVERY = 2.0
"""Seconds between two looks."""

HEARTBEAT = 15.0
"""Seconds between signs of life: proxies close what is silent."""

LONGEST = timedelta(minutes=10)
"""After which the connection closes; the browser opens another, and access is checked again."""

MOST = 12
"""Open pages of one account."""

RETRY_MS = 3000
TOO_MANY = 429


@dataclass
class _Topic:
    """One thing that is looked at, with who waits for it."""

    look: Look
    state: str
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    listeners: int = 0
    looks: int = 0
    task: asyncio.Task[None] | None = None


class Watch:
    """What open pages wait for, by its name."""

    def __init__(self, every: float = EVERY) -> None:
        self.every = every
        self.topics: dict[str, _Topic] = {}
        self.open: dict[str, int] = {}

    async def listen(self, name: str, look: Look, seen: str | None) -> AsyncIterator[str | None]:
        """Give each new state, or None as a sign of life, until the caller stops; `seen` is what the page shows."""
        topic = await self._join(name, look)
        try:
            known = topic.state if seen is None else seen
            while True:
                if topic.state != known:
                    known = topic.state
                    yield known
                    continue
                moved = topic.moved
                try:
                    async with asyncio.timeout(HEARTBEAT):
                        await moved.wait()
                except TimeoutError:
                    yield None
        finally:
            self._leave(name, topic)

    async def _join(self, name: str, look: Look) -> _Topic:
        topic = self.topics.get(name)
        if topic is None:
            topic = _Topic(look, await look())
            topic = self.topics.setdefault(name, topic)  # another may have come while we looked
        topic.listeners += 1
        if topic.task is None:
            topic.task = asyncio.create_task(self._keep_looking(topic))
        return topic

    def _leave(self, name: str, topic: _Topic) -> None:
        topic.listeners -= 1
        if topic.listeners == 0 and topic.task is not None:
            topic.task.cancel()
            self.topics.pop(name, None)

    async def _keep_looking(self, topic: _Topic) -> None:
        while True:
            await asyncio.sleep(self.every)
            topic.looks += 1
            try:
                state = await topic.look()
            except Unavailable:
                continue
            if state != topic.state:
                topic.state = state
                moved, topic.moved = topic.moved, asyncio.Event()
                moved.set()


def watch_of(request: Request) -> Watch:
    """Return the watch of the running site."""
    found: Watch | None = getattr(request.app.state, "watch", None)
    if found is None:
        found = request.app.state.watch = Watch()
    return found


async def stream(visit: Visit, name: str, look: Look) -> StreamingResponse:
    """Answer with server-sent events: `moved` each time that what is looked at changed.

    Raises:
        HTTPException: this account has too many open pages.
    """
    watch, who = watch_of(visit.request), visit.me
    if watch.open.get(who, 0) >= MOST:
        raise HTTPException(TOO_MANY, headers={"retry-after": "60"})
    seen = visit.request.headers.get("last-event-id") or visit.request.query_params.get("since")
    seen = seen or await look()  # before the answer begins: what moves from here on is told
    headers = {"x-accel-buffering": "no", "cache-control": "no-store"}
    return StreamingResponse(
        _events(watch, who, watch.listen(name, look, seen)), media_type="text/event-stream", headers=headers
    )


async def _events(watch: Watch, who: str, states: AsyncIterator[str | None]) -> AsyncIterator[str]:
    watch.open[who] = watch.open.get(who, 0) + 1
    try:
        yield f"retry: {RETRY_MS}\n\n"
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST.total_seconds()):
                async for state in states:
                    yield ": here\n\n" if state is None else f"event: moved\nid: {state}\ndata: {state}\n\n"
    finally:
        watch.open[who] -= 1
        if watch.open[who] <= 0:
            del watch.open[who]
        await states.aclose()  # type: ignore[attr-defined] # a generator
