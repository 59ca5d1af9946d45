"""Measures the Python logger beside its peers: the cost of a call, and what several processes lose at rotation."""

from __future__ import annotations

import logging
import logging.handlers
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, Literal

CALLS = 20_000
RUNS = 7
THREADS = 4
PROCESSES = 4
RECORDS = 14_000
LIMIT_BYTES = 10 * 1024 * 1024
SMALL_LIMIT_BYTES = 256 * 1024
LINE = "%(asctime)s.%(msecs)03d [%(process)d] [%(levelname)s] %(message)s"
STAMP = "%Y-%m-%d %H:%M:%S"
MESSAGE = "MSH-0105-A7F2: request served in %d ms, cache %s, worker 7, tile done"
BRACES = MESSAGE.replace("%d", "{}").replace("%s", "{}")
FIELDS = {"job_id": "MSH-0105-A7F2", "user_id": 7, "duration_ms": 12.5}

Durability = Literal["process", "mapped", "disk"]
Run = Callable[[int], object]
"""Logs so many records."""


def with_message(log: Any, message: str = MESSAGE) -> Run:
    info = log.info

    def run(count: int) -> None:
        for number in range(count):
            info(message, number, "hit")

    return run


def with_extra(log: Any) -> Run:
    info = log.info

    def run(count: int) -> None:
        for number in range(count):
            info(MESSAGE, number, "hit", extra=FIELDS)

    return run


def disabled(log: Any) -> Run:
    debug = log.debug

    def run(count: int) -> None:
        for number in range(count):
            debug(MESSAGE, number, "hit")

    return run


