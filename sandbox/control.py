"""The control API below ``/sandbox/``: faults, calls, deliveries, clock, copies and reset.

What belongs to one vendor (random orders, shop settings) is answered by that site; with several sites,
``?shop=<name>`` says which.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request, Response

from .faults import REQUEST_KINDS, WEBHOOK_KINDS, Fault

if TYPE_CHECKING:
    from .server import Sandbox


class Control:
    """Answers requests to ``/sandbox/...``."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def handle(self, request: Request) -> Response:
        """Answer a control request; every answer is JSON, and wrong input a 400 that says why."""
        action = request.path.removeprefix("/sandbox/").strip("/")
        handler = getattr(self, f"_{action.replace('/', '_')}_{request.method.lower()}", None)
        try:
            if handler is not None:
                return answer(handler(request))
            for site in self.sandbox.sites:
                if request.args.get("shop", site.name) == site.name:
                    response = site.control(request, action)
                    if response is not None:
                        return response
        except (ValueError, TypeError, KeyError) as exception:
            return answer({"error": f"{type(exception).__name__}: {exception}"}, 400)
        return answer({"error": f"no such control: {request.method} {request.path}"}, 404)

    def _health_get(self, request: Request) -> Any:
        return {"ok": True, "shops": [site.name for site in self.sandbox.sites], "url": self.sandbox.base_url}

    def _faults_get(self, request: Request) -> Any:
        return {"faults": self.sandbox.faults.list(), "kinds": {**REQUEST_KINDS, **WEBHOOK_KINDS}}

    def _faults_post(self, request: Request) -> Any:
        values = read_json(request)
        many = values if isinstance(values, list) else [values]
        faults = [Fault.parse(fault) for fault in many]
        return {"ids": [self.sandbox.faults.add(fault).id for fault in faults]}

    def _faults_delete(self, request: Request) -> Any:
        self.sandbox.faults.remove(request.args.get("id", type=int))
        return {"faults": self.sandbox.faults.list()}

    def _calls_get(self, request: Request) -> Any:
        args = request.args
        calls = self.sandbox.calls.find(
            method=args.get("method"),
            path=args.get("path"),
            status=args.get("status", type=int),
            shop=args.get("shop"),
            since=args.get("since", type=int),
        )
        return {"count": len(calls), "calls": calls}

    def _calls_delete(self, request: Request) -> Any:
        self.sandbox.calls.clear()
        return {"count": 0, "calls": []}

    def _deliveries_get(self, request: Request) -> Any:
        if (seconds := request.args.get("wait", type=float)) is not None:
            self.sandbox.courier.wait(min(seconds, 60.0))
        deliveries = self.sandbox.courier.log(request.args.get("topic"))
        return {"count": len(deliveries), "pending": self.sandbox.courier.pending(), "deliveries": deliveries}

    def _deliveries_post(self, request: Request) -> Any:
        """``{"delay": seconds}``: how long webhooks take from the change to the delivery."""
        self.sandbox.courier.delay = max(0.0, float(read_object(request)["delay"]))
        return {"delay": self.sandbox.courier.delay}

    def _deliveries_delete(self, request: Request) -> Any:
        self.sandbox.courier.clear()
        return {"count": 0, "pending": 0, "deliveries": []}

    def _clock_get(self, request: Request) -> Any:
        clock = self.sandbox.clock
        return {"now": clock.now().isoformat(), "offset": clock.offset.total_seconds()}

    def _clock_post(self, request: Request) -> Any:
        """``{"advance": seconds}``, ``{"now": "2026-11-24T10:00:00+00:00"}`` or ``{"offset": seconds}``."""
        values = read_object(request)
        clock = self.sandbox.clock
        if "now" in values:
            moment = datetime.fromisoformat(values["now"].replace("Z", "+00:00"))
            if moment.tzinfo is None:
                raise ValueError("now needs a time zone")
            clock.set(moment)
        if "offset" in values:
            clock.offset = type(clock.offset)(seconds=float(values["offset"]))
        if "advance" in values:
            clock.advance(float(values["advance"]))
        return self._clock_get(request)

    def _adopt_post(self, request: Request) -> Any:
        """Stand in for a shop; see :mod:`sandbox.copies`."""
        return self.sandbox.copies.adopt(read_object(request))

    def _reset_post(self, request: Request) -> Any:
        sandbox = self.sandbox
        sandbox.faults.remove()
        sandbox.courier.clear()
        sandbox.courier.delay = 0.0
        sandbox.clock.offset = type(sandbox.clock.offset)(0)
        sandbox.store.clear()
        sandbox.copies.forget()
        for site in sandbox.sites:
            site.reset()
        sandbox.calls.clear()
        return {"ok": True}


def answer(values: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(json.dumps(values, ensure_ascii=False), status, mimetype="application/json")


def read_json(request: Request) -> Any:
    """The request's JSON body; an empty body is an empty object.

    :raise ValueError: when the body is not JSON.
    """
    try:
        return json.loads(request.get_data() or b"{}")
    except (json.JSONDecodeError, BadRequest) as exception:
        raise ValueError(f"the body is not JSON: {exception}") from exception


def read_object(request: Request) -> Mapping[str, Any]:
    """The request's JSON body, that must be an object.

    :raise ValueError: when it is not.
    """
    values = read_json(request)
    if not isinstance(values, dict):
        raise ValueError("the body must be a JSON object")
    return values
