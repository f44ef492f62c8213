"""A time-stamping authority for tests: `openssl ts` behind a real HTTP server on loopback."""

import http.server
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CONFIG = """
[tsa]
default_tsa = main
[main]
dir = {folder}
serial = $dir/serial
signer_cert = $dir/tsa.pem
signer_key = $dir/tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.13762.3
digests = sha256, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[leaf]
extendedKeyUsage = critical, timeStamping
keyUsage = critical, digitalSignature
"""
# No `certs` there: OpenSSL 3.0 writes a chain in another order than DER asks for.


class TimestampAuthority:
    """Answers requests while it is `open`; `roots` is what its answers are checked against."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.open = True
        self.asked = 0
        self.roots = folder / "ca.pem"
        self._make_certificates()
        authority = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                authority.asked += 1
                request = self.rfile.read(int(self.headers["Content-Length"]))
                answer = authority.answer(request) if authority.open else b""
                self.send_response(200 if authority.open else 503)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/tsr"
        serving = {"poll_interval": 0.02}
        threading.Thread(target=self._server.serve_forever, kwargs=serving, daemon=True).start()

    def answer(self, request: bytes) -> bytes:
        """The signed answer to a request."""
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            query, reply = Path(folder, "query"), Path(folder, "reply")
            query.write_bytes(request)
            config = str(self._folder / "tsa.cnf")
            self._run("ts", "-reply", "-config", config, "-queryfile", query, "-out", reply)
            return reply.read_bytes()

    def close(self) -> None:
        """Stop answering at all."""
        self._server.shutdown()
        self._server.server_close()

    def _make_certificates(self) -> None:
        config = self._folder / "tsa.cnf"
        config.write_text(_CONFIG.format(folder=self._folder))
        (self._folder / "serial").write_text("01\n")
        new = ("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        at = self._folder
        self._run(
            *new, "-x509", "-subj", "/CN=Test CA", "-days", "30", "-config", config,
            "-extensions", "ca", "-keyout", at / "ca.key", "-out", self.roots,
        )  # fmt: skip
        self._run(
            *new, "-subj", "/CN=Test TSA", "-config", config,
            "-keyout", at / "tsa.key", "-out", at / "tsa.csr",
        )  # fmt: skip
        self._run(
            "x509", "-req", "-in", at / "tsa.csr", "-CA", self.roots, "-CAkey", at / "ca.key",
            "-CAcreateserial", "-days", "30", "-extfile", config, "-extensions", "leaf",
            "-out", at / "tsa.pem",
        )  # fmt: skip

    def _run(self, *arguments: str | Path) -> None:
        done = subprocess.run(
            ["openssl", *map(str, arguments)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


@contextmanager
def timestamping(folder: Path) -> Iterator[TimestampAuthority]:
    """An authority that runs as long as the block."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = TimestampAuthority(folder)
    try:
        yield authority
    finally:
        authority.close()
