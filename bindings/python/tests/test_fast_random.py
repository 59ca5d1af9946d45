"""Random calls give the same lines on both paths. `FAST_SEED` and `FAST_CALLS` make others, and more of them."""

from __future__ import annotations

import logging
import os
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest
from jobtrail import LogContext, redact, setup_logger
from jobtrail.handlers import FileHandler
from jobtrail.loggers import IS_FAST
from jobtrail.logging import FormatName

pytestmark = pytest.mark.skipif(not IS_FAST, reason="this build has the standard path alone")

SEED = int(os.environ.get("FAST_SEED", "1"))
CALLS = int(os.environ.get("FAST_CALLS", "1500"))
TIMES = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z?|\[\d\d:\d\d:\d\d\]")
PIECES = [
    *("password", "=", "token", ": ", "hunter2", "/home/ann/x.txt", "ghp_" + "x1Y2" * 9, "4111 1111 1111 1111", "key"),
    *("\n", "\r\n", "\r", "\t", "\x00", "\u2028", " ", "ü", "😀", "\udc80", "{", "}", '"', "\\", "'", "a" * 40, "1234"),
    *("MSH-0105-A7F2", "--", "-p x", "Bearer ", "https://u:p@h/x", "C:\\Users\\bob\\f", "pin", "card", "[INFO]"),
    "2026-01-01 00:00:00.000 [1] [INFO] forged",
]
CONVERSIONS = ["%s", "%d", "%i", "%f", "%.2f", "%.0f", "%%", "%r", "%5d", "%x", "%", "%(a)s", "%.3f", "%c", "%e", "%g"]
NAMES = ["a", "job_id", "jobId", "project_id", "password", "n", "ünï", "level_", "stack", "x\ny"]


class Call(NamedTuple):
    level: int
    message: str
    arguments: list[Any]
    extra: dict[str, Any] | None
    context: dict[str, Any]


def text(chance: random.Random, pieces: int) -> str:
    return "".join(chance.choice(PIECES) for _ in range(chance.randrange(pieces)))


def value(chance: random.Random) -> object:
    kinds: list[Callable[[], object]] = [
        lambda: chance.randrange(-(10 ** chance.randrange(1, 25)), 10 ** chance.randrange(1, 25)),
        lambda: chance.random() * 10 ** chance.randrange(-8, 20),
        lambda: float(chance.randrange(10**6)) / 64,
        lambda: chance.choice([0, -0.0, float("inf"), float("nan"), 1e15, 1e16, 2.0**53, None, True, False]),
        lambda: chance.choice([[1, "x"], (1, 2), b"x", {"a": 1.0}]),
        lambda: text(chance, 5),
        lambda: chance.randrange(100),
    ]
    return chance.choice(kinds)()


def calls(seed: int) -> Iterator[Call]:
    chance = random.Random(seed)
    for _ in range(CALLS):
        pieces = [chance.choice([text(chance, 3), chance.choice(CONVERSIONS)]) for _ in range(chance.randrange(5))]
        message = "".join(pieces)
        fitting = len(re.findall(r"%[^%]", message))
        arguments = [value(chance) for _ in range(fitting if chance.random() < 0.8 else chance.randrange(4))]
        if chance.random() < 0.05:
            arguments = [{"a": value(chance)}]
        fields = [{chance.choice(NAMES): value(chance) for _ in range(chance.randrange(4))} for _ in range(2)]
        yield Call(
            chance.choice([10, 20, 30, 40, 50]),
            message,
            arguments,
            fields[0] if chance.random() < 0.4 else None,
            fields[1] if chance.random() < 0.3 else {},
        )


@pytest.mark.parametrize("form", get_args(FormatName))
def test_random_calls_give_the_same_lines(tmp_path: Path, form: FormatName) -> None:
    """Also in the forms that have no fast path, which it must leave alone."""
    found = []
    for kind in ("fast", "standard"):
        log = setup_logger("worker", tmp_path / kind, 10, app=f"{kind}-{form}", console=False, format=form, max_bytes=0)
        log.handlers = [handler for handler in log.handlers if isinstance(handler, FileHandler)]
        if kind == "standard":
            log.addFilter(lambda record: True)
        for call in calls(SEED):
            keywords: dict[str, Any] = {} if call.extra is None else {"extra": call.extra}
            with LogContext(**call.context):
                log.log(call.level, call.message, *call.arguments, **keywords)
        log.handlers[0].flush()
        lines = (tmp_path / kind / "worker.log").read_text(encoding="utf-8").split("\n")
        found.append([TIMES.sub("TIME", line) for line in lines[1:]])
        logging.getLogger(log.name).filters.clear()

    assert len(found[0]) >= CALLS
    assert found[0] == found[1]


SENTENCES = [
    *("password=%s", "%s=%s", "sk-%s", "pass%s: 12345678", "%s 1111 1111 1111 of %d", "paid by %s, %s", "%s ya2%d.%s"),
    *("MSH-0105-A7F2: request %s served in %d ms", "%s\\u007%dassword=hunter2", "wrote %s/%s", "key %d %s", "%s%s%s%s"),
]
PARTS = [
    *("password", "key", "token", "hunter2", "/home", "ann", "4111", "411111111111", "1111111111111111", "ghp_x1Y2"),
    *("x1Y2" * 8, "hit", "", "=", ": ", "a9b8c7d6e5f4a3b2c1", "ant-api03-" + "x1Y2" * 8, "29." + "x1Y2" * 9, "ünï"),
]


@pytest.mark.parametrize("form", ["process", "service", "json"])
def test_sentences_with_other_numbers_are_each_redacted_as_if_they_were_the_first(
    tmp_path: Path, form: FormatName
) -> None:
    """A log remembers what hid nothing: no secret that a sentence and its arguments make together passes for it."""
    chance = random.Random(SEED)
    logs = []
    for redacts in (True, False):
        log = setup_logger(
            "w",
            tmp_path / f"{redacts}",
            app=f"{redacts}-{form}",
            console=False,
            format=form,
            max_bytes=0,
            redact=redacts,
        )
        log.handlers = [handler for handler in log.handlers if isinstance(handler, FileHandler)]
        logs.append(log)
    for _ in range(CALLS):
        sentence = chance.choice(SENTENCES)
        kinds = re.findall("%[sd]", sentence)
        parts = [chance.choice(PARTS) for _ in kinds]
        for _ in range(5):
            texts = [re.sub(r"\d", lambda _: str(chance.randrange(10)), part) for part in parts]
            arguments = [
                chance.randrange(10**6) if kind == "%d" else text for kind, text in zip(kinds, texts, strict=True)
            ]
            for log in logs:
                log.info(sentence, *arguments)
    redacted, plain = (
        [TIMES.sub("TIME", line) for line in (tmp_path / folder / "w.log").read_text(encoding="utf-8").splitlines()[1:]]
        for folder in ("True", "False")
    )

    assert len(redacted) == 5 * CALLS
    assert redacted == [redact(line.replace("False-", "True-")) for line in plain]
    assert 0 < sum("[redacted:" in line for line in redacted) < len(redacted)
