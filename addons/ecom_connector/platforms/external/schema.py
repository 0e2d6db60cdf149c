"""What ``ecom.api`` accepts, field by field: the tables that ``check`` reads and ``docs/api.md`` prints.

Texts are at most so long as written here. Amounts are in the order's currency, as text ("19.90") or as a number with
at most six decimals. Moments are ISO 8601 with a zone. A field that has no value is left out, never null.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# Items of one call, lines of one order, rows of the smaller lists.
MAX_ITEMS = 200
MAX_LINES = 500
MAX_ROWS = 50


@dataclass(frozen=True)
class Field:
    """One field of an object.

    ``kind`` is one of ``id`` (text that names a thing, without blanks around it), ``text``, ``amount``,
    ``quantity`` (an amount that is not negative), ``rate`` (percent), ``flag``, ``moment``, ``currency``, ``country``,
    ``choice``, ``object`` and ``list`` (of objects).
    """

    kind: str
    required: bool = False
    limit: int = 256
    choices: tuple[str, ...] = ()
    fields: Mapping[str, Field] = field(default_factory=dict)
    least: int = 0


Fields = Mapping[str, Field]

ADDRESS: Fields = {
    "name": Field("text"),
    "company": Field("text"),
    "street": Field("text"),
    "street2": Field("text"),
    "city": Field("text"),
    "zip": Field("text", limit=24),
    "state": Field("text", limit=64),
    "country": Field("country"),
    "email": Field("text"),
    "phone": Field("text", limit=64),
    "vat": Field("text", limit=32),
}

CUSTOMER_OF_ORDER: Fields = {
    "external_ref": Field("id", limit=64),
    "email": Field("text"),
    "name": Field("text"),
    "phone": Field("text", limit=64),
    "vat": Field("text", limit=32),
    "registration": Field("text", limit=32),
    "language": Field("text", limit=16),
}

CUSTOMER: Fields = {
    "external_ref": Field("id", required=True, limit=64),
    "email": Field("text"),
    "name": Field("text"),
    "phone": Field("text", limit=64),
    "vat": Field("text", limit=32),
    "registration": Field("text", limit=32),
    "language": Field("text", limit=16),
    "address": Field("object", fields=ADDRESS),
}

LINE_TAX: Fields = {
    "code": Field("id", required=True, limit=64),
    "amount": Field("amount", required=True),
}

OPTION: Fields = {
    "label": Field("text", required=True, limit=128),
    "value": Field("text", required=True),
}

LINE: Fields = {
    "id": Field("id", required=True, limit=64),
    "kind": Field("choice", choices=("product", "shipping", "fee")),
    "name": Field("text", required=True, limit=512),
    "quantity": Field("quantity"),
    "net": Field("amount", required=True),
    "taxes": Field("list", limit=MAX_ROWS, fields=LINE_TAX),
    "list_net": Field("amount"),
    "list_tax": Field("amount"),
    "sku": Field("id", limit=128),
    "barcode": Field("id", limit=64),
    "product_ref": Field("id", limit=64),
    "variant_ref": Field("id", limit=64),
    "options": Field("list", limit=MAX_ROWS, fields=OPTION),
    "method": Field("id", limit=64),
}

TAX: Fields = {
    "code": Field("id", required=True, limit=64),
    "rate": Field("rate", required=True),
    "label": Field("text", limit=128),
    "amount": Field("amount"),
    "country": Field("country"),
    "compound": Field("flag"),
    "collected": Field("flag"),
}

PAYMENT: Fields = {
    "method": Field("id", required=True, limit=64),
    "amount": Field("amount", required=True),
    "title": Field("text", limit=128),
    "paid_at": Field("moment"),
    "transaction": Field("text", limit=128),
    "kind": Field("choice", choices=("money", "gift_card")),
}

REGISTERED_PAYMENT: Fields = {
    "external_ref": Field("id", required=True, limit=64),
    "order": Field("id", required=True, limit=64),
    "method": Field("id", required=True, limit=64),
    "amount": Field("quantity", required=True),
    "currency": Field("currency", required=True),
    "paid_at": Field("moment", required=True),
    "title": Field("text", limit=128),
}

COUPON: Fields = {
    "code": Field("text", required=True, limit=128),
    "discount": Field("amount", required=True),
    "discount_tax": Field("amount"),
}

REFUND_LINE: Fields = {
    "line_id": Field("id", required=True, limit=64),
    "quantity": Field("quantity", required=True),
    "net": Field("quantity", required=True),
    "tax": Field("quantity", required=True),
}

REFUND: Fields = {
    "id": Field("id", required=True, limit=64),
    "amount": Field("quantity", required=True),
    "created_at": Field("moment", required=True),
    "reason": Field("text", limit=512),
    "lines": Field("list", limit=MAX_LINES, fields=REFUND_LINE),
}

PICKUP_POINT: Fields = {
    "id": Field("id", required=True, limit=64),
    "name": Field("text"),
    "carrier": Field("text", limit=128),
}

ORDER: Fields = {
    "external_ref": Field("id", required=True, limit=64),
    "number": Field("id", limit=64),
    "state": Field("choice", required=True, choices=("pending", "confirmed", "completed", "cancelled", "refunded")),
    "currency": Field("currency", required=True),
    "created_at": Field("moment", required=True),
    "updated_at": Field("moment", required=True),
    "prices_include_tax": Field("flag", required=True),
    "total": Field("amount", required=True),
    "total_tax": Field("amount", required=True),
    "customer": Field("object", fields=CUSTOMER_OF_ORDER),
    "billing": Field("object", required=True, fields=ADDRESS),
    "shipping": Field("object", fields=ADDRESS),
    "lines": Field("list", required=True, limit=MAX_LINES, least=1, fields=LINE),
    "taxes": Field("list", limit=MAX_ROWS, fields=TAX),
    "payments": Field("list", limit=MAX_ROWS, fields=PAYMENT),
    "coupons": Field("list", limit=MAX_ROWS, fields=COUPON),
    "refunds": Field("list", limit=MAX_ROWS, fields=REFUND),
    "note": Field("text", limit=4000),
    "gift_message": Field("text", limit=4000),
    "pickup_point": Field("object", fields=PICKUP_POINT),
    "url": Field("text", limit=1024),
}
