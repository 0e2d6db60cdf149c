"""Small real HTTP servers on 127.0.0.1: one that runs a function, one that replays recorded exchanges."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Request:
    method: str
    path: str
    params: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None

    @property
    def own_params(self) -> dict[str, str]:
        """The parameters without the signature."""
        return {name: value for name, value in self.params.items() if not name.startswith("oauth_")}


@dataclass
class Answer:
    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bool = False  # the function has written to the socket itself

    @property
    def encoded(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class LocalServer:
    url: str
    requests: list[Request] = field(default_factory=list)


Serve = Callable[[Request, BaseHTTPRequestHandler], Answer]


@contextmanager
def serving(answer: Serve) -> Iterator[LocalServer]:
    """Serve with ``answer`` until the block ends."""
    found = LocalServer("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            request = Request(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query, keep_blank_values=True)),
                dict(self.headers.items()),
                self.rfile.read(length),
            )
            found.requests.append(request)
            reply = answer(request, self)
            if reply.raw:
                self.close_connection = True
                return
            self.send_response_only(reply.status)
            headers = {
                "Content-Type": "application/json; charset=UTF-8",
                "Date": formatdate(usegmt=True),
                **reply.headers,
            }
            headers["Content-Length"] = str(len(reply.encoded))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.encoded)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _serve

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """Clients that give up in mid-answer are part of the tests."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(frozen=True)
class Exchange:
    """One recorded request and its answer."""

    name: str
    method: str
    path: str
    params: dict[str, str]
    sent: Any
    status: int
    headers: dict[str, str]
    body: Any


def read_exchanges(folder: Path) -> list[Exchange]:
    """The exchanges of a folder, in the order they were recorded."""
    found = []
    for path in sorted(folder.glob("*.json")):
        raw = json.loads(path.read_text())
        if "request" not in raw:
            continue
        answer = raw.get("response", raw)
        request = raw["request"]
        found.append(
            Exchange(
                path.stem,
                request["method"],
                request["path"],
                {name: str(value) for name, value in request["params"].items()},
                request["body"],
                answer["status"],
                answer["headers"],
                answer["body"],
            )
        )
    return found


def replay(exchanges: Sequence[Exchange], *, ignore: frozenset[str] = frozenset()) -> Serve:
    """Answer as recorded. Method, path, body and parameters must match, but for the parameters in ``ignore``;
    of equal requests the answers come in turn, the last one again and again."""
    spent: set[int] = set()

    def answer(request: Request, _: BaseHTTPRequestHandler) -> Answer:
        asked = {name: value for name, value in request.own_params.items() if name not in ignore}
        matches = [
            index
            for index, exchange in enumerate(exchanges)
            if (exchange.method, exchange.path) == (request.method, request.path)
            and {name: value for name, value in exchange.params.items() if name not in ignore} == asked
            and exchange.sent == request.json
        ]
        if not matches:
            return Answer({"code": "not_recorded", "message": f"{request.method} {request.path}"}, 418)
        chosen = next((index for index in matches if index not in spent), matches[-1])
        spent.add(chosen)
        exchange = exchanges[chosen]
        kept = {"X-WP-Total", "X-WP-TotalPages", "Link", "Allow", "Content-Type", "Location"}
        headers = {name: value for name, value in exchange.headers.items() if name in kept}
        return Answer(exchange.body, exchange.status, headers)

    return answer
