"""Job logs in Redis: the managers, the functions of workers that publish, and a handler for `logging`.

`pip install "jobtrail[redis]"`. `docs/redis.md` tells of them, and of what happens when Redis is away.
"""

from jobtrail._redis.async_manager import AsyncJobLogManager
from jobtrail._redis.entries import Entry, JobRef
from jobtrail._redis.handler import RedisHandler
from jobtrail._redis.manager import JobLogManager
from jobtrail._redis.publishing import (
    init_job_publisher,
    publish_job_complete,
    publish_job_error,
    publish_job_progress,
)

__all__ = [
    "AsyncJobLogManager",
    "Entry",
    "JobLogManager",
    "JobRef",
    "RedisHandler",
    "init_job_publisher",
    "publish_job_complete",
    "publish_job_error",
    "publish_job_progress",
]
