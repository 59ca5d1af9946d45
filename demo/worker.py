"""A worker process: takes jobs as JSON lines on standard input, does them, and tells the host how each ended.

Usage: worker.py FOLDER. Ends when its input ends. Both workers write one file, `logs/worker.log`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from jobs import KINDS, JobKilledError
from logger import get_logger, setup_logger


def main() -> int:
    folder = Path(sys.argv[1])
    setup_logger("worker", folder / "logs")
    log = get_logger("worker")
    for line in sys.stdin:
        job = json.loads(line)
        job_id, kind = job["job_id"], job["kind"]
        log.info("Job started: %s (%s)", job_id, kind)
        began = time.monotonic()
        answer: dict[str, object] = {"job_id": job_id, "status": "completed"}
        try:
            outcome = KINDS[kind](log, job_id, folder / "output", job["seed"])
        except JobKilledError as error:
            log.critical("%s: %s", job_id, error)
            answer |= {"status": "killed", "pid": error.pid}
        except Exception:  # A job's fault is the job's: the worker goes on.
            log.exception("%s: job failed", job_id)
            answer["status"] = "error"
        else:
            log.info("Job completed: %s in %d ms: %s", job_id, (time.monotonic() - began) * 1000, outcome)
        print(json.dumps(answer), flush=True)
    log.info("No more jobs, good-bye")
    return 0


if __name__ == "__main__":
    sys.exit(main())
