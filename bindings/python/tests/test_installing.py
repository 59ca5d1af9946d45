"""`install` and `uninstall` with the real frameworks; every line through our handlers, and everything put back."""

import asyncio
import contextlib
import gc
import json
import logging
import logging.config
import logging.handlers
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jobtrail
import pytest
from jobtrail import LogContext, configure_from_env, install, setup_logger, uninstall
from jobtrail.testing import capture_logs

DEADLINE_S = 30


@pytest.fixture(autouse=True)
def _uninstalled() -> Iterator[None]:
    yield
    uninstall()


def written(folder: Path, name: str = "api") -> list[dict[str, Any]]:
    """The records after jobtrail's own first one."""
    return [json.loads(line) for line in (folder / f"{name}.log").read_text(encoding="utf-8").splitlines()[1:]]


def state() -> object:
    """Everything that `install` may touch."""
    root = logging.getLogger()
    loggers = {name: one for name, one in root.manager.loggerDict.items() if isinstance(one, logging.Logger)}
    return (
        {
            name: (one.handlers[:], one.level, one.propagate, one.disabled, one.filters[:])
            for name, one in [("root", root), *loggers.items()]
            if not name.startswith("jobtrail") and (one.handlers or one.level or not one.propagate or one.filters)
        },
        sys.excepthook,
        threading.excepthook,
        sys.unraisablehook,
        asyncio.BaseEventLoop.call_exception_handler,
        warnings.showwarning,
        logging.config.dictConfigClass,
        logging.config.fileConfig,
        logging.handlers.QueueHandler.prepare,
    )


def test_root_and_warnings_come_to_our_handlers_and_go_back(tmp_path: Path) -> None:
    """Another's handler on the console gives way, one that is neither console nor file stays."""
    root = logging.getLogger()
    console, other = logging.StreamHandler(), logging.NullHandler()
    root.addHandler(console)
    root.addHandler(other)
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    before = state()
    log = setup_logger("api", tmp_path, console=False, format="json")
    assert install(log) is log
    logging.getLogger("some.library").info("password=%s", "hunter2")
    logging.getLogger("uvicorn.error").warning("below its own level")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old way", DeprecationWarning, stacklevel=1)
    assert console not in root.handlers
    assert other in root.handlers
    uninstall()

    assert state() == before
    root.removeHandler(console)
    root.removeHandler(other)
    logging.getLogger("uvicorn.error").setLevel(logging.NOTSET)
    first, *rest = written(tmp_path)
    assert (first["logger"], first["message"]) == ("some.library", "password=[redacted:password]")
    assert [(record["logger"], "old way" in record["message"]) for record in rest] == [("py.warnings", True)]


def test_installing_twice_and_uninstalling_twice_is_as_once(tmp_path: Path) -> None:
    """What was there before the first comes back."""
    before = state()
    install(setup_logger("one", tmp_path, console=False))
    log = install(setup_logger("api", tmp_path, console=False, format="json"))
    logging.getLogger("x").info("here")
    uninstall()
    uninstall()

    assert state() == before
    assert [record["message"] for record in written(tmp_path)] == ["here"]
    assert log.propagate is False


def test_what_somebody_adds_meanwhile_stays(tmp_path: Path) -> None:
    """A handler on root."""
    added = logging.NullHandler()
    install(setup_logger("api", tmp_path, console=False))
    logging.getLogger().addHandler(added)
    uninstall()

    assert added in logging.getLogger().handlers
    logging.getLogger().removeHandler(added)


def test_root_itself_may_be_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `configure_from_env` returns it: errors go to both files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JSON_LOGS", "1")
    install(configure_from_env(console=False))
    logging.getLogger("uvicorn.error").error("failed")

    for name in ("backend", "errors"):
        assert (tmp_path / f"data/logs/{name}.log").read_text().count("failed") == 1


