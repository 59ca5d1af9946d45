"""Live streams: server-sent events of what is added to logs.

Each reader has followers of its own; walks of the directories and blocks are shared, and all file work is
done in a few threads.
"""

from __future__ import annotations

import json
import time
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import anyio
import anyio.to_thread

from jobtrail._serve.blocks import Block, BlockCache
from jobtrail._serve.follow import Cursor, Follower, Reset, write_cursors

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from jobtrail._serve.blocks import Show
    from jobtrail._serve.sources import Source, Sources

T = TypeVar("T")

LOOK_EVERY_S = 0.2
HEARTBEAT_S = 15.0
MAX_FOLLOWED = 200
"""Logs that one stream follows when none is named: the last written ones."""
MAX_FIRST_BYTES = 4 * 1024 * 1024
"""What the tails at the start of a stream may hold together; further logs start at their end."""
FILE_THREADS = 8


class Live:
    """The streams of one server. `stop` ends them all in good order.

    `show` gives what is shown of a log's text, here and wherever the server shows one.
    """

    def __init__(self, sources: Sources, show: Show) -> None:
        self.sources = sources
        self.show = show
        self._cache = BlockCache()
        self._threads = anyio.CapacityLimiter(FILE_THREADS)
        self._stopping = anyio.Event()
        self.open_streams = 0

    def stop(self) -> None:
        """Ends every stream at its next look. Call it from the event loop."""
        self._stopping.set()

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Runs file work in one of the server's threads; a reader who has left does not wait for it."""
        return await anyio.to_thread.run_sync(work, abandon_on_cancel=True, limiter=self._threads)

    async def stream(
        self, wanted: list[str] | None, cursors: Mapping[str, Cursor], tail_bytes: int
    ) -> AsyncIterator[str]:
        """Yields the events of these sources, or of all; ends only when the server stops.

        A source with a cursor goes on from there, another one starts with its last `tail_bytes` bytes.
        """
        self.open_streams += 1
        try:
            yield "retry: 1000\n: the lines of a log follow as they are written\n\n"
            followers: dict[str, Follower] = {}
            heard_at = time.monotonic()
            is_first = True
            while not self._stopping.is_set():
                # A walk of a large tree is repeated rarely; what is followed is looked at each time.
                snapshot = await self.in_thread(partial(self.sources.now, list(followers)))
                begin = partial(self._begin, followers, wanted, snapshot, cursors, tail_bytes if is_first else None)
                await self.in_thread(begin)
                is_first = False
                async for event in self._round(followers, snapshot):
                    heard_at = time.monotonic()
                    yield event
                if time.monotonic() - heard_at >= HEARTBEAT_S:
                    heard_at = time.monotonic()
                    yield ": still here\n\n"
                with anyio.move_on_after(LOOK_EVERY_S):
                    await self._stopping.wait()
        finally:
            self.open_streams -= 1

    async def _round(self, followers: dict[str, Follower], snapshot: Mapping[str, Source]) -> AsyncIterator[str]:
        """Looks once at each source that may have changed, again where one look could not give it all."""
        for follower in list(followers.values()):
            source = snapshot.get(follower.id)
            if source is None:
                continue  # Between a rename and the new file, or gone.
            more = follower.wants_look(source)
            while more and not self._stopping.is_set():
                found, more = await self.in_thread(partial(follower.look, source))
                for part, cursor in found:
                    cursors = {name: other.cursor for name, other in followers.items() if other is not follower}
                    yield _event(follower.id, part, cursors | {follower.id: cursor})

    def _begin(
        self,
        followers: dict[str, Follower],
        wanted: list[str] | None,
        snapshot: Mapping[str, Source],
        cursors: Mapping[str, Cursor],
        tail_bytes: int | None,
    ) -> None:
        """Adds followers of sources that have none yet.

        `tail_bytes` is none once the stream is under way: a log that appears then is new and starts at its beginning.
        """
        found = [snapshot[name] for name in wanted if name in snapshot] if wanted is not None else _newest(snapshot)
        left_bytes = MAX_FIRST_BYTES
        for source in found:
            if source.id in followers or len(followers) >= max(MAX_FOLLOWED, len(wanted or ())):
                continue
            follower = Follower(source, self._cache, self.show)
            if source.id in cursors:
                follower.start_at(cursors[source.id])
            elif tail_bytes is not None:
                first_bytes = min(tail_bytes, source.size)
                follower.start_at_tail(tail_bytes if first_bytes <= left_bytes else 0)
                left_bytes = max(0, left_bytes - first_bytes)
            followers[source.id] = follower


def _newest(snapshot: Mapping[str, Source]) -> list[Source]:
    return sorted((source for source in snapshot.values() if source.is_live), key=lambda source: -source.modified_ns)


def _event(source_id: str, part: Block | Reset, cursors: Mapping[str, Cursor]) -> str:
    data: dict[str, object] = {"source": source_id}
    name = "reset"
    if isinstance(part, Block):
        name = "lines"
        data |= {"offset": part.offset, "end": part.end, "text": part.text}
    return f"event: {name}\nid: {write_cursors(cursors)}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
