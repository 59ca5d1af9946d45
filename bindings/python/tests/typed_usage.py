"""How a typed program uses jobtrail: mypy checks this file, and a test runs it."""

import logging
import sys
import tempfile
from typing import Any

import jobtrail
from jobtrail import JobId, LogContext, Query, Record
from logger import ProcessType
from logger import get_logger as get_desktop_logger

if sys.version_info >= (3, 11):
    from typing import assert_type
else:
    from typing_extensions import assert_type


def main() -> None:
    """Uses every public name with its type."""
    folder = tempfile.mkdtemp()
    log = jobtrail.setup_logger("worker", folder, logging.DEBUG, console=False, format="json")
    assert_type(log, logging.Logger)
    with LogContext(job_id="MSH-0105-A7F2") as context:
        assert_type(context, LogContext)
        log.info("started")
    records = jobtrail.read_logs(folder, Query("started"), level="info")
    assert_type(records, list[Record])
    (record,) = records
    assert_type(record.message, str)
    assert_type(record.job_id, str | None)
    assert_type(record.fields, dict[str, Any])
    assert_type(JobId("MSH-0105-A7F2").month, int)
    assert_type(jobtrail.generate_job_id(taken={"MSH-0105-A7F2"}), str)
    assert_type(jobtrail.is_valid_job_id("x"), bool)
    assert_type(jobtrail.redact("x"), str)
    assert_type(str(Query("started")), str)
    assert_type(jobtrail.complete_query("level:").items[0].text, str)
    try:
        Query("level>=loud")
    except jobtrail.JobtrailError as error:
        assert_type(error.code, str)
        assert_type(error.column, int | None)
    kind: ProcessType = "worker"
    assert callable(get_desktop_logger)
    assert kind == "worker"
    assert record.job_id == "MSH-0105-A7F2"


if __name__ == "__main__":
    main()
