"""Everything that gives tokens, faked on loopback: token endpoint, STS, IAM, metadata server, a subject token's URL, and
a Cloud Tasks that takes any token. It remembers each request in a form in which two clients can be compared."""

import base64
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

# What must agree between two clients. Neither says who it is in the same words.
COMPARED_HEADERS = ("content-type", "authorization", "x-goog-user-project", "metadata-flavor", "x-subject")


@dataclass(frozen=True)
class Seen:
    """One request."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes = field(repr=False)

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), strict_parsing=True))

    def comparable(self) -> dict:
        """The request without what may differ: iat and exp, the order of claims, who the client says it is."""
        headers = {name: opened_bearer(self.headers[name]) for name in COMPARED_HEADERS if name in self.headers}
        # The first two words are the client's language and version.
        kind = self.headers.get("x-goog-api-client", "").split()[2:]
        return {
            "request": (self.method, self.path, self.query),
            "headers": headers,
            "kind": kind,
            "body": self._comparable_body(),
        }

    def _comparable_body(self) -> object:
        kind = self.headers.get("content-type", "")
        if kind == "application/json":
            return json.loads(self.body)
        if kind == "application/x-www-form-urlencoded" and b"assertion=" in self.body:
            form = self.form()
            return form | {"assertion": opened_token(form["assertion"])}
        # Any other form must be the same to the byte.
        return self.body


def opened_bearer(value: str) -> object:
    """A header's value; a bearer token that is a JWT is opened."""
    return opened_token(value.removeprefix("Bearer ")) if value.count(".") == 2 else value


def opened_token(token: str) -> object:
    """Header and claims of a JWT, without the times, which must say an hour."""
    header, claims, _ = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split("."))
    header, claims = json.loads(header), json.loads(claims)
    assert claims.pop("exp") - claims.pop("iat") == 3600
    return header, claims


class FakeTokenServer:
    """Gives every caller the same tokens."""

    SCRIPT = {
        "/token": {"access_token": "ya29.granted", "expires_in": 3599, "token_type": "Bearer"},
        "/sts": {"access_token": "ya29.exchanged", "expires_in": 3599, "token_type": "Bearer"},
        "/subject": {"token": "subject-from-url"},
        "/computeMetadata/v1/instance/service-accounts/default/": {
            "email": "machine@shop.iam.gserviceaccount.com",
            "scopes": ["https://www.googleapis.com/auth/cloud-platform"],
        },
        "/computeMetadata/v1/instance/service-accounts/default/token": {
            "access_token": "ya29.machine",
            "expires_in": 3599,
            "token_type": "Bearer",
        },
    }
    TEXTS = {
        "/": "computeMetadata/",
        "/computeMetadata/v1/project/project-id": "machine-project",
        "/computeMetadata/v1/universe/universe-domain": "googleapis.com",
    }

    def __init__(self):
        self._lock = threading.Lock()
        self._seen: list[Seen] = []
        self._refusals: dict[str, tuple[int, dict]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def refuse(self, path: str, status: int, body: dict) -> None:
        """Answers every request for `path` with an error from now on."""
        with self._lock:
            self._refusals[path] = (status, body)

    def take(self) -> list[Seen]:
        """Every request since the last time, oldest first."""
        with self._lock:
            seen, self._seen = self._seen, []
            return seen

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, seen: Seen) -> tuple[int, str, bytes]:
        with self._lock:
            self._seen.append(seen)
            refusal = self._refusals.get(seen.path)
        if refusal:
            return refusal[0], "application/json", json.dumps(refusal[1]).encode()
        if seen.path in self.TEXTS:
            return 200, "text/html", self.TEXTS[seen.path].encode()
        if seen.path.endswith(":generateAccessToken"):
            answer = {"accessToken": "ya29.impersonated", "expireTime": "2099-01-01T00:00:00Z"}
        else:
            # What is not a token's is Cloud Tasks: a list of nothing.
            answer = self.SCRIPT.get(seen.path, {})
        return 200, "application/json", json.dumps(answer).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def any_method(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                seen = Seen(self.command, parts.path or "/", parse_qsl(parts.query), headers, body)
                status, kind, answer = server._answer(seen)
                self.send_response(status)
                self.send_header("Metadata-Flavor", "Google")
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = any_method

            def log_message(self, *_: object) -> None:
                """Requests are remembered, not printed."""

        return Handler
