"""A reverse proxy that only counts: it stands between a client and the emulator to see how many calls were made."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

# RFC 9110 section 7.6.1: these belong to one connection and are not passed on.
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


class CountingProxy:
    """Passes every request on to `upstream` and remembers its method and path (without the query)."""

    def __init__(self, upstream: str):
        self._upstream = urlsplit(upstream).netloc
        self._lock = threading.Lock()
        self._calls: list[tuple[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def calls(self) -> list[tuple[str, str]]:
        """(method, path) of each request so far, oldest first."""
        with self._lock:
            return list(self._calls)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _note(self, method: str, target: str) -> None:
        with self._lock:
            self._calls.append((method, urlsplit(target).path))

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
                proxy._note(self.command, self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.upstream.request(self.command, self.path, body or None, dict(self.headers.items()))
                answer = self.upstream.getresponse()
                content = answer.read()
                self.send_response(answer.status, answer.reason)
                for name, value in answer.getheaders():
                    if name.lower() not in HOP_BY_HOP:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = any_method

            def log_message(self, *_: object) -> None:
                """Calls are counted, not printed."""

        return Handler
