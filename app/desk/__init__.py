"""Door 2: pages for people. Parse, call the services that the API calls, show or redirect."""

from fastapi import Depends, FastAPI
from starlette.datastructures import State

from app.desk import account, compare, items, problems, queue, sign_in, static
from app.desk.headers import PageHeaders
from app.door import origin

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
    app.add_middleware(PageHeaders)
    problems.install(app)
    for page in (static, sign_in, account, queue, items, compare):
        app.include_router(page.router)
    return app
