"""When Redis is away, hangs or refuses: nothing is lost, doubled or out of order, and the program goes on."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from jobtrail import AsyncJobLogManager, JobLogManager
from redis_servers import DEADLINE_S, RedisServer, needs_redis

pytestmark = needs_redis
JOB = "MSH-0105-A7F2"
KEY = f"job:logs:{JOB}"


def manager(server: RedisServer, **options: Any) -> JobLogManager:
    options = {"timeout_s": DEADLINE_S, "spool": server.socket.parent / "spool", **options}  # a busy machine is slow
    return JobLogManager(server.client(), **options)


def messages(logs: JobLogManager) -> list[str]:
    return [entry["message"] for entry in logs.get_logs(JOB, 100_000)]


def test_what_waits_is_written_in_its_order(redis_server: RedisServer, capsys: pytest.CaptureFixture[str]) -> None:
    """Once, behind what was there; it was shown on the console; one warning at the start and one at the end."""
    logs = manager(redis_server)
    logs.info(JOB, "there")
    redis_server.kill()
    for number in range(5):
        logs.info(JOB, f"away {number}")
    assert logs.stats()["spooled"] == 5
    redis_server.start()

    assert logs.flush(DEADLINE_S)
    logs.info(JOB, "back")
    assert messages(logs) == ["there", *(f"away {number}" for number in range(5)), "back"]
    assert redis_server.client().ttl(KEY) == 604_800
    told = capsys.readouterr()
    assert told.out == "".join(f"[JobLogManager] [{JOB}] INFO: away {number}\n" for number in range(5))
    first, last = told.err.splitlines()
    assert first.startswith("jobtrail: Redis takes no job logs (ConnectionError: Error ")
    assert first.endswith("): they go to the console and wait in a file")
    assert last.startswith("jobtrail: Redis takes job logs again after ")
    assert last.endswith(" s: so far 5 entries written late")


def test_a_server_killed_in_mid_stream_loses_nothing(redis_server: RedisServer) -> None:
    """Three times, while eight threads write; it has kept what it acknowledged, and the rest waited."""
    logs = manager(redis_server, max_entries=100_000)
    stop = threading.Event()
    counts = [0] * 8

    def write(worker: int) -> None:
        while not stop.is_set():
            logs.info(JOB, f"{worker}:{counts[worker]}")
            counts[worker] += 1
            time.sleep(0.001)

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for kill in range(3):
        before = sum(counts)
        deadline = time.monotonic() + DEADLINE_S
        while sum(counts) < before + 200:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        redis_server.kill()
        before = logs.stats()["spooled"]
        while logs.stats()["spooled"] < before + 20 * (kill + 1):
            assert time.monotonic() < deadline
            time.sleep(0.005)
        redis_server.start()
    stop.set()
    for thread in threads:
        thread.join()

    assert logs.flush(DEADLINE_S)
    texts = [json.loads(text)["message"] for text in redis_server.client().lrange(KEY, 0, -1)]
    assert len(texts) == len(set(texts)) == sum(counts)
    for worker in range(8):
        own = [int(text.partition(":")[2]) for text in texts if text.startswith(f"{worker}:")]
        assert own == list(range(counts[worker]))
    assert logs.stats()["dropped"] == 0


def test_a_lost_reply_doubles_nothing(redis_server: RedisServer) -> None:
    """The server hangs, does what it was told when it goes on, and nobody heard of it."""
    logs = manager(redis_server, timeout_s=0.2)
    logs.info(JOB, "before")
    redis_server.pause()
    logs.info(JOB, "sent, unanswered")
    logs.info(JOB, "waits")
    assert logs.stats()["spooled"] == 2
    redis_server.go_on()

    assert logs.flush(DEADLINE_S)
    assert messages(logs) == ["before", "sent, unanswered", "waits"]


def test_what_a_killed_process_left_is_written_by_the_next(redis_server: RedisServer) -> None:
    """Before what that one writes; of the same server alone; and the file goes."""
    spool = redis_server.socket.parent / "spool"
    program = f"""if True:
        import os, signal
        from jobtrail import JobLogManager
        logs = JobLogManager("unix://{redis_server.socket}", spool={str(spool)!r})
        other = JobLogManager("unix://{redis_server.socket}?db=1", spool={str(spool)!r})
        for number in range(3):
            logs.info({JOB!r}, f"left {{number}}")
            other.info({JOB!r}, "of another database")
        os.kill(os.getpid(), signal.SIGKILL)
    """
    redis_server.kill()
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=False)
    assert ended.returncode == -9
    left = sorted(spool.iterdir())
    assert len(left) == 2
    for file in left:  # the process was killed over a line
        with file.open("ab") as torn:
            torn.write(b'A 17 x {"timest')
    redis_server.start()

    with manager(redis_server) as logs:
        logs.info(JOB, "next")
        assert logs.flush(DEADLINE_S)
        assert messages(logs) == ["left 0", "left 1", "left 2", "next"]
    assert len(list(spool.iterdir())) == 1
    assert redis_server.client(db=1).exists(KEY) == 0


def test_a_process_that_ends_leaves_what_waits(redis_server: RedisServer) -> None:
    """It does not wait for a server that is away longer than its time limit."""
    spool = redis_server.socket.parent / "spool"
    redis_server.kill()
    program = f"""if True:
        from jobtrail import JobLogManager
        JobLogManager("unix://{redis_server.socket}", spool={str(spool)!r}).info({JOB!r}, "last words")
    """
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    redis_server.start()

    assert ended.stdout == f"[JobLogManager] [{JOB}] INFO: last words\n"
    logs = manager(redis_server)
    logs.get_logs(JOB)
    assert logs.flush(DEADLINE_S)
    assert messages(logs) == ["last words"]


def test_what_is_too_old_or_does_not_fit_is_counted(
    redis_server: RedisServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """What waited longer than the time to live is not written; what had no room is told once."""
    logs = manager(redis_server, spool_bytes=4096, ttl_s=1)
    redis_server.kill()
    logs.info(JOB, "too old")
    since = time.time()
    while time.time() < since + 1.1:
        time.sleep(0.01)
    for number in range(100):
        logs.info(JOB, f"{number} {'x' * 80}")
    redis_server.start()

    assert logs.flush(DEADLINE_S)
    stats = logs.stats()
    assert stats["expired"] >= 1
    assert stats["dropped"] == 101 - stats["spooled"] > 50
    assert stats["replayed"] == stats["spooled"] - stats["expired"]
    assert capsys.readouterr().err.count("fill its 4096 bytes") == 1
    logs.info(JOB, "room again")
    assert logs.stats()["written"] == stats["written"] + 1


def test_a_deleted_log_stays_deleted(redis_server: RedisServer) -> None:
    """Deleted while Redis was away, with entries before and after it waiting."""
    logs = manager(redis_server)
    logs.info(JOB, "there")
    redis_server.kill()
    logs.info(JOB, "before")
    logs.delete_logs(JOB)
    logs.info(JOB, "after")
    redis_server.start()

    assert logs.flush(DEADLINE_S)
    assert messages(logs) == ["after"]


def test_a_hanging_server_holds_nobody_up_longer_than_said(redis_server: RedisServer) -> None:
    """A hundred calls wait once, not a hundred times."""
    logs = manager(redis_server, timeout_s=0.4)
    before = redis_server.client().info("stats")["total_connections_received"]
    redis_server.pause()
    for number in range(100):
        logs.info(JOB, str(number))
    redis_server.go_on()

    assert redis_server.client().info("stats")["total_connections_received"] < before + 20
    assert logs.flush(DEADLINE_S)
    assert messages(logs) == [str(number) for number in range(100)]


@pytest.mark.parametrize(
    ("trouble", "cure", "error"),
    [
        (("CONFIG", "SET", "maxmemory", "1"), ("CONFIG", "SET", "maxmemory", "0"), "OutOfMemoryError: "),
        (("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE"), "ReadOnlyError: "),
        (
            ("CONFIG", "SET", "min-replicas-to-write", "3"),
            ("CONFIG", "SET", "min-replicas-to-write", "0"),
            "NOREPLICAS",
        ),
        (("ACL", "SETUSER", "default", "-eval"), ("ACL", "SETUSER", "default", "+eval"), "permissions"),
    ],
    ids=["OOM", "READONLY", "NOREPLICAS", "NOPERM"],
)
def test_a_server_that_takes_no_writes_is_told_once(
    redis_server: RedisServer,
    capsys: pytest.CaptureFixture[str],
    trouble: tuple[str, ...],
    cure: tuple[str, ...],
    error: str,
) -> None:
    """In its own words; entries wait, and are written when it takes them again."""
    client, logs = redis_server.client(), manager(redis_server)
    logs.info(JOB, "before")
    client.execute_command(*trouble)
    logs.info(JOB, "one")
    logs.info(JOB, "two")
    told = capsys.readouterr().err
    client.execute_command(*cure)

    assert told.count("\n") == 1
    assert error in told
    assert logs.flush(DEADLINE_S)
    assert messages(logs) == ["before", "one", "two"]


def test_a_wrong_password_is_told_once_and_not_shown(
    redis_server: RedisServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """The entries wait for a process that knows the right one."""
    redis_server.client().config_set("requirepass", "right")
    spool = redis_server.socket.parent / "spool"
    with JobLogManager(redis_server.client(password="wrong-one"), spool=spool) as logs:
        logs.info(JOB, "one")
        logs.info(JOB, "two")
        assert logs.get_logs(JOB) == []
    told = capsys.readouterr().err

    assert told.count("\n") == 1
    assert "invalid username-password pair" in told
    assert "wrong-one" not in told
    right = JobLogManager(redis_server.client(password="right"), spool=spool)
    right.get_logs(JOB)
    assert right.flush(DEADLINE_S)
    assert messages(right) == ["one", "two"]


@pytest.mark.parametrize("store", ["list", "stream"])
def test_a_key_of_somebody_else_is_left_alone(
    redis_server: RedisServer, capsys: pytest.CaptureFixture[str], store: Any
) -> None:
    """Its value and its time to live; told once; other jobs' logs go on, also those that waited with it."""
    client, logs = redis_server.client(), manager(redis_server, store=store)
    key, taken = ("job:logs:taken" if store == "list" else "job:stream:taken"), "taken"
    client.set(key, "mine")
    logs.info(taken, "one")
    logs.info(taken, "two")
    assert logs.get_logs(taken) == []
    logs.info(JOB, "goes on")
    redis_server.kill()
    logs.info(taken, "three")
    logs.info(JOB, "waited")
    redis_server.start()

    assert logs.flush(DEADLINE_S)
    assert messages(logs) == ["goes on", "waited"]
    assert (client.get(key), client.ttl(key)) == (b"mine", -1)
    assert logs.stats()["refused"] == 3
    told = capsys.readouterr()
    assert told.err.count(f"Redis refuses the log at the key {key} (ResponseError: WRONGTYPE") == 1
    assert told.out.count("[JobLogManager] [taken] INFO:") == 3


