"""The receivers' examples in docs/webhooks.md do what they say: one message, true and forged."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.outbound import new_secret, signed_headers
from tests.needed import missing

BODY = '{"type":"webhook.test","data":{"id":"1","text":"käse"}}'.encode()
PAGE = (Path(__file__).resolve().parent.parent / "docs" / "webhooks.md").read_text()
PYTHON = """
import json, sys
given = json.loads(sys.argv[1])
body = open(sys.argv[2], "rb").read()
assert verified(given["secret"], given["headers"], body)["type"] == "webhook.test"
"""
NODE = """
const { readFileSync } = require("node:fs");
const given = JSON.parse(process.argv[2]);
const read = verified(given.secret, given.headers, readFileSync(process.argv[3]));
if (read.type !== "webhook.test") throw new Error("another message");
"""


def examples(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def in_python(text: str, folder: Path, secret: str, headers: dict[str, str]) -> bool:
    program = folder / "receiver.py"
    program.write_text(text + PYTHON)
    return ran([sys.executable, str(program)], folder, secret, headers)


def in_node(text: str, folder: Path, secret: str, headers: dict[str, str]) -> bool:
    node = shutil.which("node")
    if node is None:
        missing("Node is not installed (Debian: apt install nodejs)")
    program = folder / "receiver.js"
    program.write_text(text + NODE)
    return ran([node, str(program)], folder, secret, headers)


def in_shell(text: str, folder: Path, secret: str, headers: dict[str, str]) -> bool:
    if shutil.which("openssl") is None:
        missing("openssl is not installed (Debian: apt install openssl)")
    (folder / "body").write_bytes((folder / "message").read_bytes())
    given = {
        "SECRET": secret,
        "ID": headers["webhook-id"],
        "TIMESTAMP": headers["webhook-timestamp"],
        "SIGNATURE": headers["webhook-signature"],
        "PATH": "/usr/bin:/bin",
    }
    return subprocess.run(["sh", "-c", text], cwd=folder, env=given, check=False).returncode == 0


def ran(command: list[str], folder: Path, secret: str, headers: dict[str, str]) -> bool:
    given = json.dumps({"secret": secret, "headers": headers})
    done = subprocess.run(
        [*command, given, str(folder / "message")], capture_output=True, check=False
    )
    return done.returncode == 0


EXAMPLES = [
    *((in_python, text) for text in examples("python")),
    *((in_node, text) for text in examples("js")),
    (in_shell, examples("sh")[-1]),
]


@pytest.mark.parametrize(("run", "text"), EXAMPLES, ids=["library", "python", "node", "shell"])
def test_a_signature_is_verified_and_a_forged_one_refused(
    run: object, text: str, tmp_path: Path
) -> None:
    assert callable(run)
    secret, old, other = new_secret(), new_secret(), new_secret()
    headers = signed_headers([secret, old], "msg_1", BODY)
    (tmp_path / "message").write_bytes(BODY)
    assert run(text, tmp_path, secret, headers)
    assert run(text, tmp_path, old, headers), "the second signature counts as well"
    assert not run(text, tmp_path, other, headers)
    (tmp_path / "message").write_bytes(BODY.replace(b"test", b"tesT"))
    assert not run(text, tmp_path, secret, headers)


def test_a_message_of_long_ago_is_refused(tmp_path: Path) -> None:
    (tmp_path / "message").write_bytes(BODY)
    secret = new_secret()
    headers = signed_headers([secret], "msg_1", BODY) | {"webhook-timestamp": "1700000000"}
    for run, text in EXAMPLES[:3]:
        assert not run(text, tmp_path, secret, headers)
