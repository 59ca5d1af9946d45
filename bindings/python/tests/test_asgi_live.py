"""Live streams over HTTP: new lines, rotation, truncation, resuming, leaving, stopping."""

from __future__ import annotations

import json
import queue
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

pytest.importorskip("starlette")

from jobtrail._serve.blocks import tail_start
from jobtrail._serve.follow import Cursor, read_cursors, write_cursors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DEADLINE_S = 20
TOKEN = "ghp_" + "a1B2c3D4e5F6" * 3


class Stream:
    """A live stream, read in a thread of its own."""

    def __init__(self, response: httpx.Response) -> None:
        self.ids: list[str] = []
        self.raw: list[str] = []
        self.ended = threading.Event()
        self._events: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
        self._response = response
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        name = ""
        try:
            for line in self._response.iter_lines():
                self.raw.append(line)
                field, _, value = line.partition(": ")
                if field == "event":
                    name = value
                elif field == "id":
                    self.ids.append(value)
                elif field == "data":
                    self._events.put((name, json.loads(value)))
        except (httpx.HTTPError, httpx.StreamError):
            return  # Closed by the test, or torn; only a clean end counts as one.
        self.ended.set()

    def next(self) -> tuple[str, dict[str, Any]]:
        return self._events.get(timeout=DEADLINE_S)

    def texts(self, until: str) -> dict[str, str]:
        """Gathers the text of each source until `until` has come."""
        gathered: dict[str, str] = {}
        while True:
            name, data = self.next()
            if name == "lines":
                gathered[data["source"]] = gathered.get(data["source"], "") + data["text"]
                if until in data["text"]:
                    return gathered


@contextmanager
def live(url: str, *, last_id: str | None = None, begin: int | None = None, **query: Any) -> Iterator[Stream]:
    if begin is not None:
        query["from"] = begin
    headers = {} if last_id is None else {"Last-Event-ID": last_id}
    timeout = httpx.Timeout(DEADLINE_S, read=60)
    with httpx.stream("GET", f"{url}/api/logs/live", params=query, headers=headers, timeout=timeout) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Stream(response)


def add(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(text)


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.02)


def test_lines_arrive_as_they_are_written(serve: Callable[..., str], tmp_path: Path) -> None:
    """The stream begins with the tail and goes on with each line, at offsets that join without a gap."""
    log = tmp_path / "worker.log"
    log.write_text("one\ntwo\n")

    with live(serve(tmp_path), source="worker.log") as stream:
        first = stream.next()
        add(log, "three\nfo")
        second = stream.next()
        add(log, "ur\n")
        third = stream.next()

    assert first == ("lines", {"source": "worker.log", "offset": 0, "end": 8, "text": "one\ntwo\n"})
    assert second == ("lines", {"source": "worker.log", "offset": 8, "end": 14, "text": "three\n"})
    assert third == ("lines", {"source": "worker.log", "offset": 14, "end": 19, "text": "four\n"})


def test_all_logs_are_followed_new_ones_too(serve: Callable[..., str], tmp_path: Path) -> None:
    """Without a name: every log being written, those that appear later from their first line; no rotated part."""
    (tmp_path / "host.log").write_text("host\n")
    (tmp_path / "host.log.1").write_text("old\n")

    with live(serve(tmp_path)) as stream:
        first = stream.texts("host\n")
        (tmp_path / "jobs").mkdir()
        add(tmp_path / "jobs/a.jsonl", '{"msg":"x"}\n')
        second = stream.texts('"x"')

    assert first == {"host.log": "host\n"}
    assert second == {"jobs/a.jsonl": '{"msg":"x"}\n'}


def test_a_long_log_starts_with_its_tail(serve: Callable[..., str], tmp_path: Path) -> None:
    """`tailBytes` bounds what a stream begins with; `from` begins anywhere, at the line it falls into."""
    log = tmp_path / "worker.log"
    log.write_text("".join(f"line {number:06d}\n" for number in range(10_000)))
    url = serve(tmp_path)

    with live(url, source="worker.log", tailBytes=1000) as stream:
        _, tail = stream.next()
    with live(url, source="worker.log", begin=119_990) as stream:
        _, rest = stream.next()

    assert (119_004, 120_000) == (tail["offset"], tail["end"])
    assert (119_988, "line 009999\n") == (rest["offset"], rest["text"])


def test_more_than_one_block_comes_whole(serve: Callable[..., str], tmp_path: Path) -> None:
    """A megabytes-long catch-up loses and doubles nothing, multi-byte characters included."""
    text = "".join(f"line {number:06d} é\n" for number in range(200_000))
    (tmp_path / "worker.log").write_text(text, encoding="utf-8")

    with live(serve(tmp_path), source="worker.log", begin=0) as stream:
        gathered = stream.texts("line 199999")

    assert gathered["worker.log"] == text


