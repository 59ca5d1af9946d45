"""The shared cases of `tests/vectors`, through Python: core blesses them, this face reads and counts them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jobtrail
import pytest
from jobtrail import JobId, JobtrailError, Query, complete_query, parse_line, parse_text, read_logs, redact

VECTORS = Path(__file__).resolve().parents[3] / "tests/vectors"
NOW = "2026-01-05T15:00:00Z"
COUNTS: dict[str, int] = json.loads((VECTORS / "counts.json").read_text())
LOGS = sorted(path.relative_to(VECTORS).as_posix() for path in VECTORS.glob("format/*/*.log"))


def cases(name: str) -> Iterator[dict[str, Any]]:
    """The cases of a file, once their number is the one that core ran."""
    lines = (VECTORS / name).read_text(encoding="utf-8").splitlines()
    assert len(lines) == COUNTS[name]
    yield from map(json.loads, lines)


def test_every_file_of_cases_is_run() -> None:
    """A new one has to be added here."""
    ours = {"level.jsonl", "timestamp.jsonl", "job_id.jsonl", "redact.jsonl", "query.jsonl", "complete.jsonl"}

    assert ours | {log.removesuffix(".log") + ".jsonl" for log in LOGS} == set(COUNTS)


def test_levels() -> None:
    """Names, short forms and numbers."""
    for case in cases("level.jsonl"):
        assert parse_line(json.dumps({"level": case["in"], "message": "m"})).level == case["out"], case


def test_timestamps() -> None:
    """All the spellings of an instant."""
    for case in cases("timestamp.jsonl"):
        assert parse_line(json.dumps({"timestamp": case["in"], "message": "m"})).timestamp == case["out"], case


def test_job_ids() -> None:
    """Their parts, or what is wrong with them."""
    for case in cases("job_id.jsonl"):
        found: dict[str, Any] = {"in": case["in"]}
        try:
            job = JobId(case["in"])
            parts = {"type": job.job_type, "month": job.month, "day": job.day, "suffix": job.suffix}
            found["out"] = {"id": str(job), **parts}
        except JobtrailError as error:
            found["error"] = {"code": error.code, "text": str(error)}

        assert found == case
        assert jobtrail.is_valid_job_id(case["in"]) == ("out" in case)


def test_redactions() -> None:
    """What is masked, and that masking twice changes nothing more."""
    for case in cases("redact.jsonl"):
        paths = case.get("paths", "home")
        redacted = redact(case["in"], paths=paths)

        assert redacted == case["out"], case
        assert redact(redacted, paths=paths) == redacted, case


def test_queries(tmp_path: Path) -> None:
    """Which records match, or where the query goes wrong."""
    for number, case in enumerate(cases("query.jsonl")):
        if wanted := case.get("error"):
            with pytest.raises(JobtrailError, match=re.escape(wanted["expected"])) as raised:
                Query(case["query"])
            assert raised.value.column is not None
            column_bytes = len(case["query"][: raised.value.column].encode())
            assert (raised.value.code, column_bytes) == (wanted["code"], wanted["column"]), case
            continue
        tz = case.get("tz", "UTC")
        query = Query(case["query"], now=case.get("now", NOW), tz=tz)
        assert str(query) == case.get("canonical", str(query)) == str(Query(str(query))), case
        text = "".join(line + "\n" for line in case["lines"])

        records = parse_text(text)
        assert [at for at, record in enumerate(records) if query.matches(record)] == case["match"], case
        # A file is dated, so that only queries without a time give the same.
        if not re.search("since|until|timestamp", case["query"]):
            (tmp_path / f"{number}.log").write_text(text, encoding="utf-8")
            found = [record.line for record in read_logs(tmp_path / f"{number}.log", query, tz=tz)]
            assert found == [records[at].line for at in case["match"]], case


def test_completions() -> None:
    """What can stand at a place of a query."""
    for case in cases("complete.jsonl"):
        encoded = case["text"].encode()
        # A cursor inside a character is one that Python cannot name.
        cursor = len(encoded[: case["cursor"]].decode(errors="ignore"))
        found = complete_query(case["text"], cursor, values=case.get("known"))

        start, end = (len(case["text"][:at].encode()) for at in (found.start, found.end))
        items = [item._asdict() for item in found.items]
        assert {"start": start, "end": end, "expected": found.expected, "items": items} == case["out"], case


@pytest.mark.parametrize("log", LOGS)
def test_logs_become_their_golden_records(log: str) -> None:
    """Byte for byte, and so do the attributes."""
    golden = (VECTORS / log).with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
    assert len(golden) == COUNTS[log.removesuffix(".log") + ".jsonl"]

    records = parse_text((VECTORS / log).read_bytes())
    assert [record.to_json() for record in records] == golden
    names = list(json.loads(golden[0]))
    for record, line in zip(records, golden, strict=True):
        attributes = {name: getattr(record, name) for name in names}
        assert attributes == json.loads(line) == record.to_dict()
