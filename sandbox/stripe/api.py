"""Stripe's API below ``/stripe/v1/``: what a key may do, lists with cursors, and writes that can be repeated."""

from __future__ import annotations

import json
import re
import secrets
from bisect import bisect_left
from collections.abc import Mapping
from itertools import islice

from werkzeug.wrappers import Request, Response

from ..control import answer
from ..store import Doc
from .ledger import Ledger
from .objects import shown

VERSION = "2026-10-28.endive"
PREFIXES = {"balance_transactions": "txn", "charges": "ch", "refunds": "re", "disputes": "du", "payouts": "po"}

# The parameters that Stripe's own list of 2026-10-28 allows, beside those of every list.
FILTERS = {
    "balance_transactions": {"currency", "payout", "source", "type"},
    "charges": {"customer", "payment_intent", "transfer_group"},
    "refunds": {"charge", "payment_intent"},
    "disputes": {"charge", "payment_intent"},
    "payouts": {"destination", "status"},
    "webhook_endpoints": set(),
}
RANGES = {"created", "arrival_date"}
PAGING = {"limit", "starting_after", "ending_before", "expand[]"}
REFUND_PARAMS = re.compile(r"(amount|charge|payment_intent|reason|currency|metadata\[[^]]+\]|expand\[\])")


class Denied(Exception):
    """An error as Stripe answers it."""

    def __init__(self, status: int, message: str, code: str = "", kind: str = "invalid_request_error", param: str = ""):
        super().__init__(message)
        self.status = status
        self.error = {"message": message, "type": kind}
        self.error |= {key: value for key, value in (("code", code), ("param", param)) if value}

    def response(self) -> Response:
        return answer({"error": self.error}, self.status)


