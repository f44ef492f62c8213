"""Twenty receivers in one process: live ones, a slow one, and dead ones of three kinds.

Started as `python -m benchmarks.webhooks.receivers LOG`; prints the URLs as JSON, and writes a line
for each request that arrived at a live or slow one: endpoint, id, number, seconds since the event.
"""

import asyncio
import json
import socket
import sys
import time
from datetime import datetime
from typing import TextIO

LIVE, SLOW_S = 16, 2.0
_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
_BROKEN = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"


class _Receiver:
    """Answers each request on each connection; keeps connections open where it may."""

    def __init__(self, name: str, log: TextIO, answer: bytes = _OK, wait_s: float = 0.0) -> None:
        self._name, self._log, self._answer, self._wait_s = name, log, answer, wait_s

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until the sender is gone."""
        try:
            while await self._one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
        body = json.loads(await reader.readexactly(int(lines["content-length"])))
        if self._answer is _OK:
            happened = datetime.fromisoformat(body["timestamp"]).timestamp()
            arrived = (lines["webhook-id"], body["data"]["occurred_seq"], time.time() - happened)
            self._log.write(f"{self._name} {arrived[0]} {arrived[1]} {arrived[2]:.4f}\n")
        await asyncio.sleep(self._wait_s)
        writer.write(self._answer)
        await writer.drain()
        return lines.get("connection") != "close"


async def _serve(log: TextIO) -> None:
    receivers = [_Receiver(f"live-{number}", log) for number in range(LIVE)]
    receivers.append(_Receiver("slow", log, wait_s=SLOW_S))
    receivers.append(_Receiver("silent", log, answer=b"", wait_s=3600))
    receivers.append(_Receiver("broken", log, answer=_BROKEN))
    urls = {}
    for receiver in receivers:
        server = await asyncio.start_server(receiver.talk, "127.0.0.1", 0, backlog=512)
        port = server.sockets[0].getsockname()[1]
        urls[receiver._name] = f"http://127.0.0.1:{port}/hook"  # noqa: SLF001
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listening: every connection is refused
        urls["refusing"] = f"http://127.0.0.1:{closed.getsockname()[1]}/hook"
        print(json.dumps(urls), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with open(sys.argv[1], "w", buffering=1) as lines:  # noqa: PTH123
        asyncio.run(_serve(lines))
