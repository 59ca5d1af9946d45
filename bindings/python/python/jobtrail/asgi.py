"""The HTTP face: `create_app` gives a Starlette application that lists logs, serves their tails and follows them live.

Nothing leaves it unredacted, unless `redact=False` says so. Needs the extra `jobtrail[serve]`.
"""

from __future__ import annotations

import os
import re
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from jobtrail import _core
from jobtrail._serve.blocks import Block, read_block, tail_start
from jobtrail._serve.errors import ServeError
from jobtrail._serve.follow import Cursor, read_cursors
from jobtrail._serve.guard import Guard
from jobtrail._serve.live import Live
from jobtrail._serve.page import STYLE, page
from jobtrail._serve.sources import Source, Sources, check_id, open_source

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from starlette.requests import Request

    from jobtrail._serve.blocks import Show

__all__ = ["LOOPBACK_HOSTS", "create_app"]

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
"""The names that a server on the loopback interface answers to."""

TAIL_BYTES = 50_000
MIN_TAIL_BYTES = 1_000
MAX_TAIL_BYTES = 250_000
MAX_NAMED_SOURCES = 200

_NUMBER = re.compile(r"[0-9]{1,15}")
_ASSETS = Path(__file__).parent / "_assets"


def create_app(
    roots: Sequence[str | os.PathLike[str]], *, hosts: Collection[str] | None = LOOPBACK_HOSTS, redact: bool = True
) -> Starlette:
    """Returns an application that serves the logs under `roots`, redacted.

    `redact=False` shows secrets and personal paths: in every answer, and in the page's panel.

    `hosts` are the names it answers to in the `Host` header; `None` lets any pass, for use behind a server that checks
    them. `app.state.live.stop()` ends the live streams: call it before a graceful shutdown. Raises `ServeError`, a
    message of one line, for a root that is no directory.

    Routes: `GET /logs` (the page), `/api/logs` (the list), `/api/logs/tail`, `/api/logs/live`, `/health`.
    """
    live = Live(Sources(roots), _core.redact if redact else str)
    handlers = Handlers(live, is_redacted=redact)
    app = Starlette(
        routes=[
            Route("/", handlers.page),
            Route("/logs", handlers.page),
            Route("/api/logs", handlers.listing),
            Route("/api/logs/tail", handlers.tail),
            Route("/api/logs/live", handlers.live),
            Route("/assets/panel.js", handlers.panel_script),
            Route("/assets/page.css", handlers.page_style),
            Route("/health", handlers.health),
        ],
        middleware=[Middleware(Guard, hosts=hosts)],
        exception_handlers={ServeError: _refuse, HTTPException: _refuse_http, Exception: _fail},
    )
    app.state.live = live
    return app


