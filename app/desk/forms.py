"""Forms as bodies: what a page's fields say, in the shape that the services take.

A name tells where its value goes: `value.text` is a field of a field, `evidence.0.ref` one of a
list, `codes[]` every chosen one of several, `missing|lines` one value a line. What is left empty is
left out: unknown is not absent, and neither is a field that nobody filled in.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Request

from app.errors import Unprocessable

DEEPEST = 8
LONGEST_NAME = 100
_ZONED = ("claimed_at", "due_at", "uploaded_at", "archived_at", "until")


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed and chosen, in the order of the page."""

    fields: tuple[tuple[str, str], ...] = ()
    values: Mapping[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        by_name: dict[str, list[str]] = defaultdict(list)
        for name, value in self.fields:
            by_name[name].append(value)
        object.__setattr__(self, "values", dict(by_name))

    def one(self, name: str) -> str:
        """The value of one field, without the space around it; empty if there is none."""
        return self.values.get(name, [""])[0].strip()

    def body(self, *without: str) -> dict[str, Any]:
        """The fields as a body, without those that mean something to the page alone."""
        made: dict[str, Any] = {}
        for name, given in self.values.items():
            filled = [text for each in given if (text := each.strip())]
            if name in without or not filled:
                continue
            bare = name.removesuffix("[]").removesuffix("|lines")
            if name.endswith("|lines"):
                lines = [line.strip() for each in filled for line in each.splitlines()]
                _put_more(made, bare, [line for line in lines if line])
            elif name.endswith("[]"):
                _put_more(made, bare, filled)
            else:
                _put(made, _path(bare), zoned(bare, filled[0]))
        return {name: _as_lists(value) for name, value in made.items()}


async def read_form(request: Request) -> Form:
    """What a request's form says; files are left out."""
    read = await request.form()
    return Form(
        tuple((name, value) for name, value in read.multi_items() if isinstance(value, str))
    )


FormDep = Annotated[Form, Depends(read_form)]


def _path(name: str) -> list[str]:
    path = name.split(".")
    if len(path) > DEEPEST or max(map(len, path)) > LONGEST_NAME:
        raise Unprocessable("The form has a field whose name is too long.")
    return path


def _put_more(made: dict[str, Any], name: str, values: list[str]) -> None:
    made[name] = [*_inner(made, name, list), *values]


def _put(made: dict[str, Any], path: list[str], value: str) -> None:
    inner = made
    for part in path[:-1]:
        inner = _inner(inner, part, dict)
    if path[-1] in inner:
        raise _twice(path[-1])
    inner[path[-1]] = value


def _inner[T](made: dict[str, Any], name: str, kind: type[T]) -> T:
    inner = made.setdefault(name, kind())
    if not isinstance(inner, kind):
        raise _twice(name)
    return inner


def _twice(name: str) -> Unprocessable:
    return Unprocessable(f"The form says in two ways what '{name}' is.")


def _as_lists(value: Any) -> Any:
    """Fields that are named by numbers as a list, the gaps closed."""
    if not isinstance(value, dict):
        return value
    inner = {name: _as_lists(each) for name, each in value.items()}
    if inner and all(name.isdecimal() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def zoned(name: str, text: str) -> str:
    """An instant with a zone: a browser without scripts sends none, and the page says UTC."""
    if name.rsplit(".", maxsplit=1)[-1] not in _ZONED:
        return text
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()
