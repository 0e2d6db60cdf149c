"""Orders of the simulated PrestaShop, and what hangs on them: parcels, slips, messages."""

from __future__ import annotations

from decimal import Decimal

from ..store import Doc
from .errors import WsError
from .hooks import Hooks
from .order_states import mail, set_state
from .placing import Draft, place
from .shop import Shop

_TOTALS = (
    *("total_paid", "total_paid_tax_incl", "total_paid_tax_excl", "total_products", "total_products_wt"),
    *("total_shipping", "total_shipping_tax_incl", "total_shipping_tax_excl", "total_discounts"),
    *("total_discounts_tax_incl", "total_discounts_tax_excl", "total_wrapping", "total_wrapping_tax_incl"),
    "total_wrapping_tax_excl",
)


def _create(shop: Shop, given: Doc) -> Doc:
    """An order of a cart that was made before; its goods leave the stock, its totals are the caller's word."""
    cart = shop.peek("carts", given["id_cart"])
    if cart is None:
        raise WsError(400, (84, 'Validation error: "Property Order->id_cart is not valid"'))
    lines = [
        (int(row["id_product"]), int(row.get("id_product_attribute") or 0), int(row.get("quantity") or 1))
        for row in cart["associations"]["cart_rows"]
    ]
    draft = Draft(
        customer=given["id_customer"],
        invoice=given["id_address_invoice"],
        delivery=given["id_address_delivery"],
        lines=lines,
        carrier=given["id_carrier"],
        module=given["module"],
        payment=given["payment"],
        currency=given["id_currency"],
        language=given["id_lang"],
        # ``PS_OS_WS_PAYMENT``: what comes by the webservice counts as paid (observed on 8.1.2).
        state=given.get("current_state") or shop.configuration("PS_OS_WS_PAYMENT"),
    )
    said = {name: f"{Decimal(given[name]):.6f}" for name in _TOTALS if given.get(name)}
    return place(shop, draft, said)


def _shown(shop: Shop, doc: Doc) -> Doc:
    rows = shop.where("order_details", "id_order", str(doc["id"]))
    parcels = shop.where("order_carriers", "id_order", str(doc["id"]))
    names = (
        *("product_id", "product_attribute_id", "product_quantity", "product_name", "product_reference"),
        *("product_ean13", "product_isbn", "product_upc", "product_price", "id_customization"),
        *("unit_price_tax_incl", "unit_price_tax_excl"),
    )
    return {
        **doc,
        "shipping_number": next((row["tracking_number"] for row in parcels if row["tracking_number"]), ""),
        "associations": {"order_rows": [{"id": row["id"], **{name: row[name] for name in names}} for row in rows]},
    }


def _written(shop: Shop, doc: Doc, old: Doc | None) -> None:
    """A state that is written into the order itself takes effect like any other."""
    if old is not None and doc["current_state"] != old["current_state"]:
        state = doc["current_state"]
        shop.change("orders", doc["id"], current_state=old["current_state"])
        set_state(shop, doc["id"], state)


def _parcel_written(shop: Shop, doc: Doc, old: Doc | None) -> None:
    """A tracking number does not date the order anew (observed on 8.1.2)."""
    if shop.args.get("sendemail") == "1" and old is not None:
        mail(shop, doc["id_order"], "in_transit")


def _slip_check(shop: Shop, doc: Doc, old: Doc | None) -> None:
    """A slip changes neither the order, its lines nor the stock (observed on 8.1.2)."""
    for number, row in enumerate(doc["associations"]["order_slip_details"], 1):
        row.setdefault("id", str(number))
        for name in ("amount_tax_excl", "amount_tax_incl"):
            row[name] = f"{Decimal(row.get(name) or 0):.6f}"


HOOKS = {
    "orders": Hooks(create=_create, shown=_shown, written=_written),
    "order_carriers": Hooks(written=_parcel_written),
    "order_slip": Hooks(check=_slip_check),
}