def test_rotation_is_followed(serve: Callable[..., str], tmp_path: Path) -> None:
    """Lines written to the old file after its renaming come before the new file's, and a reset parts them."""
    log = tmp_path / "worker.log"
    log.write_text("one\n")

    with live(serve(tmp_path), source="worker.log") as stream:
        stream.texts("one\n")
        log.rename(tmp_path / "worker.log.1")
        add(log, "three\n")
        add(tmp_path / "worker.log.1", "two\n")
        events = [stream.next() for _ in range(3)]

    assert ["lines", "reset", "lines"] == [name for name, _ in events]
    assert [(4, "two\n"), (0, "three\n")] == [
        (data["offset"], data["text"]) for name, data in events if name == "lines"
    ]


def test_several_rotations_at_once_lose_nothing(serve: Callable[..., str], tmp_path: Path) -> None:
    """A chain of renames between two looks: each part is read, oldest first."""
    log = tmp_path / "worker.log"
    log.write_text("0\n")

    with live(serve(tmp_path), source="worker.log") as stream:
        stream.texts("0\n")
        for turn in range(1, 4):
            for number in range(turn - 1, 0, -1):
                (tmp_path / f"worker.log.{number}").rename(tmp_path / f"worker.log.{number + 1}")
            log.rename(tmp_path / "worker.log.1")
            log.write_text(f"{turn}\n")
        gathered = stream.texts("3\n")

    assert gathered == {"worker.log": "1\n2\n3\n"}


def test_truncation_starts_anew(serve: Callable[..., str], tmp_path: Path) -> None:
    """A file that became shorter is read from its start, behind a reset."""
    log = tmp_path / "worker.log"
    log.write_text("a long first line\n")

    with live(serve(tmp_path), source="worker.log") as stream:
        stream.texts("first")
        log.write_text("new\n")
        events = [stream.next(), stream.next()]

    assert ["reset", "lines"] == [name for name, _ in events]
    assert events[1][1]["text"] == "new\n"


def test_a_stream_resumes_where_it_was_left(serve: Callable[..., str], tmp_path: Path) -> None:
    """`Last-Event-ID` of every event goes on behind that event, for each source on its own."""
    for name in ("a b", "c"):
        (tmp_path / f"{name}.log").write_text(f"{name} one\n")
    url = serve(tmp_path)
    with live(url) as stream:
        seen = stream.texts("one\n") | stream.texts("one\n")
        last_id = stream.ids[-1]
    add(tmp_path / "a b.log", "two\n")

    with live(url, last_id=last_id) as stream:
        resumed = stream.texts("two\n")

    assert set(seen) == {"a b.log", "c.log"}
    assert resumed == {"a b.log": "two\n"}


def test_a_stream_resumes_over_a_rotation(serve: Callable[..., str], tmp_path: Path) -> None:
    """The rest of the old file comes first, though it has another name now."""
    log = tmp_path / "worker.log"
    log.write_text("one\n")
    url = serve(tmp_path)
    with live(url, source="worker.log") as stream:
        stream.texts("one\n")
        last_id = stream.ids[-1]
    add(log, "two\n")
    log.rename(tmp_path / "worker.log.1")
    log.write_text("three, in a file that is longer by now\n")

    with live(url, source="worker.log", last_id=last_id) as stream:
        events = [stream.next() for _ in range(3)]

    assert ["lines", "reset", "lines"] == [name for name, _ in events]
    assert ["two\n", "three, in a file that is longer by now\n"] == [
        data["text"] for name, data in events if name == "lines"
    ]


def test_a_cursor_of_another_file_starts_anew(serve: Callable[..., str], tmp_path: Path) -> None:
    """A file that only has the old one's name is read from its start; junk is as no cursor at all."""
    (tmp_path / "worker.log").write_text("a different file\n")
    url = serve(tmp_path)

    with live(url, last_id="worker.log=5-00c0ffee") as stream:
        events = [stream.next(), stream.next()]
    with live(url, last_id="junk&=&worker.log=x&%zz=1") as stream:
        junk = stream.next()

    assert ["reset", "lines"] == [name for name, _ in events]
    assert junk[1]["text"] == "a different file\n"


def test_no_secret_leaves_in_pieces(serve: Callable[..., str], tmp_path: Path) -> None:
    """A token written in two halves, a private key line by line, an offset in the middle of each: all masked."""
    log = tmp_path / "worker.log"
    log.write_text("start\n")
    url = serve(tmp_path)

    with live(url, source="worker.log") as stream:
        stream.texts("start\n")
        add(log, f"token {TOKEN[:15]}")
        time.sleep(0.5)  # Not a wait for anything: nothing may come, however long.
        add(log, f"{TOKEN[15:]}\n-----BEGIN PRIVATE KEY-----\nMIIEaaaa\n")
        masked = stream.texts("github-token")
        time.sleep(0.5)
        add(log, "MIIEbbbb\n-----END PRIVATE KEY-----\ndone\n")
        masked |= stream.texts("done\n")
        shown = "\n".join(stream.raw)
    for offset in range(0, log.stat().st_size, 3):
        with live(url, source="worker.log", begin=offset) as stream:
            stream.texts("done\n")
            shown += "\n".join(stream.raw)

    assert "MIIE" not in shown
    assert TOKEN[4:12] not in shown
    assert TOKEN[-12:] not in shown


