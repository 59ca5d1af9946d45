"""Entries of job logs in Redis: their bytes, what is refused, and how they are read. No server is needed."""

import json
import math
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import jobtrail
import pytest
from jobtrail._redis.entries import MAX_ENTRY_BYTES, EntryWriter, job_of, read_entries
from jobtrail._redis.js_text import js_text
from jobtrail._redis.steps import missing

NOW_MS = 1_734_470_400_000


def written(entry: dict[str, Any], *, worker: str | None = None) -> str:
    return EntryWriter(jobtrail.redact, worker, lambda: NOW_MS).line("J-1", entry).text


def test_an_entry_has_the_bytes_of_json_stringify() -> None:
    """Four keys in their order, compact, text as it is; metadata is left out where there is none."""
    entry = {"message": 'Größe ✓ "x"\n\t\x01\u2028', "type": "info", "metadata": {"step": "analysis", "progress": 45.0}}

    assert written(entry) == (
        '{"timestamp":1734470400000,"type":"info","message":"Größe ✓ \\"x\\"\\n\\t\\u0001\u2028",'
        '"metadata":{"step":"analysis","progress":45}}'
    )
    assert written({"type": "warn", "message": "slow", "metadata": None, "extra": [1]}) == (
        '{"timestamp":1734470400000,"type":"warn","message":"slow","extra":[1]}'
    )
    assert written({"type": "warn", "message": "slow", "metadata": {}}).endswith('"metadata":{}}')


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *[(0.1, "0.1"), (-0.0, "0"), (1e21, "1e+21"), (1e20, "100000000000000000000"), (1e-6, "0.000001")],
        *[(1e-7, "1e-7"), (1.5e-7, "1.5e-7"), (-1.25e300, "-1.25e+300"), (1.2345e20, "123450000000000000000")],
        *[(True, "true"), (None, "null"), (2**60, "1152921504606846976"), ("\ud800", '"\\ud800"')],
    ],
)
def test_numbers_and_halves_of_pairs_are_written_as_javascript_does(value: object, text: str) -> None:
    """Its borders of the exponent are not Python's."""
    assert js_text(value) == text


class Bad:
    def __str__(self) -> str:
        raise ValueError("no")


RING: list[Any] = []
RING.append(RING)
DEEP: Any = 1
for _ in range(5000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        *[({7}, "{7}"), (math.nan, "nan"), (-math.inf, "-inf"), (b"\xff", "b'\\xff'"), (Decimal("1.5"), "1.5")],
        *[(Bad(), "<Bad without text: ValueError>"), ({1: 2, None: 3, False: 4}, {"1": 2, "null": 3, "false": 4})],
        *[((1, 2), [1, 2]), (RING, ["[[...]]"]), ({(1, 2): "x"}, {"(1, 2)": "x"})],
    ],
)
def test_what_json_cannot_hold_stands_there_as_its_text(value: object, read: object) -> None:
    """And the entry is whole."""
    entry = json.loads(written({"type": "info", "message": "x", "metadata": {"value": value}}))

    assert entry["metadata"] == {"value": read}


def test_a_value_of_any_depth_or_size_makes_a_whole_entry() -> None:
    """What lies too deep is its text; an entry over 1 MiB loses its metadata and the end of its message."""
    deep = json.loads(written({"type": "info", "message": "x", "metadata": DEEP}))
    large = written({"type": "info", "message": "é" * MAX_ENTRY_BYTES, "metadata": {"a": 1}})

    assert deep["message"] == "x"
    assert len(large.encode()) < MAX_ENTRY_BYTES
    assert json.loads(large)["metadata"]["cut_bytes"] > 2 * MAX_ENTRY_BYTES


def test_secrets_are_masked_and_json_stays_json() -> None:
    """In the message and at any depth of the metadata."""
    entry = json.loads(
        written({"type": "info", "message": 'password=hunter2 "', "metadata": {"a": [{"api_key": "k" * 20}]}})
    )

    assert entry["message"].startswith("password=[redacted:password]")
    assert entry["metadata"] == {"a": [{"api_key": "[redacted:api-key]"}]}


@pytest.mark.parametrize(
    ("stamp", "ms"),
    [
        *[(None, NOW_MS), (1734470400123, 1734470400123), (1734470400123.9, 1734470400123)],
        *[(1734470400, 1734470400000), (1734470400.5, 1734470400500), (0, 0)],
        (datetime(2024, 12, 17, 21, 20, tzinfo=timezone.utc), NOW_MS),
        (datetime(2024, 12, 17, 21, 20), NOW_MS),  # noqa: DTZ001 - it is the naive one that is asked for
    ],
)
def test_times_are_milliseconds(stamp: object, ms: int) -> None:
    """None is now, seconds are told by their size, a naive datetime is UTC."""
    assert json.loads(written({"type": "info", "message": "x", "timestamp": stamp}))["timestamp"] == ms


BAD_TIMES: list[Any] = ["now", -1, math.nan, 10**16, True, []]
BAD_TYPES: list[Any] = ["loud", None, 3, ""]


@pytest.mark.parametrize(
    "entry",
    [
        *[{"type": "info", "message": "x", "timestamp": bad} for bad in BAD_TIMES],
        *[{"type": bad, "message": "x"} for bad in BAD_TYPES],
        *[{"type": "info"}, {"message": "x"}, [], "text", None],
    ],
)
def test_an_entry_that_is_none_is_refused(entry: Any) -> None:
    """With a code, before anything is written."""
    with pytest.raises(jobtrail.JobtrailError) as raised:
        written(entry)

    assert raised.value.code == "bad_option"


