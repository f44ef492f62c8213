"""Door 1: HTTP and JSON. Parse, call one service or one query, answer."""

from fastapi import APIRouter

from app.api import (
    attention,
    audit,
    claims,
    collections,
    corroborations,
    custody,
    erasure,
    events,
    evidence,
    exchange,
    findings,
    hash_lists,
    health,
    holds,
    keys,
    lookups,
    matches,
    media,
    media_files,
    notes,
    partners,
    proposals,
    provenance,
    public,
    publications,
    purging,
    report,
    retention,
    rights,
    sensitivity,
    signals,
    trust_lists,
    upload,
    verifications,
    webhooks,
)

router = APIRouter()
router.include_router(health.router)
router.include_router(audit.router)
router.include_router(custody.router)
router.include_router(events.router)
router.include_router(webhooks.router)
router.include_router(upload.router)
router.include_router(media.router)
router.include_router(media_files.router)
router.include_router(collections.router)
router.include_router(keys.router)
router.include_router(verifications.router)
router.include_router(findings.router)
router.include_router(claims.router)
router.include_router(corroborations.router)
router.include_router(notes.router)
router.include_router(rights.router)
router.include_router(proposals.router)
router.include_router(attention.router)
router.include_router(matches.router)
router.include_router(evidence.router)
router.include_router(sensitivity.router)
router.include_router(holds.router)
router.include_router(retention.router)
router.include_router(purging.router)
router.include_router(erasure.router)
router.include_router(provenance.router)
router.include_router(trust_lists.router)
router.include_router(report.router)
router.include_router(publications.router)
router.include_router(hash_lists.router)
router.include_router(signals.router)
router.include_router(lookups.router)
router.include_router(partners.router)
router.include_router(exchange.router)
router.include_router(public.router)
