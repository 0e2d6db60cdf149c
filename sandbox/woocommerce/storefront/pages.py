"""The routes of the shop's pages: catalogue, cart, checkout, order, and the shopkeeper's buttons."""

from __future__ import annotations

import random
import re
from decimal import Decimal
from typing import Any

from markupsafe import Markup
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from ... import people
from ...catalogue import COUPONS, PRODUCTS
from ...control import answer
from .. import product_view, twisted
from ..errors import RestError
from ..money import dec, plain
from ..notes import notes_of
from ..order_status import refunded_total
from ..order_view import refunds_of
from ..orders import change_order, place_order
from ..random_orders import DELIVERIES
from ..refunds import refund_order
from ..shop import Shop
from ..taxes import calc_tax
from .html import Html

Doc = dict[str, Any]
RECENT = 15
PAYMENTS = {
    "card": ("stripe", "Carte bancaire"),
    "transfer": ("bacs", "Virement bancaire"),
    "cod": ("cod", "Paiement à la livraison"),
}
ENGLISH = {product.sku: product.name.en for product in PRODUCTS}
FORM_FIELDS = ("first_name", "last_name", "company", "vat", "email", "phone", "address", "postcode", "city")


class Storefront:
    """Answers requests to the shop's pages."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def handle(self, request: Request) -> Response:
        """Answer a request."""
        language = "en" if request.args.get("lang") == "en" else "fr"
        html = Html(self.shop, language, request.root_path)
        path = request.path.rstrip("/") or "/shop"
        order = re.fullmatch(r"/shop/order/(\d+)(?:/(\w+))?", path)
        if request.method == "POST":
            if path == "/shop/cart":
                return self._add(request, html)
            if path == "/shop/checkout":
                return self._place(request, html)
            if order is not None and order.group(2):
                return self._act(html, int(order.group(1)), order.group(2))
            if path.startswith("/shop/twisted/"):
                return self._place_twisted(html, path.rsplit("/", 1)[1])
        elif path == "/shop":
            return self._catalogue(request, html)
        elif path == "/shop/checkout":
            return self._checkout(request, html)
        elif path == "/shop/live.json":
            return self._live(request, html)
        elif order is not None and order.group(2) is None:
            return self._order(request, html, int(order.group(1)))
        elif path.startswith("/product/"):
            return redirect(html.link("/shop"))
        body = Markup("<h1>{0}</h1>").format(html.word("not_found"))
        return _html(html.page("404", body, "/shop", 0), 404)

    def _sellable(self, doc: Doc) -> list[Doc]:
        if doc["type"] == "variable":
            return [kid for kid in self.shop.variations(doc["id"]) if self.shop.price(kid)]
        return [doc] if self.shop.price(doc) else []

    def _quantity(self, doc: Doc) -> int | None:
        keeper = product_view.stock_keeper(self.shop, doc)
        return None if keeper is None else int(keeper["stock_quantity"] or 0)

    def _catalogue(self, request: Request, html: Html) -> Response:
        cards = []
        for doc in self.shop.all("products").values():
            if doc["type"] == "variation" or doc["status"] != "publish":
                continue
            choices = [
                (item["id"], self._choice(item), self._price(html, item), self._quantity(item))
                for item in self._sellable(doc)
            ]
            if not choices:
                continue
            name = ENGLISH.get(doc["sku"], doc["name"]) if html.language == "en" else doc["name"]
            cards.append(html.card({**doc, "name": name}, choices))
        body = Markup(
            '<section><h1>{0}</h1><div class="grid">{1}</div></section>{2}'
            '<section id="orders"><div class="box"><h2>{3}</h2><div id="recent">{4}</div></div></section>'
        ).format(
            html.word("catalogue"),
            Markup("").join(cards),
            html.twisted(twisted.CASES) if cards else "",
            html.word("recent"),
            html.recent(self._recent()),
        )
        live = html.link("/shop/live.json")
        return _html(html.page(html.word("catalogue"), body, "/shop", _count(request), live))

    def _choice(self, doc: Doc) -> str:
        return ", ".join(option["option"] for option in product_view.options(self.shop, doc)) or str(doc["name"])

    def _price(self, html: Html, doc: Doc) -> str:
        suffix = html.word("price_in" if self.shop.settings["prices_include_tax"] else "price_out")
        return f"{html.amount(self.shop.price(doc))} {suffix}"

    def _recent(self) -> list[Doc]:
        orders = self.shop.all("orders").values()
        return sorted(orders, key=lambda doc: (doc["created"], doc["id"]), reverse=True)[:RECENT]

    def _live(self, request: Request, html: Html) -> Response:
        """The parts of a page that change: stock and recent orders, or one order's."""
        key = request.args.get("order", type=int)
        if key is not None:
            order = self.shop.peek("orders", key)
            return answer({"order-live": str(self._order_live(html, order))} if order else {})
        parts = {"recent": str(html.recent(self._recent()))}
        for doc in self.shop.all("products").values():
            if doc["type"] in ("simple", "variation"):
                parts[f"stock-{doc['id']}"] = str(html.stock(self._quantity(doc)))
        return answer(parts)

    def _add(self, request: Request, html: Html) -> Response:
        cart = _cart(request)
        key = request.form.get("product", type=int) or 0
        if request.form.get("then") == "remove":
            cart.pop(key, None)
        elif self.shop.peek("products", key) is not None:
            cart[key] = cart.get(key, 0) + max(1, request.form.get("quantity", 1, type=int))
        target = "/shop" if request.form.get("then") == "stay" else "/shop/checkout"
        response = redirect(html.link(target), 303)
        text = "_".join(f"{item}.{count}" for item, count in cart.items())
        response.set_cookie("cart", text, path=html.root or "/", samesite="Lax")
        return response

    def _checkout(self, request: Request, html: Html, error: str = "") -> Response:
        cart = {key: count for key, count in _cart(request).items() if self.shop.peek("products", key)}
        if not cart:
            body = Markup("<h1>{0}</h1><p>{1}</p>").format(html.word("cart"), html.word("empty_cart"))
            return _html(html.page(html.word("cart"), body, "/shop/checkout", 0))
        rows = Markup("").join(self._cart_row(html, key, count) for key, count in cart.items())
        values = {**_prefilled(), **request.form.to_dict()}
        kinds = {"email": "email", "phone": "tel"}
        fields = Markup("").join(
            html.field(name, values.get(name, ""), wide=name == "address", kind=kinds.get(name, "text"))
            for name in FORM_FIELDS
        )
        deliveries = [(key, f"{html.word(key)} ({html.amount(self._delivery_price(key))})") for key in DELIVERIES]
        payments = [(key, html.word(key)) for key in PAYMENTS]
        body = Markup(
            '<h1>{title}</h1>{error}<div class="two"><form method="post" action="{action}">'
            '<div class="box"><h2>{details}</h2><div class="fields">{fields}</div></div>'
            '<div class="box"><h2>{delivery}</h2>{deliveries}</div>'
            '<div class="box"><h2>{payment}</h2>{payments}</div><div class="box fields">{extra}</div>'
            '<p><button>{place}</button></p></form><div class="box"><h2>{cart}</h2><table>{rows}</table>'
            '<p class="muted">{coupons}</p></div></div>'
        ).format(
            title=html.word("checkout"),
            error=Markup('<p class="error">{0}</p>').format(error) if error else "",
            action=html.link("/shop/checkout"),
            details=html.word("your_details"),
            fields=fields,
            delivery=html.word("delivery"),
            deliveries=html.radios("delivery", deliveries),
            payment=html.word("payment"),
            payments=html.radios("payment", payments),
            extra=Markup("").join(
                html.field(name, values.get(name, ""), wide=name != "coupon") for name in ("coupon", "gift", "note")
            ),
            place=html.word("place"),
            cart=html.word("cart"),
            rows=rows,
            coupons=" · ".join(f"{code} : {coupon[2].get(html.language)}" for code, coupon in COUPONS.items()),
        )
        return _html(
            html.page(html.word("checkout"), body, "/shop/checkout", sum(cart.values())), 400 if error else 200
        )

    def _delivery_price(self, key: str) -> Decimal:
        """What a delivery costs with the standard tax of the shop's country."""
        rules, cost = self.shop.rules, dec(DELIVERIES[key][2])
        return cost + sum(calc_tax(cost, rules.find(rules.base, "")).values())

    def _cart_row(self, html: Html, key: int, count: int) -> Markup:
        doc = self.shop.all("products")[key]
        return Markup(
            '<tr><td>{0} × {1}</td><td class="n">{2}</td><td class="n"><form method="post" action="{3}">'
            '<input type="hidden" name="product" value="{4}"><button class="light" name="then" value="remove" '
            'title="{5}">✕</button></form></td></tr>'
        ).format(
            product_view.full_name(self.shop, doc),
            count,
            html.amount(dec(self.shop.price(doc)) * count),
            html.link("/shop/cart"),
            key,
            html.word("remove"),
        )

    def _place(self, request: Request, html: Html) -> Response:
        form, cart = request.form, _cart(request)
        try:
            order = place_order(self.shop, self._order_values(form.to_dict(), cart))
        except RestError as error:
            return self._checkout(request, html, error.message)
        response = redirect(html.link(f"/shop/order/{order['id']}"), 303)
        response.delete_cookie("cart", path=html.root or "/")
        return response

    def _place_twisted(self, html: Html, case: str) -> Response:
        try:
            order = twisted.place(self.shop, case)
        except (ValueError, RestError):
            return redirect(html.link("/shop"), 303)
        return redirect(html.link(f"/shop/order/{order['id']}"), 303)

    def _order_values(self, form: dict[str, str], cart: dict[int, int]) -> Doc:
        lines = [
            {"product_id": key, "quantity": count} for key, count in cart.items() if self.shop.peek("products", key)
        ]
        if not lines:
            raise RestError("cart_empty", "Empty cart", 400)
        address = {name: form.get(name, "") for name in ("first_name", "last_name", "company", "postcode", "city")}
        address.update(address_1=form.get("address", ""), country=form.get("country") or "FR")
        delivery = form.get("delivery") if form.get("delivery") in DELIVERIES else "home"
        method, title, cost = DELIVERIES[str(delivery)]
        payment = form.get("payment") if form.get("payment") in PAYMENTS else "card"
        meta = []
        if delivery == "pickup":
            key, name = people.PICKUP_POINTS[0]
            meta += [{"key": "_pickup_point_id", "value": key}, {"key": "_pickup_point_name", "value": name}]
        if form.get("gift"):
            meta.append({"key": "_gift_message", "value": form["gift"]})
        if form.get("vat"):
            meta += [{"key": name, "value": form["vat"]} for name in ("_billing_vat_number", "vat_number")]
        values: Doc = {
            "billing": {**address, "email": form.get("email", ""), "phone": form.get("phone", "")},
            "shipping": address,
            "line_items": lines,
            "shipping_lines": [{"method_id": method, "method_title": title, "total": cost}],
            "meta_data": meta,
            "customer_note": form.get("note", ""),
            "created_via": "checkout",
            "payment_method": PAYMENTS[str(payment)][0],
            "payment_method_title": PAYMENTS[str(payment)][1],
            "status": {"card": "processing", "transfer": "on-hold", "cod": "processing"}[str(payment)],
        }
        if form.get("coupon"):
            values["coupon_lines"] = [{"code": form["coupon"]}]
        return values

    def _order(self, request: Request, html: Html, key: int) -> Response:
        order = self.shop.peek("orders", key)
        if order is None:
            body = Markup("<h1>{0}</h1>").format(html.word("not_found"))
            return _html(html.page("404", body, "/shop", 0), 404)
        buttons = Markup("").join(
            Markup('<form method="post" action="{0}"><button class="light">{1}</button></form>').format(
                html.link(f"/shop/order/{key}/{action}"), html.word(action)
            )
            for action in ("pay", "complete", "cancel", "refund")
        )
        body = Markup(
            '<h1>{0} {1}</h1><div id="order-live">{2}</div><div class="box"><h2>{3}</h2>'
            '<div class="actions">{4}</div></div>'
        ).format(
            html.word("order"), html.numbered(key), self._order_live(html, order), html.word("shopkeeper"), buttons
        )
        title = f"{html.word('order')} {key}"
        live = html.link(f"/shop/live.json?order={key}")
        return _html(html.page(title, body, f"/shop/order/{key}", _count(request), live))

    def _order_live(self, html: Html, order: Doc) -> Markup:
        refunds = Markup("").join(
            Markup("<li>{0} <strong>{1}</strong> {2}</li>").format(
                html.moment(refund["created"]), html.amount(refund["amount"], order["currency"]), refund["reason"]
            )
            for refund in refunds_of(self.shop, order)
        )
        notes = Markup("").join(
            Markup('<li><span class="muted">{0}{1}</span><br>{2}</li>').format(
                html.moment(note["created"]),
                f" · {html.word('to_customer')}" if note["customer_note"] else "",
                note["note"],
            )
            for note in notes_of(self.shop, order["id"])
        )
        extra = [m["value"] for m in order["meta_data"] if m["key"] in ("_gift_message", "_pickup_point_name")]
        return Markup(
            '<div class="two"><div><div class="box"><h2>{status} {badge}</h2>{totals}</div>'
            '<div class="box"><h2>{tracking}</h2>{parcels}</div>'
            '<div class="box"><h2>{refunds_word}</h2>{refunds}</div></div><div><div class="box">'
            '<h2>{to}</h2>{address}<p class="muted">{extra}</p></div><div class="box"><h2>{history}</h2>'
            '<ul class="plain">{notes}</ul></div></div></div>'
        ).format(
            status=html.word("status"),
            badge=html.status(order["status"]),
            totals=html.total_rows(order),
            tracking=html.word("tracking"),
            parcels=html.tracking(order),
            refunds_word=html.word("refunds"),
            refunds=Markup('<ul class="plain">{0}</ul>').format(refunds)
            if refunds
            else Markup('<p class="muted">{0}</p>').format(html.word("no_refunds")),
            to=html.word("shipping_to"),
            address=html.address(order["shipping"] if order["shipping"]["country"] else order["billing"]),
            extra=" · ".join(str(value) for value in (*extra, order["customer_note"]) if value),
            history=html.word("history"),
            notes=notes,
        )

    def _act(self, html: Html, key: int, action: str) -> Response:
        """The shopkeeper pays, completes, cancels or refunds an order."""
        order = self.shop.load("orders", key)
        if order is not None and action == "refund":
            rest = dec(order["total"]) - refunded_total(self.shop, order)
            if rest > 0:
                lines = [{"id": line["id"], "quantity": line["quantity"]} for line in order["line_items"]]
                values = {"amount": plain(rest), "line_items": lines, "api_refund": False, "api_restock": True}
                refund_order(self.shop, order, values)
        elif order is not None and action in ("pay", "complete", "cancel"):
            changes: dict[str, Doc] = {
                "pay": {"set_paid": True},
                "complete": {"status": "completed"},
                "cancel": {"status": "cancelled"},
            }
            if action == "pay" and order["status"] == "on-hold":
                changes["pay"] = {"status": "processing"}
            change_order(self.shop, order, changes[action])
        return redirect(html.link(f"/shop/order/{key}"), 303)


def _html(text: str, status: int = 200) -> Response:
    return Response(text, status, content_type="text/html; charset=utf-8")


def _cart(request: Request) -> dict[int, int]:
    pairs = re.findall(r"(\d+)\.(\d+)", request.cookies.get("cart", ""))
    return {int(key): min(int(count), 999) for key, count in pairs}


def _count(request: Request) -> int:
    return sum(_cart(request).values())


def _prefilled() -> dict[str, str]:
    """The details of somebody invented."""
    person = people.address(random.Random())
    return {**{name: str(person.get(name, "")) for name in FORM_FIELDS}, "address": str(person["address_1"]), "vat": ""}
