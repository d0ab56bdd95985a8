"""Answers recorded pages, each after a delay, to any number of connections: what a listing costs beyond the network.

The pages are read once from a real server (the emulator), so every client is given the same bytes.
"""

import asyncio
import sys
import urllib.request
from urllib.parse import parse_qs, urlsplit


def record(url: str) -> dict[str, bytes]:
    """All pages of a list, by page token."""
    import json

    pages, token = {}, ""
    while True:
        body = urllib.request.urlopen(f"{url}&pageToken={token}" if token else url).read()
        pages[token] = body
        token = json.loads(body).get("nextPageToken", "")
        if not token:
            return pages


async def serve(pages: dict[str, bytes], delay: float) -> int:
    """Starts the server and returns its port."""
    answers = {
        token: b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        for token, body in pages.items()
    }

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                query = parse_qs(urlsplit(head.split(b" ", 2)[1].decode()).query)
                if delay:
                    await asyncio.sleep(delay)
                writer.write(answers[query.get("pageToken", [""])[0]])
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    return server.sockets[0].getsockname()[1]


async def main() -> None:
    pages = record(sys.argv[1])
    for delay in (0.0, 0.03):
        print(await serve(pages, delay), flush=True)
    print(" ".join(pages), flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
