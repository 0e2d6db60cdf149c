"""The shop's pages as HTML; every text that comes from data is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from ...storefront.pictures import picture
from ...storefront.style import CSS, SCRIPT
from .. import dates
from ..money import dec, money
from ..shop import Shop
from ..text import symbol
from ..twisted import Case
from .words import word

Doc = dict[str, Any]


class Html:
    """Builds pages of a shop in one language.

    :param root: the path that the shop is below, without a slash at the end.
    """

    def __init__(self, shop: Shop, language: str, root: str = "") -> None:
        self.shop = shop
        self.language = language
        self.root = root

    def word(self, key: str) -> str:
        """A word in the page's language."""
        return word(key, self.language)

    def link(self, path: str) -> str:
        """A link that keeps the language."""
        path = f"{self.root}{path}"
        if self.language == "fr":
            return path
        return f"{path}{'&' if '?' in path else '?'}lang={self.language}"

    def numbered(self, key: Any) -> str:
        """The number of an order as people write it."""
        return f"n° {key}" if self.language == "fr" else f"no. {key}"

    def amount(self, value: Any, currency: str | None = None) -> str:
        """An amount as people write it."""
        code = currency or str(self.shop.settings["currency"])
        text = money(value, self.shop.decimals)
        if self.language == "fr":
            return f"{text.replace('.', ',')} {symbol(code)}"
        return f"{symbol(code)}{text}" if not text.startswith("-") else f"-{symbol(code)}{text[1:]}"

    def moment(self, stamp: str) -> str:
        """A date and time in the shop's zone."""
        local = dates.to_local(stamp, self.shop.zone)
        day, clock = local.split("T")
        year, month, number = day.split("-")
        return f"{number}/{month}/{year} {clock}" if self.language == "fr" else f"{day} {clock}"

    def page(self, title: str, body: Markup, here: str, cart_count: int, live: str = "") -> str:
        """A whole page.

        :param here: the path, for the language switch.
        :param live: where the live parts are fetched.
        """
        other = "en" if self.language == "fr" else "fr"
        switch = f"{self.root}{here}{'&' if '?' in here else '?'}lang={other}"
        name = self.shop.settings["title"]
        count = f" ({cart_count})" if cart_count else ""
        return str(
            Markup(
                '<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
                '<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">'
                '<title>{title} — {name}</title><style>{css}</style></head><body data-live="{live}">'
                '<header><div class="in"><a class="brand" href="{home}">{name}<small>{tagline}</small></a><nav>'
                '<a href="{home}">{catalogue}</a><a href="{orders}#recent">{orders_word}</a>'
                '<a href="{cart}">{cart_word}{count}</a><a href="{switch}" class="muted">{language}</a>'
                '</nav></div></header><main class="in">{body}</main><script>{script}</script></body></html>'
            ).format(
                lang=self.language,
                title=title,
                name=name,
                css=Markup(CSS),
                live=live,
                home=self.link("/shop"),
                tagline=self.word("copy_tagline" if self.root else "tagline"),
                catalogue=self.word("catalogue"),
                orders=self.link("/shop"),
                orders_word=self.word("orders"),
                cart=self.link("/shop/checkout"),
                cart_word=self.word("cart"),
                count=count,
                switch=switch,
                language=self.word("language"),
                body=body,
                script=Markup(SCRIPT),
            )
        )

    def status(self, status: str) -> Markup:
        """A state as a badge."""
        return Markup('<span class="status s-{0}">{1}</span>').format(status, self.word(status))

    def stock(self, quantity: int | None) -> Markup:
        """A quantity in words."""
        if quantity is None:
            return Markup("<span>{0}</span>").format(self.word("in_stock"))
        if quantity <= 0:
            return Markup('<span class="stock out">{0} ({1})</span>').format(self.word("out_of_stock"), quantity)
        return Markup("<span>{0} {1}</span>").format(quantity, self.word("in_stock"))

    def card(self, product: Doc, choices: list[tuple[int, str, str, int | None]]) -> Markup:
        """A product of the catalogue.

        :param choices: of what can be bought: id, name, price, quantity in stock.
        """
        key, _, price, quantity = choices[0]
        options = Markup("").join(
            Markup('<option value="{0}" data-price="{1}">{2}</option>').format(choice[0], choice[2], choice[1])
            for choice in choices
        )
        select = Markup('<select name="product" data-stock>{0}</select>').format(options)
        hidden = Markup('<input type="hidden" name="product" value="{0}">').format(key)
        return Markup(
            '<article class="card">{picture}<h3>{name}</h3>'
            '<div class="sku">{sku}</div><div class="row"><span class="price">{price}</span>'
            '<span class="stock" id="stock-{key}">{stock}</span></div>'
            '<form method="post" action="{action}">{choice}'
            '<button class="light" name="then" value="stay">{add}</button>'
            '<button name="then" value="checkout">{buy}</button></form></article>'
        ).format(
            picture=picture(_category(self.shop, product), product["id"]),
            name=product["name"],
            sku=product["sku"],
            price=price,
            key=key,
            stock=self.stock(quantity),
            action=self.link("/shop/cart"),
            choice=select if len(choices) > 1 else hidden,
            add=self.word("add"),
            buy=self.word("buy"),
        )

    def recent(self, orders: Iterable[Doc]) -> Markup:
        """The table of recent orders."""
        rows = Markup("").join(
            Markup(
                '<tr><td><a href="{link}">{id}</a></td><td class="hide">{date}</td><td>{customer}</td>'
                '<td>{status}</td><td class="n">{total}</td></tr>'
            ).format(
                link=self.link(f"/shop/order/{order['id']}"),
                id=self.numbered(order["id"]),
                date=self.moment(order["created"]),
                customer=f"{order['billing']['first_name']} {order['billing']['last_name']}".strip()
                or order["billing"]["email"]
                or self.word("guest"),
                status=self.status(order["status"]),
                total=self.amount(order["total"], order["currency"]),
            )
            for order in orders
        )
        if not rows:
            return Markup('<p class="muted">{0}</p>').format(self.word("no_orders"))
        heads = [self.word(key) for key in ("order", "date", "customer", "status", "total")]
        return Markup(
            '<table><thead><tr><th>{0}</th><th class="hide">{1}</th><th>{2}</th><th>{3}</th><th class="n">{4}</th></tr>'
            "</thead><tbody>{5}</tbody></table>"
        ).format(*heads, rows)

    def twisted(self, cases: Mapping[str, Case]) -> Markup:
        """The panel of twisted orders: a button for each, with what is twisted about it."""
        rows = Markup("").join(
            Markup(
                '<form method="post" action="{0}"><button class="light">{1}</button>'
                '<span class="muted">{2}</span></form>'
            ).format(self.link(f"/shop/twisted/{key}"), case.name.get(self.language), case.what.get(self.language))
            for key, case in cases.items()
        )
        return Markup(
            '<section id="twisted"><div class="box"><h2>{0}</h2><p class="muted">{1}</p><div class="twisted">{2}</div>'
            "</div></section>"
        ).format(self.word("twisted"), self.word("twisted_why"), rows)

    def field(self, name: str, value: str = "", wide: bool = False, kind: str = "text") -> Markup:
        """A field of a form."""
        return Markup(
            '<label{wide}><span>{label}</span><input name="{name}" type="{kind}" value="{value}"></label>'
        ).format(wide=Markup(' class="wide"') if wide else "", label=self.word(name), name=name, kind=kind, value=value)

    def radios(self, name: str, choices: Iterable[tuple[str, str]]) -> Markup:
        """Radio buttons, the first one chosen."""
        return Markup("").join(
            Markup('<label class="radio"><input type="radio" name="{0}" value="{1}"{2}> {3}</label>').format(
                name, value, Markup(" checked") if index == 0 else "", label
            )
            for index, (value, label) in enumerate(choices)
        )

    def address(self, address: Doc) -> Markup:
        """An address on several lines."""
        lines = [
            f"{address['first_name']} {address['last_name']}".strip(),
            address["company"],
            address["address_1"],
            address["address_2"],
            f"{address['postcode']} {address['city']}".strip(),
            address["country"],
            address.get("email", ""),
            address.get("phone", ""),
        ]
        return Markup("<br>").join(escape(line) for line in lines if line)

    def tracking(self, order: Doc) -> Markup:
        """The parcels of an order, from the meta that the widely used shipment-tracking plugins keep."""
        found = next((m["value"] for m in order["meta_data"] if m["key"] == "_wc_shipment_tracking_items"), None)
        items = Markup("").join(self._parcel(parcel) for parcel in found or [] if isinstance(parcel, dict))
        if not items:
            return Markup('<p class="muted">{0}</p>').format(self.word("no_tracking"))
        return Markup('<ul class="plain">{0}</ul>').format(items)

    def _parcel(self, parcel: Doc) -> Markup:
        provider = parcel.get("custom_tracking_provider") or parcel.get("tracking_provider") or ""
        number, url = str(parcel.get("tracking_number", "")), str(parcel.get("custom_tracking_link") or "")
        shown = Markup("<strong>{0}</strong>").format(number)
        if url.startswith(("http://", "https://")):
            shown = Markup('<a href="{0}" rel="noopener">{1}</a>').format(quote(url, safe=":/?&=%#+.,;@~-_"), shown)
        shipped = str(parcel.get("date_shipped", ""))
        day = self.moment(_from_unix(shipped)).split(" ")[0] if shipped.isdigit() else ""
        return Markup('<li>{0} {1} <span class="muted">{2}</span></li>').format(provider, shown, day)

    def total_rows(self, order: Doc) -> Markup:
        """The lines and totals of an order, tax included, as a customer reads them."""
        rows = []
        for line in order["line_items"]:
            name = f"{line['name']} × {line['quantity']}"
            rows.append((name, dec(line["subtotal"]) + dec(line["subtotal_tax"])))
        for line in order["coupon_lines"]:
            name = f"{self.word('coupon')} {line['code']}"
            rows.append((name, -dec(line["discount"]) - dec(line["discount_tax"])))
        rows += [
            (line["method_title"], dec(line["total"]) + dec(line["total_tax"])) for line in order["shipping_lines"]
        ]
        rows += [(line["name"], dec(line["total"]) + dec(line["total_tax"])) for line in order["fee_lines"]]
        shown = Markup("").join(
            Markup('<tr><td>{0}</td><td class="n">{1}</td></tr>').format(name, self.amount(value, order["currency"]))
            for name, value in rows
        )
        return Markup(
            '<table>{0}<tr><td><strong>{1}</strong> <span class="muted">({2} {3})</span></td>'
            '<td class="n"><strong>{4}</strong></td></tr></table>'
        ).format(
            shown,
            self.word("total"),
            self.word("of_which_tax"),
            self.amount(order["total_tax"], order["currency"]),
            self.amount(order["total"], order["currency"]),
        )


def _category(shop: Shop, product: Doc) -> str:
    """The name of a product's first category."""
    category = shop.peek("categories", product["categories"][0]) if product["categories"] else None
    return str(category["name"]) if category is not None else ""


def _from_unix(seconds: str) -> str:
    return datetime.fromtimestamp(int(seconds), timezone.utc).strftime(dates.FORMAT)
