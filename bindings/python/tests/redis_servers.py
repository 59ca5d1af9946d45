"""Real Redis servers for tests: each on a socket of its own, killed and started again at will."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

DEADLINE_S = 20
PROGRAM = shutil.which("redis-server")
needs_redis = pytest.mark.skipif(PROGRAM is None, reason="redis-server is not installed: apt-get install redis-server")


@contextmanager
def one_node_cluster(folder: Path) -> Iterator[int]:
    """Runs a cluster of one server that has all slots, and gives its port."""
    from redis import Redis, exceptions  # noqa: PLC0415 - an extra

    assert PROGRAM is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    # The port of the nodes' own talk is 10,000 higher by default, and may be none.
    options = ["--port", str(port), "--cluster-port", str(port - 1), "--bind", "127.0.0.1", "--cluster-enabled", "yes"]
    command = [PROGRAM, *options, "--save", "", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server, Redis(port=port) as client:
        deadline = time.monotonic() + DEADLINE_S
        has_slots = is_ready = False
        while not is_ready:
            assert time.monotonic() < deadline, "the cluster did not start"
            with suppress(exceptions.ConnectionError):
                has_slots = has_slots or bool(client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383))
                is_ready = client.cluster("info")["cluster_state"] == "ok"
            time.sleep(0.01)
        yield port
        server.kill()


class RedisServer:
    """A server that keeps what it has acknowledged: appendonly, fsync always."""

    def __init__(self, folder: Path, *options: str) -> None:
        """Starts it."""
        self.socket = folder / "redis.sock"
        self._folder = folder
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self, *more: str) -> None:
        """Starts it, or starts it again with what it had."""
        assert PROGRAM is not None
        command = [PROGRAM, "--port", "0", "--unixsocket", str(self.socket), "--dir", str(self._folder), "--save", ""]
        command += ["--appendonly", "yes", "--appendfsync", "always", *self._options, *more]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + DEADLINE_S
        while not self._answers():
            assert time.monotonic() < deadline, "redis-server did not start"
            time.sleep(0.01)

    def client(self, **options: Any) -> Any:
        """Returns a program's client of it."""
        from redis import Redis  # noqa: PLC0415 - an extra

        return Redis(unix_socket_path=str(self.socket), **options)

    def kill(self) -> None:
        """Kills it as a crash does."""
        self._signal(signal.SIGKILL)
        assert self._process is not None
        self._process.wait()

    def pause(self) -> None:
        """Lets it hang: connections come about, nothing answers."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Ends the pause."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """Ends it, whatever its state."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def _signal(self, number: int) -> None:
        assert self._process is not None
        os.kill(self._process.pid, number)

    def _answers(self) -> bool:
        from redis import exceptions  # noqa: PLC0415

        try:
            with self.client() as client:
                client.ping()
        except (exceptions.AuthenticationError, exceptions.ResponseError):
            return True
        except (exceptions.ConnectionError, OSError):
            return False
        return True
