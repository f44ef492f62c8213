"""Promises of work: a job is a kind and a subject's id, written in the caller's transaction.

The only ring that imports the job engine (DBOS Transact).
"""

from app.jobs.queue import JobKind, JobQueue, migrate_jobs
from app.jobs.worker import Handler, JobWorker, Persistence

__all__ = ["Handler", "JobKind", "JobQueue", "JobWorker", "Persistence", "migrate_jobs"]
