"""Addresses of the shop besides its API: what is uploaded and downloaded, and the pages for people."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.wrappers import Request, Response

from .shop import Shop

Handler = Callable[[Shop, Request, str], Response]
# By the path's start, below the shop's address; the handler gets the rest of the path.
ROUTES: dict[str, Handler] = {}
