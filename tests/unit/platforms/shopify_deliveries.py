"""A small server that receives webhooks."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

from local_servers import Answer, Request, serving

Delivery = tuple[Mapping[str, str], bytes]


@contextmanager
def received() -> Iterator[tuple[str, Callable[[], Delivery]]]:
    """``(its address, a function that waits for the next delivery)``."""
    found: queue.Queue[Delivery] = queue.Queue()

    def keep(request: Request, _: BaseHTTPRequestHandler) -> Answer:
        found.put((request.headers, request.body))
        return Answer({})

    with serving(keep) as server:
        yield f"{server.url}/hook", lambda: found.get(timeout=5)
