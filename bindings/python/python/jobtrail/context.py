"""Fields that every record of a stretch of code carries, across `await` and into the tasks started inside."""

from __future__ import annotations

from contextvars import ContextVar
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, final

if TYPE_CHECKING:
    from logging import LogRecord


class _Layer(NamedTuple):
    """One entered context: all fields in force in it, and what it lies upon."""

    owner: LogContext
    fields: dict[str, Any]
    below: _Layer | None


_top: ContextVar[_Layer | None] = ContextVar("jobtrail_context", default=None)


@final
class LogContext:
    """Gives these fields to every record logged inside a `with` block.

    The formats that have fields write them (`json`, `job`); a field of the record itself (`extra=`) wins over one of
    the context, an inner context over an outer one. One context may be entered again, also from other threads and
    tasks.

    Examples:
        >>> from jobtrail import LogContext
        >>> with LogContext(user_id=1, job_id=7):
        ...     LogContext.fields()
        {'user_id': 1, 'job_id': 7}
    """

    def __init__(self, **fields: Any) -> None:
        """Takes the fields; nothing happens before the block is entered."""
        self._own = fields

    @staticmethod
    def fields() -> dict[str, Any]:
        """Returns the fields in force here, outermost first."""
        layer = _top.get()
        return {} if layer is None else dict(layer.fields)

    @staticmethod
    def add_to(record: LogRecord) -> bool:
        """Writes the fields in force onto a record, and returns True: a filter for a handler that hands records on.

        `logging.handlers.QueueHandler(...).addFilter(LogContext.add_to)`: the thread that writes them is in no context.
        A field of a name that a record has of its own (`filename`, `name`, ...) is left out.
        """
        for name, value in LogContext.fields().items():
            vars(record).setdefault(name, value)
        return True

    def __enter__(self) -> LogContext:
        """Adds the fields."""
        below = _top.get()
        _top.set(_Layer(self, {**self.fields(), **self._own}, below))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Takes them away again, with whatever was left entered above them."""
        layer = _top.get()
        while layer is not None and layer.owner is not self:
            layer = layer.below
        if layer is not None:
            _top.set(layer.below)
