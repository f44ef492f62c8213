"""`provenance work`: the index process, the job worker and the webhook sender, kept running."""

import threading

from workers.supervisor import Child, supervise

WORKERS = ("index_process", "job_worker", "webhook_sender")


def worker_children() -> list[Child]:
    """The processes of one worker machine."""
    return [Child(name, [f"workers.{name}"]) for name in WORKERS]


def api_child() -> Child:
    """The API as a process beside the workers."""
    return Child("api", ["app", "serve"])


def run(stop: threading.Event, *, with_api: bool) -> None:
    """Keep a whole desk, or its workers only, running until `stop` is set."""
    apis = [api_child()] if with_api else []
    supervise([*apis, *worker_children()], stop)
