"""The logrotate file of `docs/logrotate`, run by the real logrotate while processes write."""

import gzip
import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

CONFIGURATION = Path(__file__).resolve().parents[3] / "docs/logrotate/jobtrail"
LOGROTATE = shutil.which("logrotate", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
DEADLINE_S = 30
KINDS = ["backend", "worker"]

WRITER = """
import logging, os, sys
from jobtrail import configure_from_env
configure_from_env(process_type=sys.argv[1], console=False)
log = logging.getLogger(sys.argv[2])
number = 0
while not os.path.exists("stop"):
    log.error("%d", number)
    number += 1
print(number)
"""


@pytest.mark.skipif(LOGROTATE is None, reason="logrotate is not installed: apt-get install logrotate")
def test_files_are_rotated_while_processes_write_and_no_line_is_lost(tmp_path: Path) -> None:
    """Three rotations, two of which compress; the shared log of errors too; the mode stays."""
    logs = tmp_path / "data/logs"
    settings = CONFIGURATION.read_text().replace("/srv/service", str(tmp_path))
    (tmp_path / "logrotate.conf").write_text(settings)
    os.chmod(tmp_path / "logrotate.conf", 0o600)  # noqa: PTH101 - logrotate refuses one that others may write
    command = [sys.executable, "-W", "error", "-c", WRITER]
    writers = [
        subprocess.Popen([*command, kind, f"{kind}-{number}"], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
        for kind in KINDS
        for number in range(2)
    ]
    for _ in range(3):
        wait_until_all_write(logs)
        rotate(tmp_path)
    wait_until_all_write(logs)
    (tmp_path / "stop").touch()
    counts = [int(writer.communicate(timeout=60)[0]) for writer in writers]

    for name in ("backend", "worker", "errors"):
        ends = sorted(path.name.removeprefix(f"{name}.log") for path in logs.glob(f"{name}.log*"))
        assert ends == ["", ".1", ".2.gz", ".3.gz"]
        assert stat.S_IMODE((logs / f"{name}.log").stat().st_mode) == 0o644
    names = [f"{kind}-{number}" for kind in KINDS for number in range(2)]
    expected = {(name, str(number)) for name, count in zip(names, counts, strict=True) for number in range(count)}
    in_services = lines(logs, "backend") + lines(logs, "worker")
    for found in (in_services, lines(logs, "errors")):
        assert len(found) == len(expected)
        assert set(found) == expected


def wait_until_all_write(logs: Path) -> None:
    """Each writer has moved on to the newest files: who compresses before that, compresses under its hands."""
    deadline = time.monotonic() + DEADLINE_S
    for name, kinds in (*((kind, [kind]) for kind in KINDS), ("errors", KINDS)):
        path = logs / f"{name}.log"
        wanted = {f" {kind}-{number} ".encode() for kind in kinds for number in range(2)}
        while not path.exists() or any(writer not in path.read_bytes() for writer in wanted):
            assert time.monotonic() < deadline
            time.sleep(0.01)


def rotate(folder: Path) -> None:
    """Runs logrotate as its timer does, but at once."""
    assert LOGROTATE is not None
    command = [LOGROTATE, "--force", "--state", str(folder / "state"), str(folder / "logrotate.conf")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr


def lines(logs: Path, name: str) -> list[tuple[str, str]]:
    """Logger and message of every line of a log and its old files."""
    found = []
    for path in logs.glob(f"{name}.log*"):
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        parts = [line.split(" - ") for line in text.decode().splitlines()]
        found += [(logger, message) for _, logger, _, message in parts]
    return found
