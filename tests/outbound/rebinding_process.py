"""Posts to a name whose name server changes its mind, in a network of its own: `python -m …`.

In namespaces of its own a process may be its machine's name server without any right outside. Writes
what came of each post as JSON; exit code 77 where the kernel gives it no such namespaces.
"""

import ctypes
import fcntl
import ipaddress
import json
import os
import socket
import struct
import sys
import tempfile
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

NO_NAMESPACES = 77
HOST, PORT = "hook.example", 8080
ALLOWED, OTHER = "127.0.0.2", "127.0.0.3"
_IP_ADDRESS = 1
_SET_FLAGS, _UP = 0x8914, 0x1
_BIND, _PRIVATE_BELOW = 0x1000, 0x44000


def main() -> None:
    """Post three times: to a name that changes, to the same again, to one that is two at once."""
    try:
        _alone()
    except OSError as error:
        sys.stderr.write(f"no namespaces of its own: {error}")
        sys.exit(NO_NAMESPACES)
    from app import outbound

    reached: list[str] = []
    for address in (ALLOWED, OTHER):
        _serve(address, reached)
    answers = [[ALLOWED], [OTHER], [ALLOWED, OTHER]]
    asked = _answer_names(lambda number: answers[min(number, len(answers) - 1)])
    came = []
    for _ in answers:
        before = (len(asked), len(reached))
        try:
            said = outbound.post(
                f"http://{HOST}:{PORT}/",
                {},
                b"{}",
                timeout_s=5,
                allow_private=(ipaddress.ip_network(f"{ALLOWED}/32"),),
            )
            outcome = str(said.status_code)
        except outbound.AddressRefused:
            outcome = "refused"
        new = {"asked": len(asked) - before[0], "reached": reached[before[1] :]}
        came.append({"outcome": outcome, **new})
    sys.stdout.write(json.dumps(came))
    sys.stdout.flush()
    os._exit(0)


def _alone() -> None:
    """Leave for a network and mounts of its own, where names are asked of this process."""
    user, group = os.getuid(), os.getgid()
    os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNS | os.CLONE_NEWNET)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP))
    _mount(b"none", b"/", _PRIVATE_BELOW)
    resolving = {"resolv.conf": "nameserver 127.0.0.1\n", "nsswitch.conf": "hosts: files dns\n"}
    for name, text in resolving.items():
        with tempfile.NamedTemporaryFile("w", delete=False) as own:
            own.write(text)
        _mount(own.name.encode(), os.fsencode(os.path.realpath(f"/etc/{name}")), _BIND)
        Path(own.name).unlink()


def _mount(source: bytes, target: bytes, flags: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(source, target, None, ctypes.c_ulong(flags), None):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), target)


def _serve(address: str, reached: list[str]) -> None:
    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reached.append(address)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer((address, PORT), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def _answer_names(addresses: Callable[[int], list[str]]) -> list[str]:
    """Be the name server; gives the list of questions for an IPv4 address, which grows."""
    asked: list[str] = []
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))

    def answer() -> None:
        while True:
            query, client = server.recvfrom(512)
            end = query.index(b"\0", 12) + 5
            (kind,) = struct.unpack("!H", query[end - 4 : end - 2])
            found: list[str] = []
            if kind == _IP_ADDRESS:
                found = addresses(len(asked))
                asked.append(HOST)
            head = query[:2] + struct.pack("!HHHHH", 0x8580, 1, len(found), 0, 0)
            records = b"".join(
                # The name as in the question, kept for no second.
                struct.pack("!HHHLH", 0xC00C, kind, 1, 0, 4) + socket.inet_aton(each)
                for each in found
            )
            server.sendto(head + query[12:end] + records, client)

    threading.Thread(target=answer, daemon=True).start()
    return asked


if __name__ == "__main__":
    main()
