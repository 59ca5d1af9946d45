"""The host process: starts two workers, hands out jobs, and logs how they end.

Usage: host.py FOLDER. Tells its starter on standard output, as JSON lines, which processes there are; ends when its
standard input does.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import subprocess
import sys
import threading
from pathlib import Path

from jobtrail import generate_job_id
from logger import get_logger, setup_logger

FOLDER = Path(__file__).resolve().parent
# What each worker does first, so that everything there is to see comes within seconds; then a mix.
FIRST_JOBS = (("mesh", "doomed", "mesh"), ("import", "broken", "slice"))
MIX = ("mesh", "mesh", "mesh", "import", "slice", "broken", "doomed")
TYPES = {"import": "IMP"}
FIRST_PAUSE_S = 0.2
LATER_PAUSE_S = 3.0

stopping = threading.Event()
ids_lock = threading.Lock()
taken: set[str] = set()


def new_job_id(kind: str) -> str:
    with ids_lock:
        job_id = generate_job_id(TYPES.get(kind, "MSH"), taken=taken)
        taken.add(job_id)
        return job_id


def tell(**what: object) -> None:
    """Tells the starter something. Whole lines, so that two threads do not mix theirs."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def run_worker(number: int, folder: Path) -> None:
    """Keeps one worker busy until the demo ends."""
    log = get_logger("host")
    command: list[str | Path] = [sys.executable, FOLDER / "worker.py", folder]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        if worker.stdin is None or worker.stdout is None:
            return
        log.info("Worker %d started as process %d", number, worker.pid)
        tell(process=f"worker {number}", pid=worker.pid)
        mix = random.Random(number)  # noqa: S311 - the order of jobs is no secret
        later = (mix.choice(MIX) for _ in itertools.count())
        for turn, kind in enumerate(itertools.chain(FIRST_JOBS[number - 1], later)):
            job_id = new_job_id(kind)
            log.info("Submitting %s (%s) to worker %d", job_id, kind, number)
            worker.stdin.write(json.dumps({"job_id": job_id, "kind": kind, "seed": mix.randrange(10_000)}) + "\n")
            worker.stdin.flush()
            answer = json.loads(worker.stdout.readline())
            level = {"completed": "info", "error": "error", "killed": "critical"}[answer["status"]]
            getattr(log, level)("%s ended: %s", job_id, answer["status"])
            if answer["status"] == "killed":
                tell(process="killed", pid=answer["pid"])
            if stopping.wait(FIRST_PAUSE_S if turn < len(FIRST_JOBS[0]) else LATER_PAUSE_S):
                break
        worker.stdin.close()
    log.info("Worker %d ended", number)


def main() -> int:
    folder = Path(sys.argv[1])
    log = setup_logger("host", folder / "logs")
    tell(process="host", pid=os.getpid())
    threads = [threading.Thread(target=run_worker, args=(number, folder)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    log.info("Stopping")
    stopping.set()
    for thread in threads:
        thread.join()
    return 0


if __name__ == "__main__":
    sys.exit(main())
