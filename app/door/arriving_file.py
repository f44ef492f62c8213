"""A file as it arrives: recognised by its head before a byte of it is written."""

from app.blobs.local import Incoming
from app.core.decoding.sniff import HEAD_BYTES, Container, sniff
from app.core.errors import NotMedia
from app.errors import PayloadTooLarge, UnsupportedMedia


class ArrivingFile:
    """Fed piece by piece; what is no media, or too large, is refused as soon as that shows."""

    def __init__(self, incoming: Incoming, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._head = bytearray()
        self._container: Container | None = None
        self.incoming = incoming

    def feed(self, piece: bytes | memoryview) -> None:
        """Take in the next piece."""
        if self._container is not None:
            self._write(piece)
            return
        self._head += piece
        if len(self._head) >= HEAD_BYTES:
            self._container = self._recognise()

    def end(self) -> Container:
        """Say that this was all; gives what the file is."""
        if self._container is None:
            if not self._head:
                raise UnsupportedMedia("The file is empty.")
            self._container = self._recognise()
        return self._container

    def _recognise(self) -> Container:
        head = bytes(self._head)
        self._head = bytearray()
        try:
            found = sniff(head)
        except NotMedia as error:
            detail = "This is no picture, video or sound that the desk reads."
            raise UnsupportedMedia(detail, code=error.code) from error
        self._write(head)
        return found

    def _write(self, piece: bytes | memoryview) -> None:
        if self.incoming.size_bytes + len(piece) > self._max_bytes:
            raise too_large(self._max_bytes)
        self.incoming.write(piece)


def too_large(max_bytes: int) -> PayloadTooLarge:
    """Give the refusal of a file over the limit."""
    return PayloadTooLarge(f"The limit is {max_bytes} bytes.", max_bytes=max_bytes)