@pytest.mark.parametrize(
    "job_id",
    [
        *["", ".", "..", "../x", "a/b", "a:b", "job:logs:x", "a\nb", "a\0", "x" * 129, "x" * 10_000, "é", "a b", "{a}"],
        *[None, True, 1.5, b"MSH-0105-A7F2", ["a"], -0.0],
    ],
)
def test_a_job_id_is_checked_before_it_becomes_a_key(job_id: Any) -> None:
    """Also its type: the text of None is no job."""
    with pytest.raises(jobtrail.JobtrailError) as raised:
        jobtrail.JobLogManager(None).info(job_id, "x")

    assert raised.value.code == "bad_job_id"
    assert len(str(raised.value)) < 200


def test_ids_have_a_normal_form() -> None:
    """Typed ones in upper case; others as they are."""
    assert [job_of(one) for one in ("msh-0105-a7f2", "job-42", 7, UUID(int=7))] == [
        *("MSH-0105-A7F2", "job-42", "7", str(UUID(int=7))),
    ]


def test_a_named_worker_stands_in_the_metadata() -> None:
    """Unless the entry names one, or its metadata is no mapping."""
    assert json.loads(written({"type": "info", "message": "x"}, worker="w1"))["metadata"] == {"worker": "w1"}
    named = {"type": "info", "message": "x", "metadata": {"worker": "w2", "a": 1}}
    assert json.loads(written(named, worker="w1"))["metadata"] == {"worker": "w2", "a": 1}
    assert json.loads(written({"type": "info", "message": "x", "metadata": [1]}, worker="w1"))["metadata"] == [1]


def test_entries_are_read_in_the_order_of_their_times() -> None:
    """Equal times as they stood; one without a time behind the one before it; what is no entry is counted."""
    texts = [
        *('{"timestamp":3,"message":"c"}', '{"timestamp":1,"message":"a"}', '{"message":"a2"}', "{", "[1]", "null"),
        *('{"timestamp":1,"message":"b"}', '{"timestamp":2}', '{"timestamp":1e999,"message":"b2"}', "[" * 100_000),
    ]
    entries, broken = read_entries(texts, None)

    assert [entry["message"] for entry in entries] == ["a", "a2", "b", "b2", "c"]
    assert broken == 5


def test_what_a_lost_reply_wrote_is_not_written_again() -> None:
    """What threads sent may stand there in any order; what an earlier replay wrote stands there from the first on."""
    sent, late = [(text, True) for text in "ab"], [(text, False) for text in "cde"]
    assert missing([*sent, *late], ["b", "x", "a"]) == ["c", "d", "e"]
    assert missing([*sent, *late], ["a", "c", "x", "d"]) == ["b", "e"]
    assert missing([*sent, *late], ["d", "e"]) == ["a", "b", "c", "d", "e"]
    assert missing([("a", True), ("a", True)], ["a"]) == ["a"]
    assert missing([("a", False), ("a", False)], ["a", "a", "a"]) == []
    assert missing([], ["a"]) == []


@pytest.mark.parametrize(
    ("options", "text"),
    [
        *[
            ({"max_entries": 0}, "bad max_entries"),
            ({"ttl_s": -1}, "bad ttl_s"),
            ({"timeout_s": True}, "bad timeout_s"),
        ],
        ({"store": "hash"}, "bad store"),
    ],
)
def test_an_option_that_cannot_be_had_is_refused(options: Any, text: str) -> None:
    """When the manager is made."""
    with pytest.raises(jobtrail.JobtrailError, match=text):
        jobtrail.JobLogManager(None, **options)


def test_a_client_of_the_other_kind_is_refused() -> None:
    """With the name of the class that takes it."""
    redis = pytest.importorskip("redis")
    with pytest.raises(jobtrail.JobtrailError, match="AsyncJobLogManager takes"):
        jobtrail.JobLogManager(redis.asyncio.Redis())
    with pytest.raises(jobtrail.JobtrailError, match="JobLogManager takes"):
        jobtrail.AsyncJobLogManager(redis.Redis())


def test_without_redis_everything_goes_to_the_console(capsys: pytest.CaptureFixture[str]) -> None:
    """In the lines that it always was, redacted, and no line of it moves a terminal's cursor."""
    logs = jobtrail.JobLogManager(None)
    say = logs.info, logs.warn, logs.error, logs.debug
    say[0]("job-42", "Processing data (45%)", {"progress": 45})
    say[1]("job-42", "slow")
    say[2]("MSH-0105-A7F2", "password=hunter2\n\x1b[2J")
    say[3](7, "")
    logs.append_logs("job-42", [{"type": "critical", "message": "x"}])
    logs.publish_progress("job-42", "ann", "analysis", "Processing data", 45.0)
    logs.publish_complete("job-42", "ann", {"nodes": 1}, 1234.0)
    logs.publish_error("job-42", "ann", ValueError("no space"), code="E1")
    logs.delete_logs("job-42")

    assert logs.get_logs("job-42") == []
    assert capsys.readouterr().out.splitlines() == [
        "[JobLogManager] [job-42] INFO: Processing data (45%)",
        "[JobLogManager] [job-42] WARN: slow",
        "[JobLogManager] [MSH-0105-A7F2] ERROR: password=[redacted:password]\\n\\x1b[2J",
        "[JobLogManager] [7] DEBUG: ",
        "[JobLogManager] [job-42] ERROR: x",
        "[JobLogManager] [job-42] INFO: Processing data (45%)",
        "[JobLogManager] [job-42] INFO: Job completed in 1234ms",
        "[JobLogManager] [job-42] ERROR: no space",
    ]
