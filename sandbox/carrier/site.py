"""A carrier as the sandbox serves it: labels are bought, tracked and cancelled below ``/carrier/``.

``POST /carrier/labels``
    ``{"key", "reference", "weight", "recipient": {"name", "street", "zip", "city", "country"}, "pickup_point"}``.
    201 with ``{"number", "price", "label"}`` (PDF, base64); 200 with the same again for the same key; 422 with
    ``{"error"}`` in the carrier's words. Faults of the control API strike it like any other path, ``lost_answer`` above
    all: the label is sold, and nobody hears of it.
``POST /carrier/cancel``
    ``{"number"}``: the money comes back, and the key is free again.
``GET /carrier/track/<number>``
    Where the parcel is, for people.
``GET /sandbox/carrier/labels``
    Every label that was sold, for tests.
"""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from ..control import answer, read_object
from .label import label_pdf

if TYPE_CHECKING:
    from ..server import Sandbox

MAX_WEIGHT = 30.0  # kilograms, as most parcel carriers have it
PRICES = ((0.5, "5.20"), (2.0, "7.10"), (10.0, "11.90"), (MAX_WEIGHT, "18.40"))  # up to so many kilograms
KIND = "carrier-label"


class Refusal(ValueError):
    """Why no label is sold, in the carrier's words."""


class CarrierSite:
    """One carrier that sells labels."""

    name = "carrier"

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def owns(self, path: str) -> bool:
        return path.startswith("/carrier/")

    def handle(self, request: Request) -> Response:
        page = request.path.removeprefix("/carrier/")
        try:
            if request.method == "POST" and page == "labels":
                return self._sell(read_object(request))
            if request.method == "POST" and page == "cancel":
                return self._cancel(read_object(request))
        except Refusal as refusal:
            return answer({"error": str(refusal)}, 422)
        except ValueError as error:
            return answer({"error": str(error)}, 400)
        if request.method == "GET" and page.startswith("track/"):
            return self._track(page.removeprefix("track/"))
        return answer({"error": "No such page."}, 404)

    def control(self, request: Request, action: str) -> Response | None:
        if request.method == "GET" and action == "carrier/labels":
            labels = [self._shown(label) for label in self.sandbox.store.all(KIND).values()]
            return answer({"count": len(labels), "labels": labels})
        return None

    def reset(self) -> None:
        """The labels went with the store."""

    # === LABELS === #

    def _sell(self, order: Any) -> Response:
        key = str(order.get("key") or "")
        if not key:
            raise Refusal("A key is missing.")
        store = self.sandbox.store
        with store.transaction():
            sold = (label for label in store.all(KIND).values() if not label["cancelled"])
            known = next((label for label in sold if label["key"] == key), None)
            if known:
                return answer(self._told(known), 200)
            weight = self._weight(order)
            self._check_recipient(order)
            number = store.next("carrier-labels")
            label = {
                "key": key,
                "number": f"SB{number:09d}FR",
                "reference": str(order.get("reference") or ""),
                "weight": weight,
                "recipient": order["recipient"],
                "pickup_point": str(order.get("pickup_point") or ""),
                "price": next(price for limit, price in PRICES if weight <= limit),
                "sold_at": self.sandbox.clock.now().isoformat(timespec="seconds"),
                "cancelled": False,
            }
            store.put(KIND, number, label)
        return answer(self._told(label), 201)

    def _cancel(self, order: Any) -> Response:
        store = self.sandbox.store
        with store.transaction():
            for number, label in store.all(KIND).items():
                if label["number"] == order.get("number"):
                    store.put(KIND, number, label | {"cancelled": True})
                    return answer({"number": label["number"], "cancelled": True})
        raise Refusal("No such label.")

    def _weight(self, order: Any) -> float:
        try:
            weight = float(order.get("weight") or 0)
        except (TypeError, ValueError) as error:
            raise Refusal("The weight is no number.") from error
        if weight <= 0:
            raise Refusal("The weight is missing.")
        if weight > MAX_WEIGHT:
            raise Refusal(f"Parcels weigh {MAX_WEIGHT:g} kg at most.")
        return weight

    def _check_recipient(self, order: Any) -> None:
        recipient = order.get("recipient")
        if not isinstance(recipient, dict):
            raise Refusal("The recipient is missing.")
        for part, words in (("name", "name"), ("zip", "postcode"), ("city", "town"), ("country", "country")):
            if not str(recipient.get(part) or "").strip():
                raise Refusal(f"The recipient has no {words}.")
        if recipient["country"] == "FR" and not (recipient["zip"].isdigit() and len(recipient["zip"]) == 5):
            raise Refusal(f"{recipient['zip']} is no postcode of France.")

    def _told(self, label: Any) -> dict[str, Any]:
        drawn = label_pdf(label["number"], label["recipient"], label["weight"], label["reference"])
        return {"number": label["number"], "price": label["price"], "label": base64.b64encode(drawn).decode()}

    def _shown(self, label: Any) -> dict[str, Any]:
        return {name: label[name] for name in ("number", "reference", "weight", "price", "cancelled", "pickup_point")}

    def _track(self, number: str) -> Response:
        label = next((label for label in self.sandbox.store.all(KIND).values() if label["number"] == number), None)
        words = "cancelled" if label and label["cancelled"] else "on its way" if label else "unknown here"
        return Response(f"<h1>{escape(number)}</h1><p>This parcel is {words}.</p>", mimetype="text/html")
