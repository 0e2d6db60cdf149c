"""The WSGI application: passes each request to the shop it is for, strikes it with faults and logs it."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from .calls import CallLog, without_secrets
from .clock import Clock
from .control import Control
from .copies import Copies
from .delivery import Courier, is_loopback
from .faults import Fault, FaultBook
from .store import Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MAX_BODY = 50_000_000


class Site(Protocol):
    """A simulated shop, gateway or carrier that answers some paths of the server."""

    name: str

    def owns(self, path: str) -> bool:
        """Whether requests to this path are for this site."""

    def handle(self, request: Request) -> Response:
        """Answer a request."""

    def control(self, request: Request, action: str) -> Response | None:
        """Answer ``/sandbox/<action>``, or ``None`` when the action is not this site's."""

    def reset(self) -> None:
        """Go back to the state of a new shop."""


class ConnectionDropped(ConnectionError):
    """Ends a request without an answer; werkzeug takes a ``ConnectionError`` for a client that went away."""


class Sandbox:
    """Everything that the sites share, and the WSGI application.

    ``only_here``: refuse what is asked under another name than this machine's, for a web page that lets its own name
    lead here could read what customers' data the shops hold.

    :param state: a folder for the state; ``None`` keeps it in memory.
    """

    def __init__(self, state: Path | None = None) -> None:
        self.clock = Clock()
        self.faults = FaultBook()
        self.calls = CallLog()
        self.store = Store(state / "sandbox.sqlite3" if state else None)
        self.courier = Courier(self.faults, self.clock)
        self.sites: list[Site] = []
        self.base_url = "http://127.0.0.1"
        self.only_here = True
        self.copies = Copies(self)
        self.control = Control(self)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = MAX_BODY
        body = request.get_data()
        if self.only_here and not is_loopback(f"http://{request.host}/"):
            return Response("This sandbox is for this machine only.\n", 403)(environ, start_response)
        if request.path.startswith("/sandbox/"):
            return self.control.handle(request)(environ, start_response)
        site = next((site for site in self.sites if site.owns(request.path)), None)
        if site is None:
            return Response("No such page.\n", 404)(environ, start_response)
        fault = self.faults.for_request(request.method, request.path)
        started = time.perf_counter()
        response: Response | None = None
        try:
            response = _respond(site, request, fault)
        finally:
            self.calls.add(
                shop=site.name,
                method=request.method,
                path=request.path,
                query=without_secrets(request.query_string.decode("latin-1")),
                status=response.status_code if response is not None else 0,
                ms=round((time.perf_counter() - started) * 1000, 3),
                time=self.clock.now().isoformat(timespec="milliseconds"),
                request_size=len(body),
                size=response.content_length or 0 if response is not None else 0,
                fault=fault.kind if fault else None,
            )
        if response is None:
            _drop_connection(environ)
            raise ConnectionDropped
        return response(environ, start_response)

    def close(self) -> None:
        """Stop the deliveries and close the state."""
        self.courier.stop()
        self.store.close()


def _respond(site: Site, request: Request, fault: Fault | None) -> Response | None:
    """The answer to a request under a fault; ``None`` drops the connection."""
    kind = fault.kind if fault is not None else None
    if fault is None or kind is None:
        return site.handle(request)
    if kind == "status":
        return _forced(fault)
    if kind == "timeout":
        time.sleep(30.0 if fault.seconds is None else fault.seconds)
        return None
    if kind == "drop_connection":
        return None
    if kind == "slow":
        time.sleep(1.0 if fault.seconds is None else fault.seconds)
        return site.handle(request)
    response = site.handle(request)
    if kind == "lost_answer":
        return _forced(fault) if fault.status else None
    if kind == "bad_json":
        body = response.get_data()
        response.set_data(body[: len(body) // 2])
    return response


def _forced(fault: Fault) -> Response:
    body = fault.body if isinstance(fault.body, str) else json.dumps(fault.body or {"error": "fault"})
    response = Response(body, fault.status, mimetype="application/json")
    response.headers.update(fault.headers)
    return response


def _drop_connection(environ: WSGIEnvironment) -> None:
    connection: Any = environ.get("werkzeug.socket")
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


class _Handler(WSGIRequestHandler):
    """Sends at once, and prints nothing for a request; one connection serves one request, as the recorded shops did."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120

    def log_error(self, format: str, *args: object) -> None:
        """A connection that times out is no news."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Requests are in the call log."""

    def connection_dropped(self, error: BaseException, environ: WSGIEnvironment | None = None) -> None:
        self.close_connection = True


class Server:
    """A listening server; ``with Server(sandbox) as server: ...`` serves from a thread."""

    def __init__(self, sandbox: Sandbox, host: str = "127.0.0.1", port: int = 0) -> None:
        self.sandbox = sandbox
        self._server: BaseWSGIServer = make_server(host, port, sandbox, threaded=True, request_handler=_Handler)
        shown = "127.0.0.1" if host in ("", "0.0.0.0") else host
        self.url = f"http://{shown}:{self._server.server_port}"
        sandbox.base_url = self.url
        sandbox.only_here = is_loopback(self.url) and host not in ("", "0.0.0.0")

    def serve(self) -> None:
        """Serve until :meth:`stop`."""
        self._server.serve_forever(poll_interval=0.05)

    def stop(self) -> None:
        """Stop serving; from another thread than that of :meth:`serve`."""
        self._server.shutdown()

    def close(self) -> None:
        """Close the socket, the deliveries and the state."""
        self._server.server_close()
        self.sandbox.close()

    def __enter__(self) -> Server:
        self._thread = threading.Thread(target=self.serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
        self._thread.join()
        self.close()
