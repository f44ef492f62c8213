"""Logs: lines for people on a terminal, JSON for machines, each bound to its request or job."""

import logging
import sys
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor

# Local variables hold keys, webhook secrets and what people wrote.
_TRACEBACK = ExceptionDictTransformer(show_locals=False)


def configure(*, as_json: bool, process: str) -> None:
    """Send our logs and those of libraries to standard error, in one form."""

    def named(_logger: Any, _method: str, event: EventDict) -> EventDict:
        return {"process": process, **event}

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        named,
    ]
    for_people = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    ending: list[Processor] = (
        [structlog.processors.ExceptionRenderer(_TRACEBACK), structlog.processors.JSONRenderer()]
        if as_json
        else [for_people]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    # The job engine gives its logger a handler of its own, in another form, unless it has one.
    logging.getLogger("dbos").handlers = [logging.NullHandler()]
    for chatty in ("alembic", "uvicorn.access", "dbos"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