def test_a_framework_that_configures_later_is_routed_again(tmp_path: Path) -> None:
    """With ARQ's own settings, as its command line uses them, and uvicorn's, without its access log."""
    arq_logs = pytest.importorskip("arq.logs")
    uvicorn = pytest.importorskip("uvicorn")
    before = logging.config.dictConfigClass
    install(setup_logger("api", tmp_path, "DEBUG", console=False, format="json"))
    logging.config.dictConfig(arq_logs.default_log_config(verbose=True))
    uvicorn.Config("x:y", access_log=False)
    logging.getLogger("arq.worker").info("job %s started", 7)
    logging.getLogger("uvicorn.error").info("up")
    logging.getLogger("uvicorn.access").info("turned off")
    uninstall()

    assert [record["logger"] for record in written(tmp_path)] == ["arq.worker", "uvicorn.error"]
    assert logging.config.dictConfigClass is before
    for name in ("arq", "uvicorn", "uvicorn.access", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).setLevel(logging.NOTSET)
        logging.getLogger(name).propagate = True


def test_a_configuration_that_disables_what_it_does_not_name_stops_no_line(tmp_path: Path) -> None:
    """As `dictConfig` does by default; it closes every handler, too."""
    known = [one for one in logging.getLogger().manager.loggerDict.values() if isinstance(one, logging.Logger)]
    before = {one: one.disabled for one in known}
    log = install(setup_logger("api", tmp_path, console=False, format="json", durability="mapped"))
    logging.config.dictConfig({"version": 1, "root": {"level": "ERROR", "handlers": []}})
    log.info("one")
    logging.getLogger("some.new.library").info("two")
    setup_logger("worker", tmp_path, console=False, format="json")  # one that was there, and was disabled
    logging.getLogger("jobtrail.worker").info("three")
    for one, is_disabled in before.items():
        one.disabled = is_disabled
    log.handlers[0].flush()

    assert [record["message"] for record in written(tmp_path)] == ["one", "two"]
    assert [record["message"] for record in written(tmp_path, "worker")] == ["three"]


def test_a_configuration_by_a_file_is_routed_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As `alembic` has one: it gives root a console, and disables whom it does not name."""
    before = state()
    root = logging.getLogger()
    known = [one for one in root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    were_disabled = {one: one.disabled for one in known}
    handlers, level = root.handlers[:], root.level
    file = tmp_path / "alembic.ini"
    file.write_text(
        "[loggers]\nkeys = root\n[handlers]\nkeys = console\n[formatters]\nkeys =\n"
        "[logger_root]\nlevel = ERROR\nhandlers = console\n"
        "[handler_console]\nclass = StreamHandler\nargs = (sys.stderr,)\n"
    )
    log = install(setup_logger("api", tmp_path, console=False, format="json"))
    logging.config.fileConfig(str(file))
    log.info("one")
    logging.getLogger("alembic.runtime").info("two")
    seen = capsys.readouterr().err
    uninstall()
    root.handlers, root.level = handlers, level
    for one, is_disabled in were_disabled.items():
        one.disabled = is_disabled

    assert [record["message"] for record in written(tmp_path)] == ["one", "two"]
    assert "two" not in seen
    assert state() == before


def test_a_queue_hands_on_the_fields_of_the_context(tmp_path: Path) -> None:
    """Without a filter; each record has its own, and its own field counts."""
    log = setup_logger("api", tmp_path, console=False, format="json")
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    listener = logging.handlers.QueueListener(records, *log.handlers)
    log.handlers = [logging.handlers.QueueHandler(records)]
    install(log)
    listener.start()
    with LogContext(user_id=7, size=1):
        logging.getLogger("some.service").info("inside", extra={"size": 2})
    log.info("outside")
    listener.stop()

    inside, outside = written(tmp_path)
    assert (inside["logger"], inside["user_id"], inside["size"]) == ("some.service", 7, 2)
    assert "user_id" not in outside


def test_a_logger_that_is_set_up_anew_is_routed_with_its_new_handlers(tmp_path: Path) -> None:
    """Also root itself, and also after a framework has configured itself."""
    install(setup_logger("api", tmp_path, console=False))
    setup_logger("api", tmp_path / "new", console=False, format="json")
    logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})
    logging.getLogger("x").info("here")

    assert [record["message"] for record in written(tmp_path / "new")] == ["here"]
    assert "here" not in (tmp_path / "api.log").read_text()


def test_a_logger_without_handlers_is_refused() -> None:
    """Everything would go nowhere."""
    before = state()
    with pytest.raises(jobtrail.JobtrailError, match="bad logger `bare`, expected one that has handlers"):
        install(logging.Logger("bare"))  # noqa: LOG001 - one that pytest gives no handler

    assert state() == before


def test_no_line_is_lost_while_it_comes_and_goes(tmp_path: Path) -> None:
    """Threads log all the time; root has the same handler of ours before, meanwhile and after."""
    log = setup_logger("api", tmp_path, console=False, format="json")
    root = logging.getLogger()
    root.addHandler(log.handlers[0])
    root.setLevel(logging.INFO)
    stop = threading.Event()
    counts = [0, 0, 0]

    def speak(name: str, place: int) -> None:
        while not stop.is_set():
            logging.getLogger(name).info("%s %d", name, counts[place])
            counts[place] += 1

    names = ["shop", "uvicorn.error", "celery.task"]
    threads = [threading.Thread(target=speak, args=(name, place)) for place, name in enumerate(names)]
    for thread in threads:
        thread.start()
    for _ in range(30):
        install(log)
        logging.config.dictConfig({"version": 1, "incremental": True})
        uninstall()
    stop.set()
    for thread in threads:
        thread.join()
    root.removeHandler(log.handlers[0])
    root.setLevel(logging.WARNING)

    messages = [record["message"] for record in written(tmp_path)]
    for name, count in zip(names, counts, strict=True):
        assert [text for text in messages if text.startswith(name)] == [f"{name} {number}" for number in range(count)]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="descriptors are counted in /proc")
def test_a_thousand_times_leak_no_descriptor_thread_or_handler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all that can be set up and taken away again."""
    monkeypatch.chdir(tmp_path)
    counts = []
    for number in range(1001):
        log = setup_logger("api", "logs", console=False)
        install(log, exclude_paths=["/health"])
        uninstall()
        configure_from_env(console=False)
        jobtrail.RotatingFileHandler("rotating.log", maxBytes=1000, backupCount=2).close()
        repeats = jobtrail.limit_repeats(log.handlers[0], first=0)
        log.info("held back")
        repeats.close()
        with jobtrail.job_log("J-7", "p1", data_dir="data", logger=log), capture_logs():
            log.info("inside")
        sink = jobtrail.LineSink("sink.log")
        sink.write("line")
        sink.close()
        if number in {100, 1000}:
            gc.collect()
            # `logging` keeps weak references to all handlers that there are.
            open_files = len(list(Path("/proc/self/fd").iterdir()))
            counts.append((open_files, threading.active_count(), len(logging._handlerList)))  # type: ignore[attr-defined]

    assert counts[0] == counts[1]


