"""The few rules of WooCommerce's order list that reading it depends on, over HTTP, with a hook between pages.

The sandbox knows far more; this one is here because a test must change orders between two pages.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

from local_servers import Answer, Request


class FakeOrders:
    """``GET /orders`` with modified_after, include, exclude and pages, as observed on WooCommerce 10.9.1."""

    def __init__(self) -> None:
        self.modified: dict[int, str] = {}
        self.reads = 0
        self.after_read: Callable[[], None] = lambda: None
        self.knows_exclude = True
        self.clock = 0  # in seconds, as stamp() counts them

    def __call__(self, request: Request, _: BaseHTTPRequestHandler) -> Answer:
        params = request.own_params
        size, number = int(params.get("per_page", 10)), int(params.get("page", 1))
        if size > 100:
            return Answer({"code": "rest_invalid_param", "message": "per_page"}, 400)
        found = sorted(self.modified.items(), key=lambda pair: (pair[1], -pair[0]))
        if after := params.get("modified_after"):
            assert params["dates_are_gmt"] == "true"
            found = [pair for pair in found if pair[1] > after]
        if include := params.get("include"):
            found = [pair for pair in found if str(pair[0]) in include.split(",")]
        if self.knows_exclude and (exclude := params.get("exclude")):
            found = [pair for pair in found if str(pair[0]) not in exclude.split(",")]
        shown = found[(number - 1) * size : number * size]
        self.reads += 1
        total = len(found) if shown else 0
        headers = {
            "X-WP-Total": str(total),
            "X-WP-TotalPages": str(math.ceil(total / size)),
            "Date": format_datetime(at(self.clock), usegmt=True),
        }
        answer = Answer([self.order(key) for key, _ in shown], 200, headers)
        self.after_read()
        return answer

    def order(self, key: int) -> dict[str, Any]:
        return {"id": key, "date_modified_gmt": self.modified[key]}


def at(second: int) -> datetime:
    return datetime.fromtimestamp(1_795_516_000 + second, timezone.utc)


def stamp(second: int) -> str:
    return at(second).strftime("%Y-%m-%dT%H:%M:%S")
