"""A logger that gives its fields to every record, for the stretches of a program that have no `with` block."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from jobtrail.logging import current_logger

if TYPE_CHECKING:
    _Adapter = logging.LoggerAdapter[logging.Logger]
else:
    _Adapter = logging.LoggerAdapter


class BoundLogger(_Adapter):
    """A logger with fields. `bind` gives one; `.bind` and `.unbind` give further ones, and leave this as it is."""

    def __init__(self, logger: logging.Logger, fields: dict[str, Any]) -> None:
        """Takes the logger and the fields of every record."""
        super().__init__(logger, fields)
        self._fields = fields

    @property
    def fields(self) -> dict[str, Any]:
        """The fields that every record carries."""
        return dict(self._fields)

    def bind(self, **fields: Any) -> BoundLogger:
        """Returns a logger with these fields too; of two of a name the later one counts."""
        return BoundLogger(self.logger, {**self._fields, **fields})

    def unbind(self, *names: str) -> BoundLogger:
        """Returns a logger without these fields; one that is not there is no error."""
        return BoundLogger(self.logger, {name: value for name, value in self._fields.items() if name not in names})

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        """Adds the fields; those of the call itself count before them."""
        return msg, {**kwargs, "extra": {**self._fields, **(kwargs.get("extra") or {})}}


def bind(logger: logging.Logger | None = None, **fields: Any) -> BoundLogger:
    """Returns a logger whose every record carries these fields.

    The formats that have fields write them (`json`, `job`). Names that a record has of its own (`message`, `name`,
    `filename`, ...) raise KeyError where it is logged, as with `extra=`. For a stretch of code with all that it calls,
    use `LogContext` instead.

    Args:
        logger: The logger to write to. None: the one that was set up last, or that of `get_logger_from_env`.
        fields: The fields.

    Examples:
        >>> import logging
        >>> log = bind(logging.getLogger("api"), user_id=7)
        >>> log.bind(request="r-1").fields
        {'user_id': 7, 'request': 'r-1'}
        >>> log.unbind("user_id").fields
        {}
    """
    return BoundLogger(current_logger() if logger is None else logger, fields)
