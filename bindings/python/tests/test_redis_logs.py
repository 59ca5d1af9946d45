"""Job logs in a real Redis: keys, limits, several writers, live events, streams, both kinds of managers."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jobtrail import AsyncJobLogManager, JobLogManager, JobtrailError, redis_logs
from programs import run
from redis_servers import DEADLINE_S, RedisServer, needs_redis, one_node_cluster

pytestmark = needs_redis
JOB = "MSH-0105-A7F2"
KEY = f"job:logs:{JOB}"


def manager(server: RedisServer, **options: Any) -> JobLogManager:
    options = {"timeout_s": DEADLINE_S, "spool": server.socket.parent / "spool", **options}  # a busy machine is slow
    return JobLogManager(server.client(), **options)


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_entry_stands_in_the_list_with_its_limits(redis_server: RedisServer) -> None:
    """200 entries, seven days, the exact key and bytes; what secrets were in it are masked."""
    client, logs = redis_server.client(), manager(redis_server)
    stamp = 1_734_470_400_000
    entry = {"timestamp": stamp, "type": "info", "message": "Processing data (45%)", "metadata": {"progress": 45}}
    logs.append_log("msh-0105-a7f2", entry)

    assert client.lrange(KEY, 0, -1) == [
        b'{"timestamp":1734470400000,"type":"info","message":"Processing data (45%)","metadata":{"progress":45}}'
    ]
    assert client.ttl(KEY) == 604_800
    assert logs.get_logs(JOB) == [entry]
    for number in range(250):
        logs.info(JOB, f"step {number} password=hunter2")
    assert client.llen(KEY) == 200
    assert [entry["message"] for entry in logs.get_logs(JOB, 2)] == [
        *("step 248 password=[redacted:password]", "step 249 password=[redacted:password]"),
    ]
    assert len(logs.get_logs(JOB)) == 100
    assert logs.get_logs(JOB, 0) == []
    logs.delete_logs(JOB)
    assert client.exists(KEY) == 0
    with pytest.raises(JobtrailError, match="bad limit"):
        logs.get_logs(JOB, -1)


def test_limits_are_options(redis_server: RedisServer) -> None:
    """Also of entries that come in one call; the time to live begins anew with each."""
    client, logs = redis_server.client(), manager(redis_server, max_entries=3, ttl_s=60)
    logs.append_logs("j", [{"type": "info", "message": str(number)} for number in range(1200)])

    assert [entry["message"] for entry in logs.get_logs("j")] == ["1197", "1198", "1199"]
    assert client.ttl("job:logs:j") == 60
    assert logs.stats()["written"] == 1200


def test_one_call_is_one_command(redis_server: RedisServer) -> None:
    """So one round trip, and a crash of the server between its parts cannot be."""
    logs = manager(redis_server)
    logs.info(JOB, "connected")
    before = redis_server.client().info("commandstats")["cmdstat_eval"]["calls"]
    logs.append_logs(JOB, [{"type": "info", "message": str(number)} for number in range(100)])

    assert redis_server.client().info("commandstats")["cmdstat_eval"]["calls"] == before + 1


def test_fifty_writers_lose_nothing(redis_server: RedisServer) -> None:
    """Threads of one manager, and what they write is merged by time."""
    logs = manager(redis_server, max_entries=10_000)

    def write(worker: int) -> None:
        for number in range(20):
            logs.info(JOB, f"{worker}:{number}", {"worker": f"w{worker}"})

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    entries = logs.get_logs(JOB, 10_000)
    assert len({entry["message"] for entry in entries}) == len(entries) == 1000
    times = [entry["timestamp"] for entry in entries]
    assert times == sorted(times)
    for worker in range(50):
        own = [entry["message"] for entry in entries if entry["metadata"]["worker"] == f"w{worker}"]
        assert own == [f"{worker}:{number}" for number in range(20)]


def test_processes_that_fork_and_end_lose_nothing(redis_server: RedisServer) -> None:
    """A child has connections of its own, and the parent keeps its own."""
    program = f"""if True:
        import os
        from jobtrail import JobLogManager
        from redis import Redis
        logs = JobLogManager(Redis(unix_socket_path={str(redis_server.socket)!r}), spool=False, worker="parent")
        logs.info({JOB!r}, "before")
        for number in range(3):
            if (child := os.fork()) == 0:
                logs.info({JOB!r}, f"child {{number}}")
                os._exit(0)
            os.waitpid(child, 0)
        logs.info({JOB!r}, "after")
    """
    ended = run(program)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    told = [(entry["message"], entry["metadata"]) for entry in manager(redis_server).get_logs(JOB)]
    assert [message for message, _ in told] == ["before", "child 0", "child 1", "child 2", "after"]
    assert {json.dumps(metadata) for _, metadata in told} == {'{"worker": "parent"}'}


def test_a_broken_entry_is_left_out_and_told_once(
    redis_server: RedisServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever wrote it; secrets that somebody else wrote are masked when they are read."""
    client, logs = redis_server.client(), manager(redis_server)
    client.rpush(KEY, '{"timestamp":1,"type":"info","message":"token=abcdefgh12345678"}', "{torn", b"\xff\xfe", "7")

    assert [entry["message"] for entry in logs.get_logs(JOB)] == ["token=[redacted:token]"]
    logs.get_logs(JOB)
    assert logs.stats()["broken"] == 6
    assert (
        capsys.readouterr().err
        == f"jobtrail: the log at the key {KEY} holds 3 that are no entries: they are left out\n"
    )
    assert manager(redis_server, redact=False).get_logs(JOB)[0]["message"] == "token=abcdefgh12345678"


