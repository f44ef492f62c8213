"""The README's calls are accepted as written, and its answers have the fields that it shows."""

import json
import re
import shlex
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from fastapi.testclient import TestClient
from httpx2 import Response
from PIL import Image

README = Path(__file__).resolve().parent.parent / "README.md"
EXAMPLE_ID = "6f1c…"
MAGIC = {".zip": b"PK", ".pdf": b"%PDF"}


@dataclass
class Call:
    """One curl command of the README, understood."""

    url: str = ""
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    form: dict[str, str] = field(default_factory=dict)
    into: str = ""

    def send(self, client: TestClient, media_id: str) -> Response:
        path = self.url.removeprefix("http://127.0.0.1:8000").replace(EXAMPLE_ID, media_id)
        headers = {name: value for name, value in self.headers.items() if name != "Authorization"}
        # No worker runs here, so nobody can wait for one.
        headers.pop("Prefer", None)
        if self.form:
            fields = {name: value for name, value in self.form.items() if name != "file"}
            name = self.form["file"].removeprefix("@")
            return client.post(
                path, headers=headers, data=fields, files={"file": (name, still(name))}
            )
        if self.body is not None:
            body = json.loads(
                json.dumps(self.body, ensure_ascii=False).replace(EXAMPLE_ID, media_id)
            )
            return client.request(self.method, path, headers=headers, json=body)
        return client.get(path, headers=headers)


def still(name: str) -> bytes:
    pixels = np.random.default_rng(len(name)).integers(0, 256, (48, 64, 3), np.uint8)
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def understood(command: str) -> Call:
    words = iter(shlex.split(command.removeprefix("curl ")))
    call = Call()
    for word in words:
        if word == "-H":
            name, value = next(words).split(": ", 1)
            call.headers[name] = value
        elif word == "-X":
            call.method = next(words)
        elif word == "-d":
            call.body = json.loads(next(words))
        elif word == "-o":
            call.into = next(words)
        elif word == "-F":
            name, value = next(words).split("=", 1)
            call.form[name] = value
        else:
            call.url = word
    return call


def calls() -> list[Call]:
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text(), re.DOTALL)
    commands = "".join(blocks).replace("\\\n", " ").splitlines()
    return [understood(command) for command in commands if command.startswith("curl ")]


def shown_answers() -> list[dict[str, Any]]:
    blocks = re.findall(r"```json\n(.*?)```", README.read_text(), re.DOTALL)
    return [json.loads(block) for block in blocks]


def test_every_call_is_accepted_and_answers_have_the_fields_shown(client: TestClient) -> None:
    media_id = ""
    answered: dict[str, Any] = {}
    for call in calls():
        answer = call.send(client, media_id)
        assert answer.status_code < 300, f"{call.url}: {answer.text}"
        if call.into:
            assert answer.content.startswith(MAGIC[Path(call.into).suffix])
            continue
        body = answer.json()
        if call.form:
            media_id = body["id"]
        answered[call.url.rsplit("/", 1)[-1]] = body
    upload, matches = shown_answers()
    assert upload.keys() <= answered["media"].keys()
    assert matches.keys() <= answered["matches"].keys()
