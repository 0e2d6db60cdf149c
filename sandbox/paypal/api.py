"""PayPal's REST API below ``/paypal/``: tokens, transaction search, refunds, disputes and webhooks."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from werkzeug.wrappers import Request, Response

from ..control import answer
from ..store import Doc
from .events import is_ours
from .ledger import Ledger, Refused, shown, stamp

SCOPE = "https://uri.paypal.com/services/"
SCOPES = ("reporting/search/read", "disputes/read-seller", "applications/webhooks", "payments/refund")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_SEARCH = {
    "transaction_id",
    "transaction_type",
    "transaction_status",
    "transaction_amount",
    "transaction_currency",
    "start_date",
    "end_date",
    "payment_instrument_type",
    "store_id",
    "terminal_id",
    "fields",
    "balance_affecting_records_only",
    "page_size",
    "page",
}


class Denied(Exception):
    """An error as PayPal answers it."""

    def __init__(self, status: int, name: str, message: str, issue: str = "", description: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.body: Doc = {"name": name, "message": message, "debug_id": "sandbox", "links": []}
        if issue:
            self.body["details"] = [{"issue": issue, "description": description or issue}]

    def response(self) -> Response:
        return answer(self.body, self.status)


class Api:
    """Answers the calls of one app."""

    def __init__(self, ledger: Ledger, client_id: str, secret: str) -> None:
        self.ledger = ledger
        self.client = (client_id, secret)
        self.scopes = set(SCOPES)
        self.tokens: dict[str, float] = {}

    def handle(self, request: Request, path: str) -> Response:
        try:
            if path == "v1/oauth2/token" and request.method == "POST":
                return self._token(request)
            self._check_token(request)
            return self._routed(request, path)
        except Denied as denied:
            return denied.response()

    def _routed(self, request: Request, path: str) -> Response:
        method = request.method
        if path == "v1/reporting/transactions" and method == "GET":
            self._need("reporting/search/read")
            return answer(self._search(request.args))
        if path == "v1/customer/disputes" and method == "GET":
            self._need("disputes/read-seller")
            return answer(self._disputes(request))
        if (found := re.fullmatch(r"v1/customer/disputes/([\w-]+)", path)) and method == "GET":
            self._need("disputes/read-seller")
            return answer(shown(self._find("disputes", "dispute_id", found[1])))
        if (found := re.fullmatch(r"v2/payments/captures/(\w+)/refund", path)) and method == "POST":
            self._need("payments/refund")
            return self._refund(request, found[1])
        if path == "v1/notifications/verify-webhook-signature" and method == "POST":
            status = "SUCCESS" if is_ours(_json(request), request.get_data()) else "FAILURE"
            return answer({"verification_status": status})
        if path.startswith("v1/notifications/webhooks"):
            self._need("applications/webhooks")
            return self._webhooks(request, path.removeprefix("v1/notifications/webhooks").strip("/"))
        raise Denied(404, "RESOURCE_NOT_FOUND", "The specified resource does not exist.")

    # --- who calls

    def _token(self, request: Request) -> Response:
        sent = request.headers.get("Authorization", "").removeprefix("Basic ")
        wanted = base64.b64encode(":".join(self.client).encode()).decode()
        if sent != wanted or request.form.get("grant_type") != "client_credentials":
            return answer({"error": "invalid_client", "error_description": "Client Authentication failed"}, 401)
        token = f"A21AA{self.ledger.store.next('paypal-tokens'):020d}"
        self.tokens[token] = self.ledger.clock.timestamp() + 32_400
        scope = " ".join(SCOPE + right for right in sorted(self.scopes))
        return answer({"scope": scope, "access_token": token, "token_type": "Bearer", "expires_in": 32_400})

    def _check_token(self, request: Request) -> None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.tokens.get(token, 0) < self.ledger.clock.timestamp():
            raise Denied(401, "AUTHENTICATION_FAILURE", "Authentication failed due to invalid credentials.")

    def _need(self, right: str) -> None:
        if right not in self.scopes:
            raise Denied(403, "NOT_AUTHORIZED", "Authorization failed due to insufficient permissions.")

    def _find(self, kind: str, field: str, value: str) -> Doc:
        try:
            return self.ledger.find(kind, field, value)
        except KeyError:
            raise Denied(404, "RESOURCE_NOT_FOUND", "The specified resource does not exist.") from None

    # --- reading

    def _search(self, args: Mapping[str, str]) -> Doc:
        if unknown := set(args) - _SEARCH:
            raise _invalid("INVALID_PARAMETER", f"{sorted(unknown)} is not known")
        start, end = _date(args, "start_date"), _date(args, "end_date")
        now = self.ledger.clock.now()
        if end - start > timedelta(days=31) or end < start:
            raise _invalid("INVALID_DATE_RANGE", "Date range is greater than 31 days")
        if start < now - timedelta(days=3 * 366):
            raise _invalid("INVALID_DATE", "Data for the given start date is not available.")
        size, page = _number(args, "page_size", 100, 500), _number(args, "page", 1, 2**31 - 1)
        refreshed = now - timedelta(hours=float(self.ledger.settings["delay_hours"]))
        until = min(end, refreshed).timestamp()
        found = [
            doc
            for doc in self.ledger.all("transactions").values()
            if start.timestamp() <= doc["_at"] <= until and _fits(doc, args)
        ]
        if len(found) > int(self.ledger.settings["max_results"]):
            raise _invalid("RESULTSET_TOO_LARGE", "Result set size is greater than the maximum limit.")
        found.sort(key=lambda doc: (doc["_at"], doc["_number"]))
        rows = found[(page - 1) * size : page * size]
        body: Doc = {
            "account_number": "SANDBOXSELLER",
            "start_date": stamp(start),
            "end_date": stamp(end),
            "last_refreshed_datetime": stamp(refreshed),
            "page": page,
            "total_items": len(found),
            "total_pages": max(1, -(-len(found) // size)),
        }
        # A search that finds nothing has no list at all.
        return {"transaction_details": [{"transaction_info": shown(doc)} for doc in rows], **body} if rows else body

    def _disputes(self, request: Request) -> Doc:
        args = request.args
        size, start = _number(args, "page_size", 10, 50), 0
        found = sorted(self.ledger.all("disputes").values(), key=lambda doc: doc["create_time"], reverse=True)
        if "update_time_after" in args:
            after = stamp(_date(args, "update_time_after"))
            found = [doc for doc in found if doc["update_time"] >= after]
        if token := args.get("next_page_token"):
            start = int(base64.b64decode(token))
        rows = [
            {key: value for key, value in shown(doc).items() if key not in ("disputed_transactions", "dispute_outcome")}
            for doc in found[start : start + size]
        ]
        links = [{"href": request.url, "rel": "self", "method": "GET"}]
        if start + size < len(found):
            token = base64.b64encode(str(start + size).encode()).decode()
            links.append({"href": f"{request.base_url}?next_page_token={token}", "rel": "next", "method": "GET"})
        return {"items": rows, "links": links} if rows else {"links": links}

    # --- writing

    def _refund(self, request: Request, capture_id: str) -> Response:
        key, body, store = request.headers.get("PayPal-Request-Id", ""), _json(request), self.ledger.store
        known = next((doc for doc in store.all("paypal-keys").values() if key and doc["key"] == key), None)
        if known:
            return answer(known["body"], 201)
        capture = self._find("captures", "id", capture_id)
        amount: Decimal | None = None
        if body.get("amount"):
            if body["amount"].get("currency_code") != capture["amount"]["currency_code"]:
                raise _unprocessable("REFUND_CAPTURE_CURRENCY_MISMATCH", "Refund must be in the same currency.")
            try:
                amount = Decimal(body["amount"]["value"])
            except (InvalidOperation, KeyError, TypeError):
                raise _invalid("INVALID_PARAMETER_SYNTAX", "value") from None
            if amount <= 0:
                raise _unprocessable("CANNOT_BE_ZERO_OR_NEGATIVE", "Must be greater than zero.")
        try:
            refund = shown(self.ledger.refund(capture, amount, {}))
        except Refused as refused:
            raise _unprocessable(refused.issue, refused.description) from None
        made = {"id": refund["id"], "status": refund["status"], "links": []}
        if key:
            store.put("paypal-keys", store.next("paypal-keys"), {"key": key, "body": made})
        return answer(made, 201)

    def _webhooks(self, request: Request, webhook_id: str) -> Response:
        if request.method == "GET" and not webhook_id:
            return answer({"webhooks": [shown(doc) for doc in self.ledger.all("webhooks").values()]})
        if request.method == "POST" and not webhook_id:
            body = _json(request)
            if any(doc["url"] == body.get("url") for doc in self.ledger.all("webhooks").values()):
                raise Denied(400, "WEBHOOK_URL_ALREADY_EXISTS", "Webhook URL already exists")
            doc = {"id": self.ledger.new_id(), "url": body["url"], "event_types": body["event_types"]}
            return answer(shown(self.ledger.add("webhooks", doc)), 201)
        if request.method == "DELETE":
            doc = self._find("webhooks", "id", webhook_id)
            self.ledger.store.remove("paypal-webhooks", doc["_number"])
            return Response(status=204)
        raise Denied(404, "RESOURCE_NOT_FOUND", "The specified resource does not exist.")


def _fits(doc: Doc, args: Mapping[str, str]) -> bool:
    wanted = {
        "transaction_event_code": args.get("transaction_type"),
        "transaction_id": args.get("transaction_id"),
        "transaction_status": args.get("transaction_status"),
    }
    money = args.get("transaction_currency")
    return all(value is None or doc[name] == value for name, value in wanted.items()) and (
        money is None or doc["transaction_amount"]["currency_code"] == money
    )


def _json(request: Request) -> Doc:
    try:
        found = json.loads(request.get_data() or b"{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _invalid("MALFORMED_REQUEST_JSON", "The request JSON is not well formed.")
    return found


def _date(args: Mapping[str, str], name: str) -> datetime:
    value = args.get(name, "")
    if not _DATE.fullmatch(value):
        raise _invalid("INVALID_PARAMETER_SYNTAX", f"{name} is no date and time")
    return datetime.fromisoformat(value.replace("Z", "+00:00"))


def _number(args: Mapping[str, str], name: str, default: int, most: int) -> int:
    value = args.get(name, str(default))
    if not value.isdigit() or not 1 <= int(value) <= most:
        raise _invalid("INVALID_PARAMETER_VALUE", f"{name} is not between 1 and {most}")
    return int(value)


def _invalid(issue: str, description: str) -> Denied:
    message = "Request is not well-formed, syntactically incorrect, or violates schema."
    return Denied(400, "INVALID_REQUEST", message, issue, description)


def _unprocessable(issue: str, description: str) -> Denied:
    return Denied(422, "UNPROCESSABLE_ENTITY", "The requested action could not be performed.", issue, description)