def test_workers_publish_and_log(redis_server: RedisServer) -> None:
    """The exact events, numbered, and the exact lines."""
    client = redis_server.client()
    listener = client.pubsub()
    listener.subscribe(f"job:event:{JOB}")
    assert listener.get_message(timeout=DEADLINE_S)
    redis_logs.init_job_publisher(client, spool=False)
    redis_logs.publish_job_progress(client, JOB, "ann", "analysis", "Processing data", 45.0)
    redis_logs.publish_job_complete(client, JOB, 7, {"nodes": 5000}, 1234)
    redis_logs.publish_job_error(client, JOB, "ann", ValueError("password=hunter2"), recoverable=False, code="E1")

    said = [listener.get_message(timeout=DEADLINE_S) for _ in range(3)]
    events = [json.loads(one["data"]) for one in said if one]
    stamps = [event.pop("timestamp") for event in events]
    assert stamps == sorted(stamps)
    assert list(events[0]) == ["jobId", "userId", "state", "step", "progress", "sequence"]
    assert events == [
        _event("ann", "analysis", "Processing data", 45, 1),
        {**_event(7, "completed", "completed", 100, 2), "result": {"nodes": 5000}, "durationMs": 1234},
        {
            **_event("ann", "failed", "error", None, 3),
            "error": "password=[redacted:password]",
            "code": "E1",
            "recoverable": False,
        },
    ]
    entries = [
        (entry["type"], entry["message"], entry["metadata"])
        for entry in JobLogManager(client, spool=False).get_logs(JOB)
    ]
    assert entries == [
        ("info", "Processing data (45%)", {"progress": 45, "step": "Processing data"}),
        ("info", "Job completed in 1234ms", {"durationMs": 1234}),
        ("error", "password=[redacted:password]", {"code": "E1", "recoverable": False}),
    ]


def _event(user: object, state: str, step: str, progress: float | None, sequence: int) -> dict[str, Any]:
    return {
        "jobId": JOB,
        "userId": user,
        "state": state,
        "step": step,
        "progress": progress,
        "sequence": sequence,
    }


def test_a_stream_has_the_same_entries_and_can_be_followed(redis_server: RedisServer) -> None:
    """At a key of its own, trimmed by whole nodes, with the same time to live; from a known entry on."""
    logs, client = manager(redis_server, store="stream"), redis_server.client()
    logs.append_logs(JOB, [{"type": "info", "message": str(number)} for number in range(1000)])

    assert 200 <= client.xlen(f"job:stream:{JOB}") < 400
    assert client.ttl(f"job:stream:{JOB}") == 604_800
    assert [entry["message"] for entry in logs.get_logs(JOB, 2)] == ["998", "999"]
    found = list(logs.tail(JOB, "0", wait_s=0.2))
    assert found[-1][1]["message"] == "999"
    (again,) = logs.tail(JOB, found[-2][0], wait_s=0.2)
    assert again == found[-1]

    heard: list[str] = []

    def listen() -> None:
        for _, entry in logs.tail(JOB, found[-1][0]):
            heard.append(entry["message"])
            if len(heard) == 3:
                return

    listener = threading.Thread(target=listen)
    listener.start()
    for number in range(3):
        logs.info(JOB, f"live {number}")
    listener.join(DEADLINE_S)
    assert heard == ["live 0", "live 1", "live 2"]
    with pytest.raises(JobtrailError, match="only a stream"):
        next(manager(redis_server).tail(JOB))


