"""A fixture for pytest: turn it on with `pytest_plugins = ["jobtrail.pytest_plugin"]` in `conftest.py`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jobtrail.testing import capture_logs


@pytest.fixture
def captured_logs() -> Iterator[capture_logs]:
    """What the test logs, by any logger, from DEBUG on; see `jobtrail.testing.capture_logs`."""
    with capture_logs(level="DEBUG") as logs:
        yield logs
