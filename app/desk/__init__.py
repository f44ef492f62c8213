"""Door 2: pages for people. Parse, call the services that the API calls, show or redirect."""

from fastapi import Depends, FastAPI
from starlette.datastructures import State

from app.desk import (
    account,
    alerts,
    audit,
    care,
    care_acts,
    compare,
    erasing,
    item_acts,
    items,
    keys,
    known,
    oidc,
    password_links,
    people,
    prepared_stills,
    problems,
    publishing,
    purging,
    queue,
    record,
    record_acts,
    settings,
    sign_in,
    static,
    subjects,
    subscriptions,
    upload,
)
from app.desk.headers import PageHeaders
from app.door import origin
from app.door.outermost import surround

FORM_MAX_BYTES = 1024 * 1024


def create(state: State) -> FastAPI:
    """The pages as an application to be mounted at `/desk`; `state` is that of the whole."""
    app = FastAPI(
        title="Provenance Desk",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        max_body_size=FORM_MAX_BYTES,
        dependencies=[Depends(origin.require_own)],
    )
    app.state = state
    surround(app, PageHeaders)
    problems.install(app)
    pages = (
        *(static, sign_in, oidc, password_links, account, people, keys, queue, items, item_acts),
        *(care, care_acts, purging),
        *(prepared_stills, compare, record, record_acts, publishing, known, alerts, audit, upload),
        *(subscriptions, settings, subjects, erasing),
    )
    for page in pages:
        app.include_router(page.router)
    return app
