"""Jobs that go on after the answer: they are done once ``job_seconds`` have passed."""

from __future__ import annotations

import uuid
from typing import Any

from ..store import Doc
from . import gid
from .resolving import Context, answers, query
from .shop import Shop


def start(shop: Shop) -> Doc:
    """A job; the work itself is done already, as nobody can tell."""
    number = shop.next_id("job")
    until = shop.clock.timestamp() + float(shop.settings["job_seconds"])
    return shop.put("jobs", {"id": number, "uuid": str(uuid.UUID(int=number)), "until": until})


@answers("Job", "id")
def _id(doc: Doc, ctx: Context, args: Doc) -> str:
    return gid.gid("Job", doc["uuid"])


@answers("Job", "done")
def _done(doc: Doc, ctx: Context, args: Doc) -> bool:
    return bool(ctx.shop.clock.timestamp() >= doc["until"])


@query("job")
def _job(source: Any, ctx: Context, args: Doc) -> Any:
    wanted = gid.split(args["id"])[1]
    return next((doc for doc in ctx.shop.all("jobs").values() if doc["uuid"] == wanted), None)


@answers("Job", "query")
def _query(doc: Doc, ctx: Context, args: Doc) -> Doc:
    return {}
