"""Others that listen to a program's loggers, as they really are: Sentry and OpenTelemetry see what they would see."""

from pathlib import Path

import pytest
from programs import run

SENTRY = """if True:
    import sys
    import sentry_sdk
    from sentry_sdk.transport import Transport
    events = []
    class Kept(Transport):
        def capture_envelope(self, envelope):
            events.extend(item.get_event() for item in envelope.items if item.get_event())
    def listen():
        sentry_sdk.init(dsn="http://key@127.0.0.1/1", transport=Kept)
    from jobtrail import setup_logger
    if sys.argv[2] == "before":
        listen()
    log = setup_logger("worker", sys.argv[1], console=False)
    log.info("unheard")
    if sys.argv[2] == "after":
        listen()
    log.info("on the way with %d", 1)
    log.error("failed at %s", "step 2", extra={"job_id": 7})
    event, = events
    print(event["logentry"]["message"], event["logentry"]["params"], event["logger"], event["level"])
    print([crumb["message"] for crumb in event["breadcrumbs"]["values"]][-1])
"""

TELEMETRY = """if True:
    import logging, sys, warnings
    warnings.simplefilter("ignore")  # the handler has a successor in a package of its own
    from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
    from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
    from jobtrail import setup_logger
    log = setup_logger("worker", sys.argv[1], console=False)
    log.info("unheard")
    provider, kept = LoggerProvider(), InMemoryLogRecordExporter()
    provider.add_log_record_processor(SimpleLogRecordProcessor(kept))
    handler = LoggingHandler(logger_provider=provider)
    if sys.argv[2] == "root":
        logging.getLogger().addHandler(handler)
        log.propagate = True
    else:
        log.addHandler(handler)
    log.error("failed at %s", "step 2", extra={"job_id": 7})
    finished, = kept.get_finished_logs()
    print(finished.log_record.body, finished.log_record.severity_text, finished.log_record.attributes["job_id"])
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_sentry_gets_its_events_and_breadcrumbs(tmp_path: Path, moment: str) -> None:
    """Whether it begins to listen before the logger is set up or later."""
    ended = run(SENTRY, tmp_path, moment)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "failed at %s ['step 2'] jobtrail.worker error\non the way with 1\n"
    assert (tmp_path / "worker.log").read_text().endswith("[ERROR] failed at step 2\n")


@pytest.mark.parametrize("place", ["logger", "root"])
def test_opentelemetry_gets_its_records(tmp_path: Path, place: str) -> None:
    """By a handler on the logger or on the root."""
    ended = run(TELEMETRY, tmp_path, place)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "failed at step 2 ERROR 7\n"
    assert (tmp_path / "worker.log").read_text().endswith("[ERROR] failed at step 2\n")


BOTH = """if True:
    import logging, sys, warnings
    import sentry_sdk
    from sentry_sdk.transport import Transport
    import jobtrail
    warnings.simplefilter("ignore")
    from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
    from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
    events = []
    class Kept(Transport):
        def capture_envelope(self, envelope):
            events.extend(item.get_event() for item in envelope.items if item.get_event())
    provider, kept = LoggerProvider(), InMemoryLogRecordExporter()
    provider.add_log_record_processor(SimpleLogRecordProcessor(kept))
    logging.getLogger().addHandler(LoggingHandler(logger_provider=provider))
    sentry_sdk.init(dsn="http://key@127.0.0.1/1", transport=Kept)
    jobtrail.install(jobtrail.setup_logger("worker", sys.argv[1], console=False))
    logging.getLogger("uvicorn.error").error("failed")
    print([event["logentry"]["message"] for event in events], [one.log_record.body for one in kept.get_finished_logs()])
    hook = sys.excepthook
    jobtrail.uninstall()
    print(hook is not sys.excepthook, type(logging.getLogger().handlers[0]).__name__)
"""


def test_both_go_on_hearing_when_everything_is_routed_through_our_logger(tmp_path: Path) -> None:
    """And when it is no more."""
    ended = run(BOTH, tmp_path)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "['failed'] ['failed']\nTrue LoggingHandler\n"
    assert (tmp_path / "worker.log").read_text().endswith("[ERROR] failed\n")
