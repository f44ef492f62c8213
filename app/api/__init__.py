"""Door 1: HTTP and JSON. Parse, call one service or one query, answer."""

from fastapi import APIRouter

from app.api import (
    attention,
    collections,
    events,
    evidence,
    health,
    keys,
    matches,
    media,
    media_files,
    upload,
    verifications,
    webhooks,
)

router = APIRouter()
router.include_router(health.router)
router.include_router(events.router)
router.include_router(webhooks.router)
router.include_router(upload.router)
router.include_router(media.router)
router.include_router(media_files.router)
router.include_router(collections.router)
router.include_router(keys.router)
router.include_router(verifications.router)
router.include_router(attention.router)
router.include_router(matches.router)
router.include_router(evidence.router)
