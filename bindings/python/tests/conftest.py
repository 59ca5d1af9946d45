"""What tests of several files need: loggers that do not outlive their test, and a real server on a free port."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import pytest
from jobtrail import logging as jobtrail_logging
from jobtrail.loggers import make_standard
from redis_servers import RedisServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DEADLINE_S = 20
_SETTINGS = [f"JOBTRAIL_{name.upper()}" for name in jobtrail_logging._SETTINGS]


@pytest.fixture(autouse=True)
def _fresh_loggers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Takes jobtrail's handlers off the loggers of the test, and its settings out of the environment."""
    for name in (*_SETTINGS, "CHAINNER_PROCESS_TYPE", "JOBTRAIL_APP", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    yield
    for name in list(jobtrail_logging._ready):
        logger = logging.getLogger(name)
        for handler in [one for one in logger.handlers if one in jobtrail_logging._made]:
            logger.removeHandler(handler)
            handler.close()
        logger.setLevel(logging.WARNING if name == "root" else logging.NOTSET)
    make_standard(logging.getLogger())
    jobtrail_logging._ready.clear()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """Gives a real Redis server of the test's own."""
    pytest.importorskip("redis")
    server = RedisServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Serves directories with a real uvicorn on a free port; gives the function that starts one and returns its URL."""
    pytest.importorskip("uvicorn")
    from jobtrail._serve.run import Server, listen  # noqa: PLC0415 - an extra that may be missing
    from jobtrail.asgi import create_app  # noqa: PLC0415

    running: list[tuple[Server, threading.Thread]] = []

    def start(*roots: Path, hosts: frozenset[str] | None = frozenset({"127.0.0.1"}), redact: bool = True) -> str:
        listener = listen("127.0.0.1", 0)
        server = Server(create_app(roots, hosts=hosts, redact=redact))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        running.append((server, thread))
        deadline = time.monotonic() + DEADLINE_S
        while not server.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for server, _ in running:
        server.should_exit = True
    for _, thread in running:
        thread.join(DEADLINE_S)
        assert not thread.is_alive(), "the server did not stop"
