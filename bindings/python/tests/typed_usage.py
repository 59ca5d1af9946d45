"""How a typed program uses jobtrail: mypy checks this file, and a test runs it."""

import logging
import sys
import tempfile
from typing import Any

import jobtrail
from jobtrail import JobId, LogContext, Query, Record
from jobtrail.testing import capture_logs
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
    handlers = jobtrail.RotatingFileHandler(f"{folder}/a.log", maxBytes=1000, backupCount=3, redact=False)
    assert_type(handlers.maxBytes, int)
    assert_type(jobtrail.bind(log, user_id=1).bind(step=2), jobtrail.BoundLogger)
    with jobtrail.job_log("MSH-0105-A7F2", project_id="p1", logger=log) as inside:
        assert_type(inside, logging.Logger)
    assert_type(jobtrail.run_logged([sys.executable, "-c", "pass"], logger=log).stdout, str)
    assert_type(jobtrail.install(log, exclude_paths=["/health"]), logging.Logger)
    jobtrail.uninstall()
    with jobtrail.capture_exceptions(log) as capture, capture_logs(level="INFO") as logs:
        assert_type(capture, jobtrail.capture_exceptions)
        assert_type(logs.messages, list[str])
    assert_type(jobtrail.limit_repeats(handlers, first=5).held_back(), int)
    assert_type(jobtrail.StructlogFactory(f"{folder}/b.log")(), jobtrail.LineSink)
    in_redis = jobtrail.JobLogManager(None)
    assert_type(in_redis.get_logs("J-1", 10), list[dict[str, Any]])
    assert_type(in_redis.stats(), dict[str, int])
    assert_type(jobtrail.init_job_publisher(None, worker="w1"), jobtrail.JobLogManager)
    assert_type(jobtrail.RedisHandler(in_redis).dropped, int)
    kind: ProcessType = "worker"
    assert callable(get_desktop_logger)
    assert kind == "worker"
    assert record.job_id == "MSH-0105-A7F2"


if __name__ == "__main__":
    main()