def test_the_async_manager_does_the_same(redis_server: RedisServer) -> None:
    """Fifty tasks at once, a tail, deleting."""
    from redis.asyncio import Redis  # noqa: PLC0415 - an extra

    async def main() -> None:
        client = Redis(unix_socket_path=str(redis_server.socket))
        folder = redis_server.socket.parent / "spool"
        async with AsyncJobLogManager(client, spool=folder, max_entries=1000, worker="w1") as logs:
            await asyncio.gather(*(logs.info(JOB, str(number)) for number in range(50)))
            entries = await logs.get_logs(JOB)
            assert sorted(int(entry["message"]) for entry in entries) == list(range(50))
            assert entries[0]["metadata"] == {"worker": "w1"}
            await logs.publish_progress(JOB, "ann", "analysis", "Meshing", 50)
            await logs.publish_complete(JOB, "ann", None, 5)
            await logs.publish_error(JOB, "ann", "failed")
            last = [entry["message"] for entry in await logs.get_logs(JOB, 3)]
            assert last == ["Meshing (50%)", "Job completed in 5ms", "failed"]
            await logs.delete_logs(JOB)
            assert await logs.get_logs(JOB) == []
        async with AsyncJobLogManager(client, spool=folder, store="stream") as logs:
            await logs.append_logs(JOB, [{"type": "warn", "message": "a"}, {"type": "debug", "message": "b"}])
            found = [entry["type"] async for _, entry in logs.tail(JOB, "0", wait_s=0.2)]
            assert found == ["warn", "debug"]
        await client.aclose()

    asyncio.run(main())
    assert redis_server.client().ttl(f"job:stream:{JOB}") == 604_800


def test_a_url_and_a_client_that_decodes_do_as_well(redis_server: RedisServer) -> None:
    """Its settings are taken, but for what would change what is read."""
    with JobLogManager(f"unix://{redis_server.socket}?db=3", spool=False) as logs:
        logs.info(JOB, "é")
    decoding = JobLogManager(redis_server.client(db=3, decode_responses=True, protocol=3), spool=False)

    assert [entry["message"] for entry in decoding.get_logs(JOB)] == ["é"]
    assert redis_server.client().exists(KEY) == 0


def test_a_cluster_keeps_each_log_in_one_slot(tmp_path: Path) -> None:
    """Lists, streams and live events, with both kinds of clients."""
    redis = pytest.importorskip("redis")

    async def main(port: int) -> list[dict[str, Any]]:
        client = redis.asyncio.RedisCluster(host="127.0.0.1", port=port)
        async with client, AsyncJobLogManager(client, spool=False) as logs:
            await logs.append_log("async", {"type": "info", "message": "x"})
            return await logs.get_logs("async")

    with one_node_cluster(tmp_path) as port, redis.RedisCluster(host="127.0.0.1", port=port) as client:
        logs = JobLogManager(client, spool=tmp_path / "spool")
        for job in ("a", "b", JOB):
            logs.publish_progress(job, "ann", "analysis", "Meshing", 50)
        assert [[entry["message"] for entry in logs.get_logs(job)] for job in ("a", JOB)] == [["Meshing (50%)"]] * 2
        assert client.ttl(KEY) == 604_800
        stream = JobLogManager(client, spool=tmp_path / "spool", store="stream")
        stream.info(JOB, "x")
        assert [entry["message"] for _, entry in stream.tail(JOB, "0", wait_s=0.2)] == ["x"]
        assert logs.stats()["written"] == 3
        assert [entry["message"] for entry in asyncio.run(main(port))] == ["x"]


def test_nothing_of_redis_is_loaded_before_it_is_used() -> None:
    """The bare package needs nothing."""
    ended = run(
        "import sys, jobtrail\njobtrail.JobLogManager(None)\nprint('redis' in sys.modules, 'asyncio' in sys.modules)"
    )

    assert (ended.stdout, ended.stderr) == ("False False\n", "")


def test_a_manager_leaves_no_file_where_redis_was_there(redis_server: RedisServer, tmp_path: Path) -> None:
    """The folder is made when something has to wait."""
    with manager(redis_server) as logs:
        logs.info(JOB, "x")

    assert not os.path.lexists(tmp_path / "spool")
