"""`jobtrail serve` as a program: ports, directories, addresses, signals."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

pytest.importorskip("uvicorn")

from jobtrail import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

DEADLINE_S = 20


@contextmanager
def serving(*arguments: str | Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Runs the program until the block ends; gives it and the address that it prints."""
    command = [sys.executable, "-m", "jobtrail.serve", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        try:
            line = program.stdout.readline()
            matched = re.fullmatch(r"jobtrail: (http://\S+)/logs\n", line)
            assert matched, line + (program.stderr.read() if program.stderr else "")
            yield program, matched[1]
        finally:
            if program.poll() is None:
                program.terminate()
            program.wait(DEADLINE_S)


def free_port() -> int:
    """Returns a port that is free, with a few free ones behind it."""
    with ExitStack() as stack:
        while True:
            first = stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
            try:
                for port in range(first + 1, first + 4):
                    stack.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue
            return int(first)


def test_it_prints_where_the_page_is(tmp_path: Path) -> None:
    """The address is on standard output, and it answers at once."""
    (tmp_path / "worker.log").write_text("line\n")

    with serving(tmp_path, "--port", "0") as (_, url):
        assert httpx.get(f"{url}/health").json()["status"] == "ok"
        assert "worker.log" in httpx.get(f"{url}/logs").text


@pytest.mark.parametrize(("switch", "shown"), [([], "[redacted:password]"), (["--no-redact"], "hunter2")])
def test_one_switch_shows_secrets(tmp_path: Path, switch: list[str], shown: str) -> None:
    """They are masked by default; `--no-redact` shows them."""
    (tmp_path / "worker.log").write_text("password=hunter2\n")

    with serving(tmp_path, "--port", "0", *switch) as (_, url):
        text = httpx.get(f"{url}/api/logs/tail", params={"source": "worker.log"}).text

    assert text == f"password={shown}\n"


def test_the_next_free_port_is_taken(tmp_path: Path) -> None:
    """Two servers and one port: both run."""
    port = free_port()

    with (
        serving(tmp_path, "--port", str(port)) as (_, first),
        serving(tmp_path, "--port", str(port)) as (_, second),
    ):
        urls = [first, second]
        alive = [httpx.get(f"{url}/health").status_code for url in urls]

    assert alive == [200, 200]
    assert urls[0] == f"http://127.0.0.1:{port}"
    assert port < int(urls[1].rpartition(":")[2]) <= port + 100


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_good_order(tmp_path: Path, number: signal.Signals) -> None:
    """Exit code 0, and the open streams have a proper end."""
    (tmp_path / "worker.log").write_text("line\n")

    with (
        serving(tmp_path, "--port", "0") as (program, url),
        httpx.stream("GET", f"{url}/api/logs/live", timeout=DEADLINE_S) as stream,
    ):
        lines = stream.iter_lines()
        while not next(lines).startswith("data: "):
            pass
        program.send_signal(number)
        rest = list(lines)
        exit_code = program.wait(DEADLINE_S)

    assert exit_code == 0
    assert rest == [""]


def test_a_bad_directory_is_named_and_the_rest_served(tmp_path: Path) -> None:
    """Each fault has its line on standard error; the exit code tells of it in the end."""
    (tmp_path / "file").write_text("")
    good = tmp_path / "good"
    good.mkdir()

    with serving(good, tmp_path / "missing", tmp_path / "file", "--port", "0") as (program, url):
        assert httpx.get(f"{url}/api/logs").json() == {"sources": []}
        program.send_signal(signal.SIGTERM)
        said = program.stderr.read() if program.stderr else ""

    assert program.returncode == 2
    assert said.splitlines() == [
        f"jobtrail serve: `{tmp_path / 'missing'}` does not exist",
        f"jobtrail serve: `{tmp_path / 'file'}` is not a directory",
    ]


def test_nothing_to_serve_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No good directory: exit code 2, and nothing listens."""
    exit_code = serve.main([str(tmp_path / "missing")])

    assert exit_code == 2
    assert "does not exist" in capsys.readouterr().err


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "logs.example"])
def test_other_machines_are_let_in_on_purpose_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], host: str
) -> None:
    """An address that others can reach needs a word that says so."""
    exit_code = serve.main([str(tmp_path), "--host", host])

    assert exit_code == 2
    assert "--insecure" in capsys.readouterr().err


def test_insecure_answers_to_any_name(tmp_path: Path) -> None:
    """Whoever opens it to others may call it as they like."""
    with serving(tmp_path, "--host", "0.0.0.0", "--insecure", "--port", "0") as (_, url):
        port = url.rpartition(":")[2]
        answer = httpx.get(f"http://127.0.0.1:{port}/health", headers={"Host": "logs.example"})

    assert answer.status_code == 200


def test_loopback_of_ipv6_is_served(tmp_path: Path) -> None:
    """`--host ::1` prints an address in brackets."""
    if not socket.has_ipv6 or not Path("/proc/net/if_inet6").exists():
        pytest.skip("no IPv6 here")
    with serving(tmp_path, "--host", "::1", "--port", "0") as (_, url):
        assert url.startswith("http://[::1]:")
        assert httpx.get(f"{url}/health").status_code == 200


def test_an_address_that_is_not_ours_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An address of another machine, a name that is none: a line, not a traceback."""
    for host in ("192.0.2.1", "no.such.name.invalid"):
        assert serve.main([str(tmp_path), "--host", host, "--insecure", "--port", "0"]) == 2

    assert capsys.readouterr().err.count("cannot be listened on") == 2


@pytest.mark.parametrize("port", ["junk", "65536", "-1"])
def test_a_bad_port_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], port: str) -> None:
    """What would be right is said."""
    with pytest.raises(SystemExit) as caught:
        serve.main([str(tmp_path), f"--port={port}"])

    assert caught.value.code == 2
    assert "0 to 65535" in capsys.readouterr().err


def test_a_missing_extra_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bare package says what to install."""
    for name in ("jobtrail.asgi", "jobtrail._serve.run"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "starlette", None)
    monkeypatch.setitem(sys.modules, "starlette.applications", None)

    exit_code = serve.main([str(tmp_path)])

    assert exit_code == 2
    assert "pip install 'jobtrail[serve]'" in capsys.readouterr().err
