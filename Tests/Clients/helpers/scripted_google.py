"""Google's services on loopback, answering as a test says: each path with a status and a body, late, or at another time."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit


class Answer(NamedTuple):
    status: int = 200
    body: object = {}
    # Seconds until it comes.
    after: float = 0


def refusal(status: int, code: str, message: str, reason: str = "", **metadata: str) -> Answer:
    """Google's error body; with a reason it has an ErrorInfo."""
    error: dict = {"code": status, "status": code, "message": message}
    if reason:
        kind = "type.googleapis.com/google.rpc.ErrorInfo"
        error["details"] = [{"@type": kind, "reason": reason, "domain": "googleapis.com", "metadata": metadata}]
    return Answer(status, {"error": error})


class ScriptedGoogle:
    """Answers a path by what `answers` holds for it, by its end, or else with an empty object."""

    def __init__(self, answers: dict[str, Answer] | None = None):
        self.answers: dict[str, Answer] = answers or {}
        # Seconds that the server's clock is ahead.
        self.ahead = 0.0
        self.paths: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._stopped = threading.Event()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, path: str) -> Answer:
        self.paths.append(path)
        found = [answer for end, answer in self.answers.items() if path.endswith(end)]
        return found[0] if found else Answer()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        google = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def any_method(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                answer = google._answer(urlsplit(self.path).path)
                # A client that gives up closes the connection; the end of the test ends the wait.
                if answer.after and google._stopped.wait(answer.after):
                    return
                content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                try:
                    self.send_response(answer.status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except ConnectionError:
                    self.close_connection = True

            do_GET = do_POST = any_method

            def date_time_string(self, timestamp: float | None = None) -> str:
                return super().date_time_string((timestamp or time.time()) + google.ahead)

            def log_message(self, *_: object) -> None:
                """Requests are remembered, not printed."""

        return Handler
