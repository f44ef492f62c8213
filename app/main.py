"""The ASGI application: `uvicorn --factory app.main:create_app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app import api, desk
from app.api import problems
from app.api.tus import TusProtocol
from app.bootstrap import Parts, bootstrap
from app.door.outermost import surround
from app.own_folder import own_temporary_files
from app.private_files import keep_files_private
from app.settings import Settings

JSON_MAX_BYTES = 1024 * 1024


def create_app(parts: Parts | None = None) -> FastAPI:
    """The application over `parts`, or over parts made from the environment."""
    if parts is None:
        keep_files_private()
    in_use = parts or bootstrap(Settings())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if parts is not None:
            yield
            return
        # Of reports and pictures that were being made when a process was killed.
        with own_temporary_files():
            yield
        in_use.jobs.close()
        in_use.database.close()

    app = FastAPI(
        title="Provenance Desk",
        version="1",
        lifespan=lifespan,
        max_body_size=JSON_MAX_BYTES,
        openapi_url=None,  # `app.api.reference` gives it
    )
    app.state.parts = in_use
    problems.install(app)
    surround(app, TusProtocol)
    app.include_router(api.router)
    app.mount("/desk", desk.create(app.state))
    return app
