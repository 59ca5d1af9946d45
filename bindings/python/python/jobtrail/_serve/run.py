"""Runs an application on a port of this machine until a signal ends it."""

from __future__ import annotations

import errno
import signal
import socket
import sys
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from types import FrameType

    from starlette.applications import Starlette

PORTS_TRIED = 100
MAX_PORT = 65_535
GRACE_S = 5


def listen(host: str, port: int) -> socket.socket:
    """Returns a socket that listens on the first free port from `port` on; 0 takes any. Raises `OSError`."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    last = min(port + PORTS_TRIED, MAX_PORT) if port else 0
    tried = port
    while True:
        try:
            return _listen_on(family, str(address[0]), tried)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or tried >= last:
                raise
        tried += 1


def _listen_on(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":
            # Elsewhere this lets a port be bound again at once after a server has gone; Windows would share the port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        # Only a listening socket keeps others off the port.
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


def run(app: Starlette, listener: socket.socket) -> None:
    """Serves `app` until SIGINT or SIGTERM; live streams end in good order, other answers have 5 seconds."""
    _end_quietly_on_signals()
    Server(app).run(sockets=[listener])


class Server(uvicorn.Server):
    """Ends the live streams first: their connections would otherwise hold up the shutdown."""

    def __init__(self, app: Starlette) -> None:
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=GRACE_S,
        )
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends the streams, then the server."""
        self._app.state.live.stop()
        await super().shutdown(sockets)


def _end_quietly_on_signals() -> None:
    """Makes the signal a plain end: the server raises it once more when it has shut down."""

    def ignore(_number: int, _frame: FrameType | None) -> None:
        pass

    signal.signal(signal.SIGINT, ignore)
    signal.signal(signal.SIGTERM, ignore)
