"""The job events of a mesh service; everything stands in `jobtrail.mesh`."""

from jobtrail.mesh import (
    generate_job_id,
    get_logs_by_date_range,
    get_logs_by_job_id,
    get_recent_logs,
    log_import_job,
    log_job_update,
    log_mesh_job,
)

__all__ = [
    "generate_job_id",
    "get_logs_by_date_range",
    "get_logs_by_job_id",
    "get_recent_logs",
    "log_import_job",
    "log_job_update",
    "log_mesh_job",
]
