"""Redaction of text, of structured values, and of records that go to other people's handlers."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from jobtrail import _core

if TYPE_CHECKING:
    from collections.abc import Iterable

_Value = TypeVar("_Value")

# What every record has; all else came in by `extra`.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# What stands for a value to ask whether a key is sensitive.
_PROBE = "x7Kq2Wm9Lp4Zt8Rv3Nb6"


class Redactor:
    """Masks secrets and personal paths: `[redacted:github-token]`.

    Redacting twice changes nothing more, and JSON stays JSON.

        >>> Redactor(emails=True).redact("mail to ann@example.com, password=hunter2")
        'mail to [redacted:email], password=[redacted:password]'
    """

    def __init__(
        self,
        *,
        paths: str = "home",
        roots: Iterable[str] = (),
        emails: bool = False,
        ips: bool = False,
        phones: bool = False,
        patterns: Iterable[str] = (),
        off: Iterable[str] = (),
        allow: Iterable[str] = (),
        mask: str | None = None,
    ) -> None:
        """Takes what to mask.

        Args:
            paths: `home` (a personal path loses what stands before `~`), `strict` (every local path keeps its last
                part) or `off`.
            roots: With `strict`: directories whose paths become relative.
            emails: Masks e-mail addresses too.
            ips: Masks IP addresses too.
            phones: Masks telephone numbers too.
            patterns: Patterns of tokens to mask too: `CASE-%n6` is `CASE-` and six digits (see `docs/redaction.md`).
            off: Ids of rules that mask nothing.
            allow: Texts that stay where one is the whole of what would be masked.
            mask: What stands in the place of a secret instead of `[redacted:RULE]`: letters, digits and `*#_-.`.

        Raises:
            JobtrailError: `bad_option`, `bad_pattern`, `unknown_rule` or `bad_mask`.
        """
        self._core = _core.Redactor(
            paths=paths,
            roots=list(roots),
            extra=(emails, ips, phones),
            patterns=list(patterns),
            off=list(off),
            allow=list(allow),
            mask=mask,
        )

    def redact(self, text: str) -> str:
        """Returns the text with everything masked that a rule finds."""
        return self._core.redact(text)

    def find(self, text: str) -> list[tuple[str, int, int]]:
        """Returns rule, start and end (in characters) of what would be masked, never the secret itself."""
        return self._core.find(text)

    def redact_obj(self, value: _Value) -> _Value:
        """Returns a value with every text in it redacted, at any depth of mappings, lists, tuples and sets.

        A text is redacted as the value of its key, so `{"password": "x"}` is masked; what stands under a sensitive key
        is masked whatever it is. Keys stay, the value itself is not changed, and other kinds of objects stay too.

            >>> Redactor().redact_obj({"user": "ann", "login": {"password": "hunter2", "pin": 4821}})
            {'user': 'ann', 'login': {'password': '[redacted:password]', 'pin': '[redacted:pin]'}}
        """
        return self._walk(value, None)  # type: ignore[no-any-return]

    def _walk(self, value: Any, key: str | None) -> Any:
        if isinstance(value, Mapping):
            return {name: self._walk(inner, self._key(name, key)) for name, inner in value.items()}
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(
                *(self._walk(inner, self._key(name, key)) for name, inner in zip(value._fields, value, strict=True))
            )
        if isinstance(value, (list, tuple, set, frozenset)):
            return type(value)(self._walk(inner, key) for inner in value)
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            return value
        if key is None:
            return self.redact(value) if isinstance(value, str) else value
        line = json.dumps({key: value}, ensure_ascii=False)
        redacted = self.redact(line)
        return value if redacted == line else next(iter(json.loads(redacted).values()))

    def _key(self, name: object, outer: str | None) -> str | None:
        """Returns the key that a value is redacted under: its own, or one around it that hides whatever it holds."""
        if outer is not None and self._hides(outer):
            return outer
        return name if isinstance(name, str) else outer

    def _hides(self, key: str) -> bool:
        return _PROBE not in self.redact(json.dumps({key: _PROBE}))


class RedactFilter(logging.Filter):
    """Redacts records on their way to any handler: message, traceback, and what came in by `extra`.

    For handlers that jobtrail did not make; those of `setup_logger` redact by themselves.

        >>> import logging
        >>> handler = logging.StreamHandler()
        >>> handler.addFilter(RedactFilter())
    """

    def __init__(self, redactor: Redactor | None = None) -> None:
        """Takes what redacts; by default a `Redactor` without options."""
        super().__init__()
        self._redactor = redactor or Redactor()

    def filter(self, record: logging.LogRecord) -> bool:
        """Redacts the record in place, and lets it pass."""
        redact = self._redactor.redact
        record.msg, record.args = redact(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        extra = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if extra:
            vars(record).update(self._redactor.redact_obj(extra))
        return True


_DEFAULT = Redactor()


def redact_obj(value: _Value) -> _Value:
    """Returns a value with every text in it redacted, as `Redactor().redact_obj(value)` does."""
    return _DEFAULT.redact_obj(value)
