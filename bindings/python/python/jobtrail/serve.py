"""`jobtrail serve DIR...`: the panel and the HTTP interface on this machine. `main` is the command's entry."""

from __future__ import annotations

import argparse
import importlib
import ipaddress
import sys
from typing import TYPE_CHECKING

from jobtrail._serve.errors import ServeError
from jobtrail._serve.sources import real_roots

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

DEFAULT_PORT = 5173
MAX_PORT = 65_535


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the server until it is interrupted. Returns 0, or 2 if it could not start or a directory was left out."""
    options = _parser().parse_args(argv)
    is_loopback = _is_loopback(options.host)
    if not is_loopback and not options.insecure:
        return _fail(
            f"`{options.host}` lets other machines read these logs without a password; "
            "--insecure says that this is meant"
        )
    try:
        # Only here is it known that the extra is needed.
        asgi = importlib.import_module("jobtrail.asgi")
        running = importlib.import_module("jobtrail._serve.run")
    except ModuleNotFoundError as error:
        return _fail(f"{error.name} is not installed: pip install 'jobtrail[serve]'")
    faults = {directory: fault for directory in options.directories if (fault := _fault_of(directory))}
    for fault in faults.values():
        _fail(fault)
    good = [directory for directory in options.directories if directory not in faults]
    if not good:
        return 2
    hosts = asgi.LOOPBACK_HOSTS | {options.host.lower()} if is_loopback else None
    app = asgi.create_app(good, hosts=hosts, redact=not options.no_redact)
    try:
        listener = running.listen(options.host, options.port)
    except OSError as error:
        return _fail(f"`{options.host}` port {options.port} cannot be listened on: {error.strerror or error}")
    with listener:
        sys.stdout.write(f"jobtrail: {_url(options.host, listener.getsockname()[1])}\n")
        sys.stdout.flush()
        running.run(app, listener)
    return 2 if faults else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jobtrail serve",
        description="Shows the logs under directories in a web page, live. Secrets and personal paths are masked.",
    )
    parser.add_argument("directories", metavar="DIR", nargs="*", default=["."], help="default: the current directory")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument(
        "--port",
        type=_port,
        default=DEFAULT_PORT,
        help="the next free one is used where it is taken; 0: any (default: %(default)s)",
    )
    parser.add_argument("--insecure", action="store_true", help="allow a --host that other machines can reach")
    parser.add_argument("--no-redact", action="store_true", help="show secrets and personal paths")
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= MAX_PORT):
        raise argparse.ArgumentTypeError(f"`{text}` is not a port: 0 to {MAX_PORT}")
    return int(text)


def _is_loopback(host: str) -> bool:
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _fault_of(directory: str) -> str | None:
    try:
        real_roots([directory])
    except ServeError as error:
        return error.text
    return None


def _url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/logs"


def _fail(text: str) -> int:
    sys.stderr.write(f"jobtrail serve: {text}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
