"""Forms of a page, filled as they stand there: what a browser would send of them, untouched."""

from html.parser import HTMLParser


class _Forms(HTMLParser):
    """Every form of a page, as names and values in the order of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[list[tuple[str, str]]] = []
        self._select: list[tuple[str, bool]] | None = None
        self._name = ""
        self._text: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name, value = said.get("name", ""), said.get("value", "")
        if tag == "form":
            self.forms.append([])
        elif tag == "input" and name:
            if said.get("type") != "checkbox" or "checked" in said:
                self.forms[-1].append((name, value))
        elif tag == "select":
            self._name, self._select = name, []
        elif tag == "option" and self._select is not None:
            self._select.append((value, "selected" in said))
        elif tag == "textarea":
            self._name, self._text = name, ""

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select is not None:
            chosen = [value for value, is_chosen in self._select if is_chosen]
            first = [value for value, _ in self._select[:1]]
            self.forms[-1] += [(self._name, value) for value in [*first, *chosen][-1:]]
            self._select = None
        elif tag == "textarea" and self._text is not None:
            self.forms[-1].append((self._name, self._text))
            self._text = None


def fields_of(page: str, which: str) -> dict[str, list[str]]:
    """What the form named `which` sends if nobody touches it."""
    (form,) = [form for form in _Forms(page).forms if ("which", which) in form]
    return {name: [value for each, value in form if each == name] for name, _ in form}
