"""Mutations that must carry ``@idempotent(key:)``: the same key gives the same answer, other arguments an error."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable

from ..store import Doc
from .resolving import Context, Denied, Refused

DAY = 86_400


def once(ctx: Context, name: str, args: Doc, work: Callable[[], Doc]) -> Doc:
    """Do the work once a key.

    :raise Denied: without a key, which the vendor demands at run time from 2026-04 on.
    """
    key = ctx.idempotency_key
    if not key:
        if ctx.version >= "2026-04":
            raise Denied("The @idempotent directive is required for this mutation but was not provided.", "BAD_REQUEST")
        return work()
    now = ctx.shop.clock.timestamp()
    print_ = hashlib.sha256(json.dumps([name, args], sort_keys=True, default=str).encode()).hexdigest()
    known = next(
        (doc for doc in ctx.shop.all("idempotency").values() if doc["key"] == key and doc["at"] > now - DAY), None
    )
    if known is not None:
        if known["print"] != print_:
            words = "The same idempotency key cannot be used with different operation parameters."
            raise Refused(words, None, "IDEMPOTENCY_KEY_PARAMETER_MISMATCH")
        found: Doc = copy.deepcopy(known["answer"])
        return found
    answer = work()
    doc = {"id": ctx.shop.next_id("idempotency"), "key": key, "print": print_, "at": now, "answer": answer}
    ctx.shop.put("idempotency", doc)
    return answer
