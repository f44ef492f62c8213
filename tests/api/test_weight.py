import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import json, sys
from pathlib import Path
from fastapi.testclient import TestClient
from app import services
from app.access import Role, at_the_machine
from app.bootstrap import bootstrap
from app.main import create_app
from app.settings import Settings

parts = bootstrap(Settings())
with parts.database.write() as session:
    token = services.keys.create(session, "test", Role.ADMIN, at_the_machine("test")).token
HEAVY = ("cv2", "numpy", "onnxruntime", "PIL", "turbovec",
         "alembic", "authlib", "cryptography", "requests", "rfc3161_client")
HEAD = (b'--x\\r\\nContent-Disposition: form-data; name="file"; filename="a.png"\\r\\n\\r\\n'
        b'\\x89PNG\\r\\n\\x1a\\n')

def body():
    yield HEAD
    for _ in range(8):
        yield bytes(1 << 20)
    yield b"\\r\\n--x--\\r\\n"

def used_mib():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024

before = used_mib()
headers = {"Authorization": f"Bearer {token}", "Content-Type": "multipart/form-data; boundary=x"}
answer = TestClient(create_app(parts)).post("/v1/media", content=body(), headers=headers)
heavy = [name for name in HEAVY if name in sys.modules]
print(json.dumps({"status": answer.status_code, "heavy": heavy, "before": before}))
"""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_web_process_stays_light(database_url: str, tmp_path: Path) -> None:
    """Neither start nor upload loads a decoder, NumPy, or what only rare requests need."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "PROVENANCE_DATA_DIR": str(tmp_path / "data"),
        "PROVENANCE_UPLOAD_RESERVE_BYTES": "0",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["status"] == 202
    assert seen["heavy"] == []
    assert seen["before"] < 127