class Api:
    """Answers the calls of a key.

    :param keys: what each key may do: ``{"*"}`` for a secret key, else such as ``payouts`` and ``refunds:write``.
    """

    def __init__(self, ledger: Ledger, keys: dict[str, set[str]]) -> None:
        self.ledger = ledger
        self.keys = keys

    def handle(self, request: Request, path: str) -> Response:
        try:
            key = self._key(request)
            collection, _slash, id = path.partition("/")
            self._check_right(key, collection, request.method)
            if request.method == "GET":
                return answer(self._get(request, collection, id))
            if request.method == "POST" and not id and collection in ("refunds", "webhook_endpoints"):
                return self._write(request, collection)
            if request.method == "DELETE" and collection == "webhook_endpoints":
                return answer(self._delete(id))
        except Denied as denied:
            return denied.response()
        return Denied(404, f"Unrecognized request URL ({request.method}: /v1/{path}).").response()

    # --- who calls

    def _key(self, request: Request) -> str:
        key = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if key not in self.keys:
            raise Denied(401, f"Invalid API Key provided: {key[:8]}****", "api_key_expired" if key else "")
        if request.headers.get("Stripe-Version") != VERSION:
            raise Denied(400, "The sandbox speaks version " + VERSION)
        return key

    def _check_right(self, key: str, collection: str, method: str) -> None:
        rights = self.keys[key]
        wanted = collection if method == "GET" else f"{collection}:write"
        if "*" not in rights and wanted not in rights and f"{collection}:write" not in rights:
            right = f"rak_{collection.removesuffix('s')}_{'read' if method == 'GET' else 'write'}"
            raise Denied(
                403,
                f"The provided key '{key[:8]}****' does not have the required permissions for this endpoint. "
                f"Having the '{right}' permission would allow this request to continue.",
            )

    # --- reading

    def _get(self, request: Request, collection: str, id: str) -> Doc:
        if collection == "balance" and not id:
            return self._balance()
        if collection not in FILTERS:
            raise Denied(404, f"Unrecognized request URL (GET: /v1/{collection}).")
        expand = request.args.getlist("expand[]")
        if id:
            return self._expanded(self._find(collection, id), [name.removeprefix("data.") for name in expand])
        return self._list(request, collection, expand)

    def _find(self, collection: str, id: str) -> Doc:
        try:
            return self.ledger.find(collection, id)
        except KeyError:
            noun = collection.removesuffix("s")
            raise Denied(404, f"No such {noun}: '{id}'", "resource_missing", param="id") from None

    def _list(self, request: Request, collection: str, expand: list[str]) -> Doc:
        args = request.args
        for name in args:
            if name not in PAGING and name not in FILTERS[collection] and name.split("[")[0] not in RANGES:
                raise Denied(400, f"Received unknown parameter: {name}", "parameter_unknown", param=name)
            if name.split("[")[0] in RANGES and not args[name].isdigit():
                raise Denied(400, f"Invalid timestamp: {args[name]}", param=name)
        limit = args.get("limit", "10")
        if not limit.isdigit() or not 1 <= int(limit) <= 100:
            raise Denied(400, "This value must be between 1 and 100.", "parameter_invalid_integer", param="limit")
        docs, numbers = self.ledger.all(collection), self.ledger.newest(collection)
        start = 0
        if after := args.get("starting_after"):
            last = self._find(collection, after)
            start = 1 + bisect_left(
                numbers,
                (-last["created"], -last["_number"]),
                key=lambda number: (-docs[number]["created"], -number),
            )
        # One more than a page tells whether there are more.
        fitting = (docs[number] for number in islice(numbers, start, None) if _fits(docs[number], args, collection))
        page = list(islice(fitting, int(limit) + 1))
        fields = [name.removeprefix("data.") for name in expand]
        return {
            "object": "list",
            "data": [self._expanded(doc, fields) for doc in page[: int(limit)]],
            "has_more": len(page) > int(limit),
            "url": f"/v1/{collection}",
        }

    def _expanded(self, doc: Doc, fields: list[str]) -> Doc:
        made = shown(doc)
        if "source" in fields and doc.get("source"):
            prefix = doc["source"].split("_")[0]
            kind = next((kind for kind, start in PREFIXES.items() if start == prefix), "charges")
            made["source"] = shown(self.ledger.find(kind, doc["source"]))
        return made

    def _balance(self) -> Doc:
        now = int(self.ledger.clock.timestamp())
        sums: dict[bool, list[Doc]] = {True: [], False: []}
        for money in self.ledger.settings["currencies"]:
            moves = list(self.ledger.unpaid(money))
            for ready, rows in sums.items():
                amount = sum(doc["net"] for doc in moves if (doc["available_on"] <= now) is ready)
                rows.append({"amount": amount, "currency": money, "source_types": {"card": amount}})
        return {"object": "balance", "available": sums[True], "livemode": False, "pending": sums[False]}

    # --- writing

    def _write(self, request: Request, collection: str) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if len(key) > 255:
            raise Denied(400, "Idempotency-Key is too long", "idempotency_key_in_use", "idempotency_error")
        form = dict(request.form.items())
        store = self.ledger.store
        with store.transaction():
            known = next((doc for doc in store.all("stripe-keys").values() if key and doc["key"] == key), None)
            if known:
                if known["form"] != form:
                    raise Denied(
                        400,
                        "Keys for idempotent requests can only be used with the same parameters.",
                        kind="idempotency_error",
                    )
                return answer(json.loads(known["body"]), known["status"])
            made = answer(self._refund(form) if collection == "refunds" else self._endpoint(form))
            if key:
                doc = {"key": key, "form": form, "body": made.get_data(as_text=True), "status": made.status_code}
                store.put("stripe-keys", store.next("stripe-keys"), doc)
            return made

    def _refund(self, form: Mapping[str, str]) -> Doc:
        for name in form:
            if not REFUND_PARAMS.fullmatch(name):
                raise Denied(400, f"Received unknown parameter: {name}", "parameter_unknown", param=name)
        charge = self._charge(form)
        amount = form.get("amount", str(charge["amount"] - charge["amount_refunded"]))
        if not amount.isdigit() or int(amount) < 1:
            raise Denied(400, "Invalid positive integer", "parameter_invalid_integer", param="amount")
        metadata = {name[9:-1]: value for name, value in form.items() if name.startswith("metadata[")}
        if charge["disputed"]:
            raise Denied(400, f"Charge {charge['id']} has been charged back; cannot refund.", "charge_disputed")
        try:
            return shown(self.ledger.refund(charge, int(amount), {"reason": form.get("reason"), "metadata": metadata}))
        except ValueError as error:
            said = f"Charge {charge['id']} has already been refunded."
            if str(error) != "charge_already_refunded":
                said = "Refund amount is greater than unrefunded amount on charge."
            raise Denied(400, said, str(error) if "already" in str(error) else "", param="amount") from None

    def _charge(self, form: Mapping[str, str]) -> Doc:
        if form.get("charge"):
            return self._find("charges", form["charge"])
        wanted = form.get("payment_intent")
        if not wanted:
            raise Denied(400, "One of the following params should be provided: payment_intent or charge.")
        found = (doc for doc in self.ledger.all("charges").values() if doc["payment_intent"] == wanted)
        charge = next(found, None)
        if charge is None:
            raise Denied(404, f"No such payment_intent: '{wanted}'", "resource_missing", param="payment_intent")
        return charge

    def _endpoint(self, form: Mapping[str, str]) -> Doc:
        events = [value for name, value in form.items() if name.startswith("enabled_events[")]
        if not form.get("url") or not events:
            raise Denied(400, "Missing required param: url or enabled_events.", "parameter_missing")
        secret = f"whsec_{secrets.token_hex(16)}"
        endpoint: Doc = {
            "id": self.ledger.new_id("we"),
            "object": "webhook_endpoint",
            "api_version": form.get("api_version"),
            "created": int(self.ledger.clock.timestamp()),
            "enabled_events": events,
            "livemode": False,
            "metadata": {},
            "status": "enabled",
            "url": form["url"],
            "_secret": secret,
        }
        return {**shown(self.ledger.add("webhook_endpoints", endpoint)), "secret": secret}

    def _delete(self, id: str) -> Doc:
        endpoint = self._find("webhook_endpoints", id)
        self.ledger.store.remove("stripe-webhook_endpoints", endpoint["_number"])
        return {"id": id, "object": "webhook_endpoint", "deleted": True}


def _fits(doc: Doc, args: Mapping[str, str], collection: str) -> bool:
    for name in FILTERS[collection]:
        wanted = args.get(name)
        if wanted is not None and doc.get("_payout" if name == "payout" else name) != wanted:
            return False
    for name, value in args.items():
        field, bracket, bound = name.partition("[")
        if field not in RANGES or not bracket:
            continue
        here, there = doc.get(field, 0), int(value)
        if not {"gte]": here >= there, "gt]": here > there, "lte]": here <= there, "lt]": here < there}.get(
            bound, True
        ):
            return False
    return True