class Handlers:
    """One method a route. File work is done in the threads of `live`."""

    def __init__(self, live: Live, *, is_redacted: bool) -> None:
        self._live = live
        self._is_redacted = is_redacted

    async def page(self, request: Request) -> Response:
        chosen = request.query_params.get("source")
        if chosen is not None:
            await self._source(chosen)
        sources = await self._live.in_thread(self._live.sources.all)
        has_panel = await self._live.in_thread((_ASSETS / "panel.js").is_file)
        root_path = request.scope.get("root_path", "")
        text = page(sources.values(), chosen, has_panel=has_panel, is_redacted=self._is_redacted, root_path=root_path)
        return HTMLResponse(text)

    async def listing(self, _request: Request) -> Response:
        sources = await self._live.in_thread(self._live.sources.all)
        return JSONResponse({"sources": [_listed(source) for source in sources.values()]})

    async def tail(self, request: Request) -> Response:
        name = request.query_params.get("source")
        if name is None:
            raise ServeError("bad_option", "`source` is missing: the ID of a log, as `/api/logs` lists them")
        source = await self._source(name)
        block = await self._live.in_thread(partial(_read_tail, source, _tail_bytes(request), self._live.show))
        headers = {"X-Jobtrail-Offset": str(block.offset), "X-Jobtrail-End": str(block.end)}
        return PlainTextResponse(block.text, headers=headers)

    async def live(self, request: Request) -> Response:
        wanted = request.query_params.getlist("source") or None
        if wanted is not None and len(wanted) > MAX_NAMED_SOURCES:
            raise ServeError("bad_option", f"at most {MAX_NAMED_SOURCES} sources can be named")
        for name in wanted or ():
            await self._live.in_thread(partial(_try_to_open, await self._source(name)))
        cursors = dict(zip(wanted or (), _starts(request), strict=False))
        cursors |= read_cursors(request.headers.get("last-event-id", ""))
        if request.method == "HEAD":  # Its answer has no body to wait for.
            return Response(media_type="text/event-stream")
        events = self._live.stream(wanted, cursors, _tail_bytes(request))
        # A proxy that gathers an answer before it passes it on would hold back the lines.
        return StreamingResponse(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    async def panel_script(self, _request: Request) -> Response:
        script = _ASSETS / "panel.js"
        if not await self._live.in_thread(script.is_file):
            raise ServeError("not_found", "the panel is missing from this installation")
        return FileResponse(script, media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    async def page_style(self, _request: Request) -> Response:
        return PlainTextResponse(STYLE, media_type="text/css", headers={"Cache-Control": "no-cache"})

    async def health(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok", "streams": self._live.open_streams})

    async def _source(self, name: str) -> Source:
        check_id(name)
        return await self._live.in_thread(partial(self._live.sources.get, name))


def _listed(source: Source) -> dict[str, object]:
    seconds, rest_ns = divmod(source.modified_ns, 1_000_000_000)
    modified = datetime.fromtimestamp(seconds, timezone.utc).replace(microsecond=rest_ns // 1000)
    stamp = modified.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {"id": source.id, "size": source.size, "modified": stamp}


def _tail_bytes(request: Request) -> int:
    """Reads `tailBytes`: 50,000 if it is missing or junk, clamped to 1,000 to 250,000."""
    text = request.query_params.get("tailBytes", "")
    if not _NUMBER.fullmatch(text):
        return TAIL_BYTES
    return min(max(int(text), MIN_TAIL_BYTES), MAX_TAIL_BYTES)


def _starts(request: Request) -> list[Cursor]:
    """Reads `from=OFFSET`, one for each `source` in their order."""
    texts = request.query_params.getlist("from")
    if not all(_NUMBER.fullmatch(text) for text in texts):
        raise ServeError("bad_option", "`from` has to be an offset in bytes")
    return [Cursor(int(text)) for text in texts]


def _try_to_open(source: Source) -> None:
    """Raises what is wrong before an answer has begun; afterwards only silence could tell it."""
    try:
        os.close(open_source(source.path, source.root))
    except FileNotFoundError:
        raise ServeError("not_found", f"no log has the ID `{source.id}`") from None


def _read_tail(source: Source, tail_bytes: int, show: Show) -> Block:
    try:
        descriptor = open_source(source.path, source.root)
    except FileNotFoundError:
        raise ServeError("not_found", f"no log has the ID `{source.id}`") from None
    try:
        size = os.fstat(descriptor).st_size
        start = tail_start(descriptor, size, tail_bytes)
        block = read_block(descriptor, start, size, show, is_quiet=False, limit_bytes=max(size - start, 1))
        return block or Block(start, start, "")
    finally:
        os.close(descriptor)


async def _refuse(_request: Request, error: Exception) -> Response:
    refused = error if isinstance(error, ServeError) else ServeError("io", "the request failed")
    return JSONResponse({"error": refused.text, "code": refused.code}, refused.status)


async def _refuse_http(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    code = {404: "not_found", 405: "unsupported"}.get(status, "bad_option")
    texts = {404: "there is nothing at this address", 405: "only GET is answered here"}
    text = texts.get(status, "the request is wrong")
    return JSONResponse({"error": text, "code": code}, status)


async def _fail(_request: Request, _error: Exception) -> Response:
    """Answers after a fault of ours. The server logs the fault; what it says stays there."""
    return JSONResponse({"error": "the server failed", "code": "io"}, 500)
