"""The tus 1.0.0 protocol: its headers read and written, whatever an upload is used for."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import problem
from app.door.multipart import FIELDS_MAX, FIELDS_MAX_BYTES, clean_filename
from app.errors import PayloadTooLarge, ServiceError, Unprocessable, UnsupportedChecksum
from app.services.upload_writing import Checksum

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,termination,checksum"
ALGORITHMS = {"sha256": 32, "sha1": 20}
CONTENT_TYPE = "application/offset+octet-stream"
PREFIX = "/v1/uploads"

_FREE_METHODS = ("OPTIONS", "GET")
_KEY = re.compile(r"[!-+\--~]+")
# What tus clients say of a file by themselves; the desk looks at the file.
_OF_THE_CLIENT = {"filename", "filetype", "name", "relativePath", "type"}


class TusProtocol:
    """Refuses other versions of tus, and marks every answer as one of tus."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is none of tus's business."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not (path == PREFIX or path.startswith(f"{PREFIX}/")):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        method = headers.get("x-http-method-override", scope["method"]).upper()

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = MutableHeaders(scope=message)
                own.setdefault("Tus-Resumable", VERSION)
                own.setdefault("Cache-Control", "no-store")
            await send(message)

        if method not in _FREE_METHODS and headers.get("tus-resumable") != VERSION:
            detail = f"Send 'Tus-Resumable: {VERSION}'; the desk speaks no other version of tus."
            refusal = problem(412, "unsupported_protocol", "Unsupported protocol", detail)
            refusal.headers["Tus-Version"] = VERSION
            await refusal(scope, receive, marked)
        else:
            await self._app({**scope, "method": method}, receive, marked)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What `Upload-Metadata` says: the file's name, and fields as the form of `POST /v1/media` has."""

    filename: str
    fields: dict[str, list[str]]


def metadata_of(header: str) -> Metadata:
    """Read `Upload-Metadata`; a list's words are separated by commas."""
    if len(header) > FIELDS_MAX_BYTES:
        raise PayloadTooLarge("The fields beside the file are too long.")
    pairs = [pair.strip().partition(" ") for pair in header.split(",")] if header.strip() else []
    if len(pairs) > FIELDS_MAX:
        raise PayloadTooLarge("There are too many fields beside the file.")
    said: dict[str, str] = {}
    for key, _, value in pairs:
        if not _KEY.fullmatch(key) or key in said:
            raise Unprocessable("'Upload-Metadata' is malformed or names a field twice.", field=key)
        said[key] = _text(key, value.strip())
    filename = clean_filename(said.get("filename") or said.get("name") or "")
    kept = {key: [value] for key, value in said.items() if value.strip()}
    return Metadata(filename, {key: kept[key] for key in kept if key not in _OF_THE_CLIENT})


def checksum_of(header: str) -> Checksum:
    """Read `Upload-Checksum`."""
    algorithm, _, encoded = header.strip().partition(" ")
    digest = _decoded(encoded.strip(), UnsupportedChecksum("'Upload-Checksum' is no base64."))
    if ALGORITHMS.get(algorithm) != len(digest):
        known = ", ".join(ALGORITHMS)
        raise UnsupportedChecksum(f"Send a whole checksum by one of: {known}.")
    return Checksum(algorithm, digest)


def http_date(instant: datetime) -> str:
    """An instant as headers have it."""
    return format_datetime(instant, usegmt=True)


def _text(key: str, encoded: str) -> str:
    wrong = Unprocessable(f"'Upload-Metadata': '{key}' is no text in base64.", field=key)
    try:
        return _decoded(encoded, wrong).decode()
    except UnicodeDecodeError as error:
        raise wrong from error


def _decoded(encoded: str, refusal: ServiceError) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise refusal from error
