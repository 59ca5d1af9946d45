"""A job's own process: logs 200 lines and is killed with no chance to say good-bye. No line of it may be missing.

Usage: doomed.py LOG_DIR JOB_ID
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys

from logger import setup_logger

LINES = 200


def main() -> int:
    log = setup_logger("worker", sys.argv[1])
    digest = b""
    for step in range(1, LINES + 1):
        digest = hashlib.sha256(digest * 100 + bytes([step % 256])).digest()
        log.info("%s: doomed step %d of %d: %s", sys.argv[2], step, LINES, digest.hex()[:8])
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    return 0


if __name__ == "__main__":
    sys.exit(main())
