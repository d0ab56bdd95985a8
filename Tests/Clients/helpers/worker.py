"""A worker: an HTTP server that remembers every request and answers as it was told to."""

import threading
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Received:
    """One request as it arrived. `headers` does not mind case."""

    method: str
    path: str
    headers: Message
    body: bytes


class Worker:
    """Answers 200 everywhere until `answer` says otherwise."""

    def __init__(self):
        self._lock = threading.Lock()
        self._received: list[Received] = []
        self._statuses: dict[str, list[int]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, path: str, *statuses: int) -> None:
        """The statuses of the next requests for `path`; the last one stays."""
        with self._lock:
            self._statuses[path] = list(statuses)

    def received(self, path: str) -> list[Received]:
        """Every request for `path` so far, oldest first."""
        with self._lock:
            return [request for request in self._received if request.path == path]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _accept(self, request: Received) -> int:
        with self._lock:
            self._received.append(request)
            statuses = self._statuses.get(request.path, [200])
            return statuses.pop(0) if len(statuses) > 1 else statuses[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        worker = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def any_method(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status = worker._accept(Received(self.command, self.path, self.headers, body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_POST = do_GET = do_PUT = do_PATCH = do_DELETE = any_method

            def log_message(self, *_: object) -> None:
                """Requests are remembered, not printed."""

        return Handler
