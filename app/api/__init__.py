"""Door 1: HTTP and JSON. Parse, call one service or one query, answer."""

from fastapi import APIRouter

from app.api import health

router = APIRouter()
router.include_router(health.router)
