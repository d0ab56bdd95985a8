"""A reverse proxy that misbehaves: it answers in the service's stead, loses answers and cuts connections."""

import http.client
import json
import socket
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from helpers.counting_proxy import HOP_BY_HOP

# What may happen to a request. `LOST`: it reaches the service and the answer does not come back.
# `SILENCE`: it does not reach the service, and nothing ever comes back.
PASS, LOST, CUT, SILENCE = "pass", "lost", "cut", "silence"

WORDS = {
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
}

Rule = Callable[[str, str, int], str | int]
# What an answer's content becomes on its way back: `rewrite(method, path, content)`.
Rewrite = Callable[[str, str, bytes], bytes]


class _Server(ThreadingHTTPServer):
    # The five of socketserver overflow when a discard opens its connections at once, and a connection that is lost to
    # that is a fault nobody asked for.
    request_queue_size = 512

    daemon_threads = True

    def handle_error(self, request, client_address) -> None:
        """A client that was killed, or gave up, is what these tests are about; anything else is printed."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class FaultProxy:
    """Asks `rule(method, path, n)` for each request, n counting from 1 those of the same method: an HTTP status is
    answered at once, without the service seeing the request."""

    def __init__(self, upstream: str):
        self._upstream = urlsplit(upstream).netloc
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}
        self.rule: Rule = lambda method, path, number: PASS
        self.rewrite: Rewrite = lambda method, path, content: content
        # Most endpoints do not know tasks:batchDelete yet, and a fault is told of one task only where each has a call.
        self.knows_batches = False
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def count(self, method: str) -> int:
        """How many requests of this method have come."""
        with self._lock:
            return self._counts.get(method, 0)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _verdict(self, method: str, path: str) -> str | int:
        with self._lock:
            if path.endswith(":batchDelete") and not self.knows_batches:
                return 404
            self._counts[method] = self._counts.get(method, 0) + 1
            return self.rule(method, path, self._counts[method])

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # An answer is written in two pieces; with Nagle's algorithm the second waits 40 ms for an ACK.
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                self.upstream = http.client.HTTPConnection(proxy._upstream, timeout=30)

            def finish(self) -> None:
                self.upstream.close()
                super().finish()

            def any_method(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                verdict = proxy._verdict(self.command, urlsplit(self.path).path)
                if verdict == CUT:
                    return self.cut()
                if verdict == SILENCE:
                    # Until the client gives up, which closes the connection.
                    self.close_connection = True
                    return self.rfile.read(1) and None
                if isinstance(verdict, int):
                    error = {"error": {"code": verdict, "message": "said the test", "status": WORDS[verdict]}}
                    return self.answer(verdict, [("Content-Type", "application/json")], json.dumps(error).encode())
                self.upstream.request(self.command, self.path, body or None, dict(self.headers.items()))
                answer = self.upstream.getresponse()
                content = answer.read()
                if verdict == LOST:
                    return self.cut()
                content = proxy.rewrite(self.command, urlsplit(self.path).path, content)
                self.answer(answer.status, answer.getheaders(), content)

            def cut(self) -> None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

            def answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
                self.send_response(status)
                for name, value in headers:
                    if name.lower() not in HOP_BY_HOP:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = any_method

            def log_message(self, *_: object) -> None:
                """Requests are counted, not printed."""

        return Handler