ARQ = """
import logging
from arq.connections import RedisSettings
import jobtrail
jobtrail.install(jobtrail.setup_logger("api", {logs!r}, format="json", console=False))
async def add(ctx, one, two):
    with jobtrail.job_log(ctx["job_id"]) as log:
        logging.getLogger("shop").info("adding %d", one)
        if two < 0:
            raise ValueError("negative")
        return one + two
class WorkerSettings:
    functions = [add]
    redis_settings = RedisSettings(unix_socket_path={socket!r})
    max_tries = 1
"""
ENQUEUE = """
import asyncio
from arq import create_pool
from tasks import WorkerSettings
async def main():
    pool = await create_pool(WorkerSettings.redis_settings)
    await pool.enqueue_job("add", 1, 2, _job_id="good")
    await pool.enqueue_job("add", 1, -2, _job_id="bad")
asyncio.run(main())
"""
REDIS = shutil.which("redis-server")


@pytest.mark.skipif(REDIS is None, reason="redis-server is not installed: apt-get install redis-server")
def test_arq_logs_into_our_file(tmp_path: Path) -> None:
    """A real worker by its command line, which configures logging itself; two jobs, one of which fails."""
    pytest.importorskip("arq")
    assert REDIS is not None
    socket_path = tmp_path / "redis.sock"
    redis = [REDIS, "--port", "0", "--unixsocket", str(socket_path), "--save", "", "--dir", str(tmp_path)]
    (tmp_path / "tasks.py").write_text(ARQ.format(logs=str(tmp_path / "logs"), socket=str(socket_path)))
    with subprocess.Popen(redis, stdout=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + DEADLINE_S
            while not socket_path.exists():
                assert time.monotonic() < deadline
                time.sleep(0.01)
            environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
            # What warns there is Redis's client, not ours.
            subprocess.run([sys.executable, "-c", ENQUEUE], cwd=tmp_path, env=environment, timeout=60, check=True)
            ended = subprocess.run(
                [sys.executable, "-m", "arq", "tasks.WorkerSettings", "--burst"],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        finally:
            server.terminate()

    records = written(tmp_path / "logs")
    ours = [record for record in records if record.get("job_id") == "bad"]
    assert [record["logger"] for record in ours] == ["api", "shop", "api"]
    assert "ValueError: negative" in ours[-1]["exception"]
    assert any(record["logger"] == "arq.worker" and "good:add" in record["message"] for record in records)
    assert "good:add" not in ended.stderr + ended.stdout


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def get(url: str) -> int:
    """The status of an answer, when the server is up."""
    deadline = time.monotonic() + DEADLINE_S
    while (status := ask(url)) is None:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.02)
    return status


def ask(url: str) -> int | None:
    """The status of an answer; None where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=DEADLINE_S) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


APP = """
import logging, warnings
import jobtrail
jobtrail.install(
    jobtrail.setup_logger("api", {logs!r}, format="json", console=False), exclude_paths=["/health"]
)
logging.getLogger("shop").info("loaded")
warnings.warn("old way", UserWarning, stacklevel=1)
"""
ASGI = """
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    if scope["path"] == "/fails":
        raise ValueError("in a request")
    missing = scope["path"] == "/health" and scope["query_string"] == b"bad"
    await send({"type": "http.response.start", "status": 503 if missing else 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})
"""
WSGI = """
def app(environ, start_response):
    if environ["PATH_INFO"] == "/fails":
        raise ValueError("in a request")
    start_response("200 OK", [])
    return [b"ok"]
"""


def serve(command: list[str], folder: Path, base: str) -> str:
    """Runs a server in a folder, asks it for some paths, ends it, and returns what it printed."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            statuses = [get(base + path) for path in ("/health", "/x?token=abcdefgh12345678", "/health?a=1", "/fails")]
        finally:
            process.send_signal(signal.SIGINT)
        printed, _ = process.communicate(timeout=DEADLINE_S)
    assert statuses == [200, 200, 200, 500]
    return printed


@pytest.mark.parametrize("way", ["command line", "run"])
def test_uvicorn_logs_into_our_file(tmp_path: Path, way: str) -> None:
    """Start, requests but health checks, the stack of one that failed, the end; nothing on the console."""
    pytest.importorskip("uvicorn")
    port = free_port()
    program = APP.format(logs=str(tmp_path / "logs")) + ASGI
    if way == "run":
        program += f'if __name__ == "__main__":\n    import uvicorn\n    uvicorn.run(app, port={port})\n'
        command = [sys.executable, "service.py"]
    else:
        command = [sys.executable, "-m", "uvicorn", "service:app", "--port", str(port)]
    (tmp_path / "service.py").write_text(program)
    printed = serve(command, tmp_path, f"http://127.0.0.1:{port}")

    records = written(tmp_path / "logs")
    texts = {record["message"] for record in records}
    assert "loaded" in texts
    assert "Application startup complete." in texts
    assert any("old way" in text for text in texts)
    access = [record["message"] for record in records if record["logger"] == "uvicorn.access"]
    assert ["/x?token=[redacted:token]" in access[0], "/fails" in access[1], len(access)] == [True, True, 2]
    (failed,) = [record for record in records if record["level"] == "ERROR"]
    assert "ValueError: in a request" in failed["exception"]
    assert any(text.startswith("Finished server process") for text in texts)
    assert not any("color_message" in record for record in records)
    assert "GET" not in printed
    assert "Finished" not in printed


def test_gunicorn_logs_into_our_file(tmp_path: Path) -> None:
    """The master's lines too, by the hook `on_starting`, and those of its workers."""
    pytest.importorskip("gunicorn")
    port = free_port()
    (tmp_path / "service.py").write_text(WSGI)
    install_it = textwrap.indent(APP.format(logs=str(tmp_path / "logs")), "    ")
    (tmp_path / "gunicorn.conf.py").write_text(
        f"bind = '127.0.0.1:{port}'\nworkers = 2\naccesslog = '-'\ndef on_starting(server):{install_it}"
    )
    command = [sys.executable, "-m", "gunicorn", "service:app", "--no-control-socket"]
    printed = serve(command, tmp_path, f"http://127.0.0.1:{port}")

    records = written(tmp_path / "logs")
    texts = [record["message"] for record in records]
    assert sum("Booting worker" in text for text in texts) == 2, printed
    access = [record["message"] for record in records if record["logger"] == "gunicorn.access"]
    assert ["/x?token=[redacted:token]" in access[0], "/fails" in access[1], len(access)] == [True, True, 2]
    assert any("ValueError: in a request" in record.get("exception", "") for record in records)
    assert "GET" not in printed


def test_a_worker_of_gunicorn_that_crashes_is_told_of_at_once(tmp_path: Path) -> None:
    """By the master, when it starts another in its place: what it was and where."""
    pytest.importorskip("gunicorn")
    port = free_port()
    (tmp_path / "service.py").write_text(
        """
import os, signal
def app(environ, start_response):
    if environ["PATH_INFO"] == "/crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    start_response("200 OK", [])
    return [b"ok"]
"""
    )
    install_it = textwrap.indent(APP.format(logs=str(tmp_path / "logs")), "    ")
    (tmp_path / "gunicorn.conf.py").write_text(f"bind = '127.0.0.1:{port}'\ndef on_starting(server):{install_it}")
    command = [sys.executable, "-m", "gunicorn", "service:app", "--no-control-socket"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            assert get(f"http://127.0.0.1:{port}/") == 200
            ask_and_be_hung_up_on(port)
            assert get(f"http://127.0.0.1:{port}/") == 200  # by the next worker
            crashes = [record for record in written(tmp_path / "logs") if record["level"] == "CRITICAL"]
        finally:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=DEADLINE_S)

    (crash,) = crashes
    assert crash["message"].endswith("Z: Segmentation fault")
    assert " in app" in crash["exception"]
    assert list((tmp_path / "logs").glob(".*crash*")) == []


def ask_and_be_hung_up_on(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S) as connection:
        connection.sendall(b"GET /crash HTTP/1.1\r\nHost: x\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(100) == b""


CELERY = """
import logging
from celery import Celery
import jobtrail
app = Celery("tasks", broker="filesystem://", backend="file://{folder}/results")
app.conf.broker_transport_options = {{
    "data_folder_in": "{folder}/queue", "data_folder_out": "{folder}/queue", "control_folder": "{folder}/control"
}}
app.conf.broker_connection_retry_on_startup = True
jobtrail.install(jobtrail.setup_logger("api", "{folder}/logs", format="json", console=False))
@app.task
def add(one, two):
    print("printed")
    logging.getLogger("shop").info("adding %d", one)
    if two < 0:
        raise ValueError("negative")
    return one + two
"""
SEND = """
import jobtrail
jobtrail.install = lambda log: log
from tasks import add
good, bad = add.delay(1, 2), add.delay(1, -2)
assert good.get(timeout=60) == 3
assert isinstance(bad.get(timeout=60, propagate=False), ValueError)
"""


@pytest.mark.parametrize("pool", ["solo", "prefork"])
def test_celery_logs_into_our_file(tmp_path: Path, pool: str) -> None:
    """A real worker by its command line, which sets logging up after the application was loaded, and its children."""
    pytest.importorskip("celery")
    for name in ("queue", "control", "results"):
        (tmp_path / name).mkdir()
    (tmp_path / "tasks.py").write_text(CELERY.format(folder=tmp_path))
    command = [sys.executable, "-m", "celery", "-A", "tasks", "worker", "--pool", pool, "-c", "1", "-l", "info"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            subprocess.run([sys.executable, "-c", SEND], cwd=tmp_path, timeout=120, check=True)
        finally:
            process.send_signal(signal.SIGTERM)
        printed, _ = process.communicate(timeout=DEADLINE_S)

    records = written(tmp_path / "logs")
    texts = [record["message"] for record in records]
    assert any(text.endswith(" ready.") for text in texts)
    assert [record["message"] for record in records if record["logger"] == "shop"] == ["adding 1"] * 2
    assert any(" succeeded in " in text for text in texts)
    (failed,) = [record for record in records if record["level"] == "ERROR"]
    assert "ValueError: negative" in failed["exception"]
    assert all(word not in printed for word in ("adding", " ready.", "negative"))
