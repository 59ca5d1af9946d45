"""`Redactor`, `redact_obj` and `RedactFilter`: what the vectors cannot say."""

from __future__ import annotations

import io
import logging
from datetime import datetime, timezone
from typing import NamedTuple

import pytest
from jobtrail import JobtrailError, RedactFilter, Redactor, redact_obj


class Point(NamedTuple):
    """A tuple with names."""

    x: int
    token: str


def test_options_reach_the_core() -> None:
    """Each option does what it says."""
    everything = Redactor(emails=True, ips=True, phones=True, patterns=["CASE-%n6"])

    redacted = everything.redact("ann@example.com 203.0.113.7 +1 415 555 2671 CASE-123456")

    assert redacted == "[redacted:email] [redacted:ip] [redacted:phone] [redacted:custom]"
    assert Redactor(off=["password"]).redact("password=x") == "password=x"
    assert Redactor(allow=["test"]).redact("password=test") == "password=test"
    assert Redactor(mask="XXXX").redact("password=x") == "password=XXXX"
    assert Redactor(paths="strict", roots=["/srv"]).redact("in /srv/a/b.py") == "in a/b.py"


def test_findings_are_counted_in_characters() -> None:
    """A finding says rule and place, and no secret."""
    assert Redactor().find("\u00e9\U0001f600 password=hunter2 n") == [("password", 12, 19)]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"paths": "some"}, "bad_option"),
        ({"patterns": ["%"]}, "bad_pattern"),
        ({"off": ["nope"]}, "unknown_rule"),
        ({"mask": "a b"}, "bad_mask"),
    ],
)
def test_wrong_options_are_errors_with_a_code(options: dict[str, object], code: str) -> None:
    """A redactor that could not do what is asked is not made."""
    with pytest.raises(JobtrailError) as error:
        Redactor(**options)  # type: ignore[arg-type]

    assert error.value.code == code


def test_values_are_redacted_at_any_depth_and_keep_their_types() -> None:
    """Texts and numbers under sensitive keys are masked; other values, keys and the value itself stay."""
    now = datetime.now(timezone.utc)
    value = {
        "user": "ann",
        "password": "hunter2",
        "deep": [{"api_key": "Jzs9dNsK0VOu0sni", "n": 1}, ("at /home/ann/x", True, None)],
        "credentials": {"user": "svc", "pass": ["a1", "b2"]},
        "point": Point(1, "abcDEF123"),
        "at": now,
        7: "password=hunter2",
    }
    before = repr(value)

    redacted = redact_obj(value)

    assert redacted == {
        "user": "ann",
        "password": "[redacted:password]",
        "deep": [{"api_key": "[redacted:api-key]", "n": 1}, ("at ~/x", True, None)],
        "credentials": {"user": "[redacted:credential]", "pass": ["[redacted:credential]"] * 2},
        "point": Point(1, "[redacted:token]"),
        "at": now,
        7: "password=[redacted:password]",
    }
    assert repr(value) == before
    assert redact_obj(redacted) == redacted


def test_a_filter_redacts_what_another_handler_writes() -> None:
    """Message, arguments, traceback and extra values are redacted before the handler sees them."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s %(user)s"))
    handler.addFilter(RedactFilter())
    logger = logging.getLogger("elsewhere")
    logger.addHandler(handler)
    logger.propagate = False

    try:
        raise ValueError("password=hunter2")
    except ValueError:
        logger.exception("token=%s failed", "abcdefgh12345678", extra={"user": {"password": "x1"}})

    text = stream.getvalue()
    assert text.startswith("token=[redacted:token] failed {'password': '[redacted:password]'}\n")
    assert "ValueError: password=[redacted:password]" in text
    assert "hunter2" not in text
