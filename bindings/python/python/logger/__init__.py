"""The logger of a desktop tool's host and worker processes; everything stands in `jobtrail.desktop`."""

from jobtrail.desktop import (
    COLORS,
    ColoredFormatter,
    ProcessType,
    get_logger,
    get_logger_from_env,
    logger,
    setup_logger,
)

__all__ = [
    "COLORS",
    "ColoredFormatter",
    "ProcessType",
    "get_logger",
    "get_logger_from_env",
    "logger",
    "setup_logger",
]