def test_a_folder_that_cannot_be_used_is_told_once(
    redis_server: RedisServer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Entries go to the console; Redis is tried again all the same."""
    (tmp_path / "file").write_text("")
    logs = manager(redis_server, spool=tmp_path / "file")
    redis_server.kill()
    logs.info(JOB, "one")
    logs.info(JOB, "two")
    redis_server.start()
    deadline = time.monotonic() + DEADLINE_S
    while "three" not in messages(logs):
        assert time.monotonic() < deadline
        logs.info(JOB, "three")

    assert logs.stats()["dropped"] >= 2
    assert capsys.readouterr().err.count("cannot wait in") == 1


def test_a_forked_child_has_a_spool_of_its_own(redis_server: RedisServer) -> None:
    """Also while the parent's is full of what waits, and its thread does not live in the child."""
    spool = redis_server.socket.parent / "spool"
    redis_server.kill()
    program = f"""if True:
        import os
        from jobtrail import JobLogManager
        logs = JobLogManager("unix://{redis_server.socket}", spool={str(spool)!r})
        logs.info({JOB!r}, "parent")
        if (child := os.fork()) == 0:
            logs.info({JOB!r}, "child")
            os._exit(0)
        os.waitpid(child, 0)
    """
    subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=True)
    redis_server.start()

    logs = manager(redis_server)
    logs.get_logs(JOB)
    assert logs.flush(DEADLINE_S)
    assert sorted(messages(logs)) == ["child", "parent"]


def test_the_async_manager_waits_and_replays_too(redis_server: RedisServer) -> None:
    """In a task of its own; a hanging server holds a call up no longer than said."""
    from redis.asyncio import Redis  # noqa: PLC0415 - an extra

    async def main() -> list[str]:
        client = Redis(unix_socket_path=str(redis_server.socket))
        logs = AsyncJobLogManager(client, spool=redis_server.socket.parent / "spool", timeout_s=0.3)
        await logs.info(JOB, "there")
        redis_server.pause()
        await asyncio.wait_for(logs.info(JOB, "unanswered"), DEADLINE_S)
        redis_server.go_on()
        assert await logs.flush(DEADLINE_S)
        redis_server.kill()
        for number in range(3):
            await logs.info(JOB, f"away {number}")
        await asyncio.to_thread(redis_server.start)
        assert await logs.flush(DEADLINE_S)
        entries = await logs.get_logs(JOB)
        await logs.close()
        await client.aclose()
        return [entry["message"] for entry in entries]

    assert asyncio.run(main()) == ["there", "unanswered", "away 0", "away 1", "away 2"]
