"""A connection of our own to the server of a program's client: with a time limit, and nothing said twice.

The program's client may wait for ever, or repeat a command whose reply was lost; appended twice, an entry stands there
twice. So the pool is one of ours, made of the client's settings. A client that is no plain one (a cluster's, a
sentinel's) is used as it is, with its own time limits.
"""

from __future__ import annotations

import contextlib
import time
from typing import Any

from jobtrail._redis.stores import Command, packed
from jobtrail.errors import bad_option


class Wire:
    """Runs commands. Any thread may use it; a forked child gets connections of its own."""

    def __init__(self, client: Any, timeout_s: float) -> None:
        """Takes the program's client, or a URL, and how long a worker may be held up."""
        from redis import ConnectionPool, Redis  # noqa: PLC0415 - an extra
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.retry import Retry  # noqa: PLC0415

        if isinstance(client, str):
            client = Redis.from_url(client)
        if not hasattr(client, "execute_command") or type(client).__module__.startswith("redis.asyncio"):
            raise bad_option(
                f"bad redis of type {type(client).__name__}, expected a redis.Redis, a URL or None "
                "(AsyncJobLogManager takes a redis.asyncio.Redis)"
            )
        self._client = client
        self._pool: Any = None
        self._idle: list[tuple[Any, float]] = []
        self.server = server_of(client)
        if is_plain(client):
            limits = limited(client.connection_pool, timeout_s, Retry(NoBackoff(), 0))
            self._pool = ConnectionPool(connection_class=client.connection_pool.connection_class, **limits)

    def run(self, command: Command) -> Any:
        """Returns the reply to a command. Raises what redis-py does."""
        if self._pool is None:
            return self._client.execute_command(*command)
        connection = self._take()
        try:
            connection.send_packed_command([packed(command)], check_health=False)
            reply = connection.read_response()
        except BaseException:
            self._pool.release(connection)
            while self._idle:  # what ended this one may have ended those too: the pool looks
                self._release_idle()
            raise
        self._idle.append((connection, time.monotonic()))
        return reply

    def _take(self) -> Any:
        """Returns a connection; the pool looks whether one that was idle for long is still there."""
        while True:
            try:
                connection, used_at = self._idle.pop()
            except IndexError:
                return self._pool.get_connection()
            if time.monotonic() - used_at < _SURELY_THERE_S:
                return connection
            self._pool.release(connection)

    def _release_idle(self) -> None:
        with contextlib.suppress(IndexError):  # another thread has taken it
            self._pool.release(self._idle.pop()[0])

    def close(self) -> None:
        """Closes the connections."""
        if self._pool is not None:
            self._idle.clear()
            self._pool.disconnect()

    def after_fork(self) -> None:
        """Leaves the connections to the parent process."""
        self._idle = []


_SURELY_THERE_S = 1.0


def is_plain(client: Any) -> bool:
    """Whether the client has one server and a pool of the usual kind."""
    pool = getattr(client, "connection_pool", None)
    return type(pool).__name__ in {"ConnectionPool", "BlockingConnectionPool"}


def server_of(client: Any) -> str:
    """Returns a text that is the same for the same server and database, without a password."""
    pool = getattr(client, "connection_pool", None)
    if pool is None:  # a cluster
        nodes = getattr(getattr(client, "nodes_manager", None), "startup_nodes", None) or {}
        return f"cluster {sorted(map(str, nodes))}"
    told = pool.connection_kwargs
    place = told.get("path") or f"{told.get('host', 'localhost')}:{told.get('port', 6379)}"
    return f"{place} {told.get('db') or 0} {getattr(pool, 'service_name', '')}".strip()


def limited(pool: Any, timeout_s: float, retry: Any) -> dict[str, Any]:
    """Returns the settings of a pool's connections with our limits: half the time to connect, half for the reply."""
    return {
        **pool.connection_kwargs,
        "socket_timeout": timeout_s / 2,
        "socket_connect_timeout": timeout_s / 2,
        "retry": retry,
        "retry_on_timeout": False,
        "retry_on_error": [],
        "health_check_interval": 0,
        "decode_responses": False,
    }
