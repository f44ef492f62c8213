"""A multipart form taken in as it arrives: small fields kept, the file sent to the store."""

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import PurePosixPath
from urllib.parse import unquote

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.blobs.local import Incoming
from app.core.decoding.sniff import Container
from app.door.arriving_file import ArrivingFile
from app.errors import PayloadTooLarge, Unprocessable
from app.schemas.fields import printable_name

FIELDS_MAX_BYTES = 256 * 1024
FIELDS_MAX = 200
# Not for forms, but .NET's clients send it, beside a plain name that is in MIME's code.
_EXTENDED_NAME = re.compile(rb"\bfilename\*\s*=\s*utf-8'[^']*'([^;\s]+)", re.IGNORECASE)


class UploadForm:
    """Fed with the body piece by piece; `close` removes what was not adopted."""

    def __init__(
        self, content_type: str, max_bytes: int, open_file: Callable[[], Incoming]
    ) -> None:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise Unprocessable("Send multipart/form-data with the file as the part 'file'.")
        self._max_bytes = max_bytes
        self._open_file = open_file
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value = b"", b""
        self._field: str | None = None
        self._data = bytearray()
        self._fields_bytes = 0
        self._complete = False
        self._parser = self._parser_of(options[b"boundary"])
        self.fields: dict[str, list[str]] = defaultdict(list)
        self.filename = ""
        self._file: ArrivingFile | None = None

    def _parser_of(self, boundary: bytes) -> MultipartParser:
        try:
            return MultipartParser(
                boundary,
                {
                    "on_part_begin": self._part_begins,
                    "on_header_field": self._header_name,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_ends,
                    "on_headers_finished": self._data_begins,
                    "on_part_data": self._part_data,
                    "on_part_end": self._part_ends,
                    "on_end": self._form_ends,
                },
            )
        except FormParserError as error:
            raise _malformed(error) from error

    def feed(self, data: bytes) -> None:
        """Take in the next piece of the body."""
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _malformed(error) from error

    def finish(self) -> tuple[Incoming, Container]:
        """Say that the body is complete; gives the file and what it is."""
        if not self._complete:
            raise Unprocessable("The body ended before the form did: send it again.")
        if self._file is None:
            raise Unprocessable("The part 'file' is missing.", missing=["file"])
        return self._file.incoming, self._file.end()

    def close(self) -> None:
        """Remove the file under its temporary name."""
        if self._file:
            self._file.incoming.close()

    def _part_begins(self) -> None:
        self._headers = {}
        self._data = bytearray()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_ends(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name, self._value = b"", b""

    def _data_begins(self) -> None:
        disposition = self._headers.get(b"content-disposition", b"")
        _, options = parse_options_header(disposition)
        name = options.get(b"name", b"").decode(errors="replace")
        self._field = None if name == "file" else name
        if self._field is not None:
            return
        if self._file is not None:
            raise Unprocessable("One file at a time: the part 'file' came twice.")
        extended = _EXTENDED_NAME.search(disposition)
        plain = options.get(b"filename", b"").decode(errors="replace")
        self.filename = clean_filename(unquote(extended[1]) if extended else plain)
        self._file = ArrivingFile(self._open_file(), self._max_bytes)

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        piece = memoryview(data)[start:end]
        if self._field is not None:
            self._fields_bytes += len(piece)
            if self._fields_bytes > FIELDS_MAX_BYTES or len(self.fields) > FIELDS_MAX:
                raise PayloadTooLarge("The fields beside the file are too long.")
            self._data += piece
        elif self._file is not None:
            self._file.feed(piece)

    def _part_ends(self) -> None:
        if self._field is not None:
            value = bytes(self._data).decode(errors="replace")
            if value.strip():  # browsers send fields that were left empty
                self.fields[self._field].append(value)

    def _form_ends(self) -> None:
        self._complete = True


def _malformed(error: FormParserError) -> Unprocessable:
    return Unprocessable(f"This is no well-formed multipart body: {error}.")


def clean_filename(name: str) -> str:
    """Give the last part of a path, without what could mislead a terminal or a header."""
    return printable_name(PurePosixPath(name.replace("\\", "/")).name) or "upload"