def test_a_stream_masks_nothing_where_the_switch_is_off(serve: Callable[..., str], tmp_path: Path) -> None:
    """`redact=False`: lines arrive as they are written, a private key's too."""
    log = tmp_path / "worker.log"
    log.write_text(f"token {TOKEN}\n")
    added = "-----BEGIN PRIVATE KEY-----\nMIIEaaaa\n-----END PRIVATE KEY-----\npassword=hunter2 in /root/x\n"

    with live(serve(tmp_path, redact=False), source="worker.log") as stream:
        first = stream.texts(TOKEN)
        add(log, added)
        second = stream.texts("/root/x\n")

    assert first["worker.log"] + second["worker.log"] == f"token {TOKEN}\n{added}"


def test_a_torn_last_line_is_shown_after_a_while(serve: Callable[..., str], tmp_path: Path) -> None:
    """What a killed writer left is shown; if it does go on, the line is given again as a whole."""
    log = tmp_path / "worker.log"
    log.write_text("one\ntorn ghp_a1B2c3")

    with live(serve(tmp_path), source="worker.log") as stream:
        first = stream.texts("torn")
        add(log, f"{TOKEN[10:]} whole\n")
        second = stream.texts("whole")

    assert first["worker.log"].startswith("one\ntorn ghp_")
    assert second["worker.log"] == "torn [redacted:github-token] whole\n"


def test_a_reader_who_leaves_frees_everything(serve: Callable[..., str], tmp_path: Path) -> None:
    """The server forgets a stream whose client has gone, also one that never read."""
    (tmp_path / "worker.log").write_text("line\n" * 100_000)
    url = serve(tmp_path)
    streams = [
        httpx.stream("GET", f"{url}/api/logs/live", params={"from": 0, "source": "worker.log"}) for _ in range(5)
    ]
    for stream in streams:
        stream.__enter__()
    wait_until(lambda: httpx.get(f"{url}/health").json()["streams"] == 5)

    for stream in streams:
        stream.__exit__(None, None, None)

    wait_until(lambda: httpx.get(f"{url}/health").json()["streams"] == 0)


def test_a_stop_ends_the_streams_cleanly(tmp_path: Path) -> None:
    """A shutdown does not wait for readers, and each of them sees a proper end."""
    from jobtrail._serve.run import GRACE_S, Server, listen  # noqa: PLC0415
    from jobtrail.asgi import create_app  # noqa: PLC0415

    (tmp_path / "worker.log").write_text("line\n")
    listener = listen("127.0.0.1", 0)
    server = Server(create_app([tmp_path]))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()

    with live(f"http://127.0.0.1:{listener.getsockname()[1]}") as stream:
        stream.texts("line\n")
        began = time.monotonic()
        server.should_exit = True
        thread.join(DEADLINE_S)
        took = time.monotonic() - began
        stream.ended.wait(DEADLINE_S)

    assert not thread.is_alive()
    assert took < GRACE_S
    assert stream.ended.is_set()


def test_cursors_survive_their_text() -> None:
    """Names with every kind of character come back from an event's ID."""
    cursors = {"a&b=c/d e%é.log": Cursor(5, "0a1b2c3d"), "x.log": Cursor(0, "00000000")}

    assert read_cursors(write_cursors(cursors)) == cursors
    assert read_cursors("x.log=12") == {"x.log": Cursor(12)}


def test_an_event_id_fits_into_a_header() -> None:
    """Of thousands of cursors the last ones are kept, whole."""
    cursors = {f"folder/{number:04d}.log": Cursor(number, "0a1b2c3d") for number in range(5000)}

    text = write_cursors(cursors)

    assert 15_000 < len(text) <= 16_000
    assert read_cursors(text).items() < cursors.items()
    assert "folder/4999.log" in read_cursors(text)


def test_a_tail_starts_at_a_line(tmp_path: Path) -> None:
    """At the first line that begins in the tail; at the last line where none does."""
    path = tmp_path / "x.log"
    path.write_text("aaaa\nbb\ncccccc\n")

    with path.open("rb") as file:
        starts = [tail_start(file.fileno(), 15, tail_bytes) for tail_bytes in (1, 6, 7, 8, 10, 14, 15, 99)]

    assert starts == [8, 8, 8, 8, 5, 5, 0, 0]
