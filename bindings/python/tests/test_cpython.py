"""CPython's own tests of `logging`, run from the interpreter's test package with every logger a `JobLogger`."""

import importlib.util
import re
import subprocess
import sys

import pytest

RUN = """if True:
    import logging, sys, unittest
    from jobtrail import JobLogger
    logging.setLoggerClass(JobLogger)
    from test import test_logging
    # What is about sockets, servers, files' names and other handlers of the standard library says nothing of loggers.
    OTHERS = ("Socket", "SysLog", "HTTP", "SMTP", "Datagram", "NTEvent", "Rotat", "Stream", "FileHandler", "Process")
    cases = [
        case for name, case in vars(test_logging).items()
        if isinstance(case, type) and issubclass(case, unittest.TestCase)
        and name != "HandlerTest" and not any(other in name for other in OTHERS)
    ]
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    result = unittest.TextTestRunner(sys.stdout, verbosity=0).run(unittest.TestSuite(map(load, cases)))
    print("ran", result.testsRun, "skipped", len(result.skipped))
    sys.exit(not result.wasSuccessful())
"""


@pytest.mark.skipif(not importlib.util.find_spec("test.test_logging"), reason="this Python comes without its tests")
def test_pythons_own_tests_of_loggers_pass() -> None:
    """Levels, filters, adapters, configurations, records, queues: a hundred and more."""
    command = [sys.executable, "-c", RUN]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
    found = re.search(r"^ran (\d+) skipped (\d+)$", ended.stdout, re.MULTILINE)
    assert found is not None
    assert int(found[1]) - int(found[2]) > 100
