"""The connection of `wire`, for an event loop. Here the whole of a command has one time limit."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from jobtrail._redis.stores import Command
from jobtrail._redis.wire import is_plain, limited, server_of
from jobtrail.errors import bad_option


class AsyncWire:
    """Runs commands in the event loop that first used it."""

    def __init__(self, client: Any, timeout_s: float) -> None:
        """Takes the program's client, or a URL, and how long a task may be held up."""
        from redis.asyncio import ConnectionPool, Redis  # noqa: PLC0415 - an extra
        from redis.asyncio.retry import Retry  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415

        if isinstance(client, str):
            client = Redis.from_url(client)
        if not type(client).__module__.startswith("redis.asyncio"):
            raise bad_option(
                f"bad redis of type {type(client).__name__}, expected a redis.asyncio.Redis, a URL or None "
                "(JobLogManager takes a redis.Redis)"
            )
        self._client = client
        self._timeout_s = timeout_s
        self._pool: Any = None
        self.server = server_of(client)
        if is_plain(client):
            limits = limited(client.connection_pool, timeout_s, Retry(NoBackoff(), 0))
            self._pool = ConnectionPool(connection_class=client.connection_pool.connection_class, **limits)

    async def run(self, command: Command) -> Any:
        """Returns the reply to a command. Raises what redis-py does, or TimeoutError."""
        return await asyncio.wait_for(self._run(command), self._timeout_s)

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        await asyncio.sleep(seconds)

    async def within_limit(self, work: Coroutine[Any, Any, None]) -> None:
        """Does this as far as the time limit allows."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(work, self._timeout_s)

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Does this beside what goes on."""
        return asyncio.get_running_loop().create_task(work)

    async def end(self, task: asyncio.Task[None]) -> None:
        """Ends what was started."""
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _run(self, command: Command) -> Any:
        if self._pool is None:
            return await self._client.execute_command(*command)
        pool = self._pool
        connection = await pool.get_connection()
        try:
            await connection.send_command(*command, check_health=False)
            return await connection.read_response()
        except asyncio.CancelledError:  # its reply may still come, and would be taken for the next one's
            await connection.disconnect(nowait=True)
            raise
        finally:
            await pool.release(connection)

    async def close(self) -> None:
        """Closes the connections."""
        if self._pool is not None:
            await self._pool.disconnect()
