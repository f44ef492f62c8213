"""Reads the page that auto-archiver's HTML formatter writes: address, title, files, metadata."""

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import override

_HEADING = "Archived media for"


@dataclass(slots=True)
class PageMedia:
    """A file as the page names it; `nested` ones belong to the one before."""

    key: str
    nested: bool
    hash: str = ""
    id: str = ""


class Page(HTMLParser):
    """The page, once it was fed; `url` stays empty if another program wrote it.

    Values stand in `<span class="copy">`, and `<b>name:</b>` or the cell before names them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.url = self.title = ""
        self.media: list[PageMedia] = []
        self.metadata: dict[str, str] = {}
        self._within: list[str] = []
        self._text = self._label = self._cell = ""
        self._copying = self._in_metadata = False

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"ul", "table"}:
            self._within.append(tag)
            self._in_metadata = self._in_metadata or given.get("class") == "metadata"
        if tag == "span" and given.get("class") == "copy" and "copy-value" not in given:
            if _HEADING in self._text:
                self._label = _HEADING
            self._copying = True
        if tag in {"b", "span", "td", "h2"}:
            self._text = ""

    @override
    def handle_data(self, data: str) -> None:
        self._text += data

    @override
    def handle_endtag(self, tag: str) -> None:
        text = self._text.strip()
        if tag in {"ul", "table"} and self._within:
            self._within.pop()
        elif tag == "b":
            self._label = text
        elif tag == "td" and self._in_metadata and not self._copying and self._label != "value":
            self._cell = text
        elif tag == "span" and self._copying:
            self._copying = False
            self._take(text)
            self._label = ""

    def _take(self, text: str) -> None:
        match self._label:
            case "Archived media for":
                self.url = text
            case "title:":
                self.title = text
            case "key:":
                self.media.append(PageMedia(text, nested=self._within.count("ul") > 1))
            case "hash:" if self.media:
                self.media[-1].hash = text
            case "id:" if self.media:
                self.media[-1].id = text
            case "" if self._in_metadata and self._cell:
                self.metadata.setdefault(self._cell, text)
                self._cell = ""
