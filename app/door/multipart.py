"""A multipart form taken in as it arrives: small fields kept, the file sent to the store."""

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import PurePosixPath

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.blobs.local import Incoming
from app.core.errors import NotMedia
from app.core.sniff import HEAD_BYTES, Container, sniff
from app.errors import PayloadTooLarge, Unprocessable, UnsupportedMedia

FIELDS_MAX_BYTES = 256 * 1024
FIELDS_MAX = 200
FILENAME_MAX = 255


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
        self._parser = MultipartParser(
            options[b"boundary"],
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
        self.fields: dict[str, list[str]] = defaultdict(list)
        self.filename = ""
        self.incoming: Incoming | None = None
        self.container: Container | None = None

    def feed(self, data: bytes) -> None:
        """Take in the next piece of the body."""
        try:
            self._parser.write(data)
        except MultipartParseError as error:
            raise Unprocessable(f"This is no well-formed multipart body: {error}.") from error

    def finish(self) -> tuple[Incoming, Container]:
        """Say that the body is complete; gives the file and what it is."""
        if not self._complete:
            raise Unprocessable("The body ended before the form did: send it again.")
        if self.incoming is None:
            raise Unprocessable("The part 'file' is missing.", missing=["file"])
        if self.container is None:
            raise UnsupportedMedia("The file is empty.")
        return self.incoming, self.container

    def close(self) -> None:
        """Remove the file under its temporary name."""
        if self.incoming:
            self.incoming.close()

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
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode(errors="replace")
        self._field = None if name == "file" else name
        if self._field is not None:
            return
        if self.incoming is not None:
            raise Unprocessable("One file at a time: the part 'file' came twice.")
        self.filename = clean_filename(options.get(b"filename", b"").decode(errors="replace"))
        self.incoming = self._open_file()

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        piece = memoryview(data)[start:end]
        if self._field is not None:
            self._fields_bytes += len(piece)
            if self._fields_bytes > FIELDS_MAX_BYTES or len(self.fields) > FIELDS_MAX:
                raise PayloadTooLarge("The fields beside the file are too long.")
            self._data += piece
        elif self.container is not None:
            self._write(piece)
        else:
            self._data += piece
            if len(self._data) >= HEAD_BYTES:
                self._recognise()

    def _part_ends(self) -> None:
        if self._field is not None:
            value = bytes(self._data).decode(errors="replace")
            if value.strip():  # browsers send fields that were left empty
                self.fields[self._field].append(value)
        elif self.container is None and self._data:
            self._recognise()

    def _form_ends(self) -> None:
        self._complete = True

    def _recognise(self) -> None:
        head = bytes(self._data)
        self._data = bytearray()
        try:
            self.container = sniff(head)
        except NotMedia as error:
            detail = "This is no picture, video or sound that the desk reads."
            raise UnsupportedMedia(detail, code=error.code) from error
        self._write(memoryview(head))

    def _write(self, piece: memoryview) -> None:
        assert self.incoming is not None
        if self.incoming.size_bytes + len(piece) > self._max_bytes:
            raise too_large(self._max_bytes)
        self.incoming.write(piece)


def too_large(max_bytes: int) -> PayloadTooLarge:
    """Give the refusal of a file over the limit."""
    return PayloadTooLarge(f"The limit is {max_bytes} bytes.", max_bytes=max_bytes)


def clean_filename(name: str) -> str:
    """Give the last part of a path, without what could mislead a terminal or a header."""
    last = PurePosixPath(name.replace("\\", "/")).name
    printable = re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", last)
    return printable[:FILENAME_MAX] or "upload"