def by_threads(run: Run) -> Run:
    def run_all(count: int) -> None:
        threads = [threading.Thread(target=run, args=(count // THREADS,)) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return run_all


def logger_with(module: Any, handler: Any, formatter: Any = None) -> Any:
    """Returns a logger of the standard library or of something with its names."""
    logger = module.getLogger("bench")
    handler.setFormatter(formatter or module.Formatter(LINE, STAMP))
    logger.addHandler(handler)
    logger.setLevel(module.INFO)
    logger.propagate = False
    return logger


def stdlib(path: Path) -> Any:
    return logger_with(logging, logging.FileHandler(path))


def stdlib_rotating(path: Path, limit: int = LIMIT_BYTES) -> Any:
    return logger_with(logging, logging.handlers.RotatingFileHandler(path, maxBytes=limit, backupCount=1000))


def stdlib_json(path: Path) -> Any:
    from pythonjsonlogger.orjson import OrjsonFormatter  # noqa: PLC0415 - only where it is installed, as all below

    formatter = OrjsonFormatter("%(levelname)s %(name)s %(message)s %(module)s %(funcName)s %(lineno)d", timestamp=True)
    return logger_with(logging, logging.FileHandler(path), formatter)


def picologging(path: Path) -> Any:
    import picologging as module  # noqa: PLC0415

    return logger_with(module, module.FileHandler(str(path)))


def picologging_rotating(path: Path, limit: int = LIMIT_BYTES) -> Any:
    import picologging as module  # noqa: PLC0415
    from picologging import handlers  # noqa: PLC0415

    return logger_with(module, handlers.RotatingFileHandler(str(path), maxBytes=limit, backupCount=1000))


def concurrent(path: Path, limit: int = LIMIT_BYTES) -> Any:
    from concurrent_log_handler import ConcurrentRotatingFileHandler  # noqa: PLC0415

    return logger_with(logging, ConcurrentRotatingFileHandler(str(path), maxBytes=limit, backupCount=1000))


def loguru(path: Path, limit: int | None = None, *, serialize: bool = False) -> Any:
    from loguru import logger  # noqa: PLC0415

    logger.remove()
    form = "{time:YYYY-MM-DD HH:mm:ss.SSS} [{process}] [{level}] {message}"
    logger.add(str(path), rotation=limit, format=form, serialize=serialize, level="INFO", catch=True)
    return logger


def structlog(path: Path, *, as_json: bool = False) -> Any:
    import orjson  # noqa: PLC0415
    import structlog as module  # noqa: PLC0415

    def line(_log: object, name: str, event: dict[str, Any]) -> bytes:
        return f"{event['timestamp']} [{event.get('pid')}] [{name.upper()}] {event['event']}".encode()

    processors: list[Any] = [
        module.contextvars.merge_contextvars,
        module.processors.add_log_level,
        module.stdlib.PositionalArgumentsFormatter(),
        module.processors.TimeStamper(fmt="iso" if as_json else STAMP, utc=as_json),
        module.processors.JSONRenderer(serializer=orjson.dumps) if as_json else line,
    ]
    return module.wrap_logger(
        module.BytesLogger(path.open("wb")),
        processors=processors,
        wrapper_class=module.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    ).bind()


def structlog_json(path: Path) -> Run:
    info = structlog(path, as_json=True).info

    def run(count: int) -> None:
        for number in range(count):
            info(MESSAGE, number, "hit", **FIELDS)

    return run


def loguru_json(path: Path) -> Run:
    return with_message(loguru(path, serialize=True).bind(**FIELDS), BRACES)


def jobtrail(path: Path, limit: int = 0, durability: Durability = "process", form: Any = "process") -> Any:
    from jobtrail import setup_logger  # noqa: PLC0415

    options: dict[str, Any] = {"console": False, "max_bytes": limit, "backup_count": 1000, "format": form}
    return setup_logger(path.stem, path.parent, durability=durability, **options)


def flushed(log: Any) -> Run:
    """With what memory holds brought to the file, so that its cost is counted."""
    run = with_message(log)

    def run_and_flush(count: int) -> None:
        run(count)
        log.handlers[0].flush()

    return run_and_flush


# By what is done: each peer, and how many times ours is to be as fast as it.
COSTS: dict[str, dict[str, Callable[[Path], Run]]] = {
    "plain file": {
        "jobtrail": lambda path: with_message(jobtrail(path)),
        "jobtrail, mapped": lambda path: flushed(jobtrail(path, 0, "mapped")),
        "stdlib FileHandler": lambda path: with_message(stdlib(path)),
        "picologging": lambda path: with_message(picologging(path)),
        "structlog BytesLogger": lambda path: with_message(structlog(path)),
        "loguru": lambda path: with_message(loguru(path), BRACES),
    },
    "rotating at 10 MB": {
        "jobtrail": lambda path: with_message(jobtrail(path, LIMIT_BYTES)),
        "jobtrail, mapped": lambda path: flushed(jobtrail(path, LIMIT_BYTES, "mapped")),
        "stdlib RotatingFileHandler": lambda path: with_message(stdlib_rotating(path)),
        "picologging": lambda path: with_message(picologging_rotating(path)),
        "loguru": lambda path: with_message(loguru(path, LIMIT_BYTES), BRACES),
        "concurrent-log-handler": lambda path: with_message(concurrent(path)),
    },
    "JSON with 3 fields": {
        "jobtrail": lambda path: with_extra(jobtrail(path, form="json")),
        "python-json-logger, orjson": lambda path: with_extra(stdlib_json(path)),
        "structlog BytesLogger, orjson": structlog_json,
        "loguru, serialize": loguru_json,
    },
    # Without picologging, whose threads come to wait for each other for ever.
    f"{THREADS} threads, plain file": {
        "jobtrail": lambda path: by_threads(with_message(jobtrail(path))),
        "stdlib FileHandler": lambda path: by_threads(with_message(stdlib(path))),
        "loguru": lambda path: by_threads(with_message(loguru(path), BRACES)),
    },
    "disabled level": {
        "jobtrail": lambda path: disabled(jobtrail(path)),
        "stdlib FileHandler": lambda path: disabled(stdlib(path)),
        "picologging": lambda path: disabled(picologging(path)),
        "structlog BytesLogger": lambda path: disabled(structlog(path)),
        "loguru": lambda path: disabled(loguru(path)),
    },
}

ROTATING: dict[str, Callable[[Path], Any]] = {
    "jobtrail": lambda path: jobtrail(path, SMALL_LIMIT_BYTES),
    "jobtrail, mapped": lambda path: jobtrail(path, SMALL_LIMIT_BYTES, "mapped"),
    "stdlib RotatingFileHandler": lambda path: stdlib_rotating(path, SMALL_LIMIT_BYTES),
    "picologging": lambda path: picologging_rotating(path, SMALL_LIMIT_BYTES),
    "loguru": lambda path: loguru(path, SMALL_LIMIT_BYTES),
    "concurrent-log-handler": lambda path: concurrent(path, SMALL_LIMIT_BYTES),
}


class Peer:
    """A process of its own, in which nothing of another peer is loaded, that logs whenever it is told to."""

    def __init__(self, kind: str, peer: str, folder: Path) -> None:
        command = [sys.executable, __file__, "cost", kind, peer, str(folder / f"{len(list(folder.iterdir()))}.log")]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.is_there = self._read() == "ready"

    def _read(self) -> str:
        return self._process.stdout.readline().strip() if self._process.stdout else ""

    def nanoseconds(self) -> float:
        """Returns the processor time of one call, all threads of the process counted."""
        if self._process.stdin:
            self._process.stdin.write("run\n")
            self._process.stdin.flush()
        return float(self._read())

    def end(self) -> None:
        self._process.communicate()


def measure(run: Run) -> None:
    """Logs at each line that comes in, and says what a call took, the loop's own time taken off."""
    run(1000)
    print("ready", flush=True)
    for _ in sys.stdin:
        began = time.process_time_ns()
        for number in range(CALLS):
            number  # noqa: B018 - the loop alone
        loop = time.process_time_ns() - began
        began = time.process_time_ns()
        run(CALLS)
        print((time.process_time_ns() - began - loop) / CALLS, flush=True)


def costs() -> None:
    print(f"Logging: processor time of a call, the loop's own taken off (median of {RUNS} runs of {CALLS}, in turns),")
    print("and how many times as fast jobtrail is: with one write a record, and mapped. It redacts; its peers do not\n")
    print("| | logger | ns | jobtrail is faster by | mapped by |")
    print("| --- | --- | ---: | ---: | ---: |")
    for kind, makers in COSTS.items():
        with tempfile.TemporaryDirectory() as folder:
            peers = {name: Peer(kind, name, Path(folder)) for name in makers}
            there = {name: peer for name, peer in peers.items() if peer.is_there}
            times: dict[str, list[float]] = {name: [] for name in there}
            for _ in range(RUNS):
                for name, peer in there.items():
                    times[name].append(peer.nanoseconds())
            for peer in peers.values():
                peer.end()
        taken = {name: median(found) for name, found in times.items()}
        for name in makers:
            if name not in taken:
                print(f"| {kind} | {name} | not installed | | |")
                continue
            by_memory = taken.get("jobtrail, mapped")
            mapped = f"{taken[name] / by_memory:.1f}" if by_memory else ""
            print(f"| {kind} | {name} | {taken[name]:.0f} | {taken[name] / taken['jobtrail']:.1f} | {mapped} |")


def lost(peer: str) -> tuple[int, int, float] | None:
    """Returns how many records several processes lost and how many lines were torn, and the seconds it took."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.log"
        began = time.monotonic()
        command = [sys.executable, __file__, "write", peer, str(path)]
        numbers = map(str, range(PROCESSES))
        writers = [subprocess.Popen([*command, number], stderr=subprocess.DEVNULL) for number in numbers]
        codes = [writer.wait() for writer in writers]
        if any(codes):
            return None
        taken = time.monotonic() - began
        wanted = {f"record {number}-{i} end" for number in range(PROCESSES) for i in range(RECORDS)}
        lines = [line for file in Path(folder).glob("bench*") for line in file.read_text(errors="replace").splitlines()]
        found = {line.rpartition("] ")[2] for line in lines}
        torn = sum("record" in line and not line.endswith(" end") for line in lines)
        return len(wanted - found), torn, taken


def losses() -> None:
    print(f"\n{PROCESSES} processes with {RECORDS} records each into one file that rotates at 256 KB\n")
    print("| logger | lost | torn | seconds | records/s |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for peer in ROTATING:
        found = lost(peer)
        if found is None:
            print(f"| {peer} | not installed | | | |")
            continue
        gone, torn, wall = found
        print(f"| {peer} | {gone} | {torn} | {wall:.1f} | {PROCESSES * RECORDS / wall:.0f} |")


def write(peer: str, path: str, number: str) -> None:
    info = ROTATING[peer](Path(path)).info
    for i in range(RECORDS):
        info(f"record {number}-{i} end")


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write(*sys.argv[2:])
    elif sys.argv[1:2] == ["cost"]:
        measure(COSTS[sys.argv[2]][sys.argv[3]](Path(sys.argv[4])))
    else:
        costs()
        losses()
