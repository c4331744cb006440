"""A server in a process of its own that answers every request alike, and as fast as it can."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

BODY = (
    b'{"result":{"code":0,"message":"Success."},"charging-keys":[{"identifier":{"rfid":"04523022AA4881"},'
    b'"evco-id":"DE*8PS*9DC4AB*X","valid":true}],"rfid":{"evco-id":"DE*8PS*9DC4AB*X"}}'
)

SERVER = """
import asyncio, sys
BODY = sys.stdin.buffer.read()
ANSWER = (b"HTTP/1.1 200 OK\\r\\nServer: nginx\\r\\nDate: Thu, 26 Nov 2026 11:00:00 GMT\\r\\n"
    b"Content-Type: application/json\\r\\nConnection: keep-alive\\r\\n"
    b"Content-Length: %d\\r\\n\\r\\n" % len(BODY)) + BODY
async def answer(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
            size = int(head.lower().partition(b"content-length:")[2].partition(b"\\r\\n")[0])
            await reader.readexactly(size)
            writer.write(ANSWER)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


@contextmanager
def answering(body: bytes = BODY) -> Iterator[str]:
    """The URL of such a server on this machine."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(body)
    process.stdin.close()
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/api/v4/request"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
