"""The commands that keep a job's log under its one key: in a list, as it always was, or in a stream.

Each change is one script: the server does all of it or nothing, in memory and in its append-only file, and a key that
is something else is left alone. (In MULTI a refused RPUSH would be followed by an EXPIRE of somebody else's key, and in
a bare pipeline a crash between the commands would leave a log that never expires.) One key, so one slot of a cluster.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol

Command = tuple[str | int | bytes, ...]
"""A command's words."""


class Store(Protocol):
    """How a job's log is kept."""

    def key(self, job: str) -> str:
        """Returns the key of a job's log."""

    def append(self, job: str, texts: Sequence[str]) -> Command:
        """Returns the command that appends, trims and sets the time to live; it answers with null."""

    def newest(self, job: str, count: int) -> Command:
        """Returns the command that reads the last entries; `texts` reads its answer."""

    def texts(self, reply: Any) -> list[str]:
        """Returns the entries' texts, oldest first."""


class ListStore:
    """A Redis list, oldest first."""

    def __init__(self, max_entries: int, ttl_s: int) -> None:
        """Takes how many entries stay, and for how long after the last one."""
        self._limits = (-max_entries, ttl_s)

    def key(self, job: str) -> str:
        """Returns `job:logs:<job>`."""
        return f"job:logs:{job}"

    def append(self, job: str, texts: Sequence[str]) -> Command:
        """Returns RPUSH, LTRIM and EXPIRE in one."""
        return ("EVAL", _PUSH, 1, self.key(job), *self._limits, *[text.encode() for text in texts])

    def newest(self, job: str, count: int) -> Command:
        """Returns LRANGE."""
        return ("LRANGE", self.key(job), -count, -1)

    def texts(self, reply: Any) -> list[str]:
        """Returns the entries' texts, oldest first."""
        return [_text(item) for item in reply]


class StreamStore:
    """A Redis stream whose entries have one field, `entry`; it can be waited on."""

    def __init__(self, max_entries: int, ttl_s: int) -> None:
        """Takes about how many entries stay (a node of the stream more), and for how long after the last one."""
        self._limits = (max_entries, ttl_s)

    def key(self, job: str) -> str:
        """Returns `job:stream:<job>`: the list's key stays the list's."""
        return f"job:stream:{job}"

    def append(self, job: str, texts: Sequence[str]) -> Command:
        """Returns XADD with `MAXLEN ~`, and EXPIRE, in one."""
        return ("EVAL", _ADD, 1, self.key(job), *self._limits, *[text.encode() for text in texts])

    def newest(self, job: str, count: int) -> Command:
        """Returns XREVRANGE."""
        return ("XREVRANGE", self.key(job), "+", "-", "COUNT", count)

    def texts(self, reply: Any) -> list[str]:
        """Returns the entries' texts, oldest first."""
        return [text for _, text in self.items(reversed(reply))]

    def newer(self, job: str, last_id: str, wait_ms: int) -> Command:
        """Returns XREAD, which waits so long for an entry behind that one."""
        return ("XREAD", "COUNT", 100, "BLOCK", wait_ms, "STREAMS", self.key(job), last_id)

    def newest_id(self, job: str) -> Command:
        """Returns the command that reads the last entry's ID, as `items` has it."""
        return ("XREVRANGE", self.key(job), "+", "-", "COUNT", 1)

    def read(self, reply: Any) -> list[tuple[str, str]]:
        """Returns ID and text of what XREAD answered, oldest first."""
        streams = reply.items() if isinstance(reply, dict) else reply or []
        return [item for _, items in streams for item in self.items(items)]

    def items(self, items: Any) -> list[tuple[str, str]]:
        """Returns ID and text of a stream's entries; the text of an entry of another make is empty."""
        return [(_text(item_id), _field(fields)) for item_id, fields in items]


def delete(store: Store, job: str) -> Command:
    """Returns the command that removes a job's log."""
    return ("DEL", store.key(job))


def publish(job: str, text: str) -> Command:
    """Returns the command that hands an event to those who listen to the job."""
    return ("PUBLISH", f"job:event:{job}", text.encode())


def packed(command: Command) -> bytes:
    r"""Returns a command as it goes to the server.

    >>> packed(("LRANGE", "a", -2))
    b'*3\r\n$6\r\nLRANGE\r\n$1\r\na\r\n$2\r\n-2\r\n'
    """
    words = [b"$%d\r\n%b\r\n" % (len(word), word) if type(word) is bytes else _word(word) for word in command]
    return b"*%d\r\n%b" % (len(words), b"".join(words))


@lru_cache(1024)
def _word(word: str | int) -> bytes:
    """Returns a word that comes again and again: a name, a key, a limit."""
    data = str(word).encode()
    return b"$%d\r\n%b\r\n" % (len(data), data)


_PUSH = (
    "redis.call('RPUSH',KEYS[1],unpack(ARGV,3)) "
    "redis.call('LTRIM',KEYS[1],ARGV[1],-1) "
    "redis.call('EXPIRE',KEYS[1],ARGV[2])"
)
_ADD = (
    "for i=3,#ARGV do redis.call('XADD',KEYS[1],'MAXLEN','~',ARGV[1],'*','entry',ARGV[i]) end "
    "redis.call('EXPIRE',KEYS[1],ARGV[2])"
)


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _field(fields: Any) -> str:
    flat = [part for pair in fields.items() for part in pair] if isinstance(fields, dict) else list(fields or [])
    pairs = dict(zip(map(_text, flat[::2]), flat[1::2], strict=False))
    return _text(pairs.get("entry", b""))
