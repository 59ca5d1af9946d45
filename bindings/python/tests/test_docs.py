"""The documentation's examples run, and the stubs tell the truth."""

import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import jobtrail
import pytest
from jobtrail import _redis
from redis_servers import RedisServer, needs_redis

README = Path(__file__).resolve().parents[1] / "README.md"
PROJECT = Path(__file__).resolve().parents[3] / "README.md"
GUIDE = PROJECT.parent / "docs/logging.md"
MODULES = [
    f"jobtrail.{module.name}"
    for module in pkgutil.iter_modules(jobtrail.__path__)
    if module.name not in {"_serve", "asgi", "serve"}
] + [f"jobtrail._redis.{module.name}" for module in pkgutil.iter_modules(_redis.__path__)]


@pytest.mark.parametrize("name", ["jobtrail", *MODULES])
def test_examples_of_the_docstrings_run(name: str) -> None:
    """With the output that they show."""
    assert doctest.testmod(importlib.import_module(name)).failed == 0


_SHOWN = (
    *("setup_logger", "read_logs", "generate_job_id", "is_valid_job_id", "LogContext", "configure_from_env", "job_log"),
    *("bind", "run_logged", "capture_exceptions", "install", "uninstall", "limit_repeats", "ExcludePaths", "LineSink"),
    *("JobLogManager", "RedisHandler", "init_job_publisher", "publish_job_progress"),
    *("StructlogFactory", "RotatingFileHandler", "TimedRotatingFileHandler"),
)


def test_public_functions_have_examples() -> None:
    """Of the names that `jobtrail` exports, those that do something."""
    shown = "".join(filter(None, [importlib.import_module(name).__doc__ or "" for name in ["jobtrail"]])) + "".join(
        getattr(jobtrail, name).__doc__ or "" for name in jobtrail.__all__
    )

    for name in _SHOWN:
        assert f"{name}(" in shown


@pytest.mark.parametrize("page", [README, PROJECT, GUIDE], ids=["readme", "project", "guide"])
def test_the_examples_of_a_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: Path) -> None:
    """Each Python block, in its order, in one program."""
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert blocks
    program = tmp_path / "readme.py"
    program.write_text("\n".join(blocks), encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    ended = subprocess.run(
        [sys.executable, "-W", "error", program], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )

    assert ended.returncode == 0, ended.stderr


@needs_redis
def test_the_examples_of_the_page_on_redis_run(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one program, with a real server; what they leave out stands before them."""
    page = (PROJECT.parent / "docs/redis.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    assert blocks
    monkeypatch.setenv("REDIS_URL", f"unix://{redis_server.socket}")
    monkeypatch.setenv("HOME", str(redis_server.socket.parent))
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(blocks)],
        cwd=redis_server.socket.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr


def test_the_stubs_say_what_the_module_has() -> None:
    """Names, signatures and defaults of `jobtrail._core`."""
    pytest.importorskip("mypy")
    command = [sys.executable, "-m", "mypy.stubtest", "jobtrail._core"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.skipif(sys.version_info < (3, 11), reason="typing.assert_type is younger")
def test_the_typed_program_runs() -> None:
    """What mypy checked is also true."""
    importlib.import_module("typed_usage").main()
