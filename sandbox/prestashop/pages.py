"""The shop's pages for people: what it sells, what was ordered, and what its owner does with an order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from decimal import Decimal

from markupsafe import Markup
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from ..store import Doc
from ..storefront.pictures import picture
from ..storefront.style import CSS, SCRIPT
from . import order_controls, prices, random_orders, stock
from .placing import tax_of
from .shop import Shop

ORDER = re.compile(r"/orders/(\d+)(?:/(\w+))?")
RECENT = 25
COUPONS = {"": "sans bon", "BIENVENUE10": "BIENVENUE10 (-10 %)", "MOINS5": "MOINS5 (-5 €)", "PORTOFFERT": "port offert"}
BUTTONS = (("pay", "Paiement accepté"), ("ship", "Expédier"), ("cancel", "Annuler"))


def handle(shop: Shop, request: Request, path: str) -> Response:
    """Answer a request to a page; ``path`` is what follows the shop's address."""
    path = path.rstrip("/")
    try:
        if request.method == "POST":
            return redirect(f"{shop.url}{_act(shop, path, request.form.to_dict())}", 303)
    except (ValueError, KeyError, ArithmeticError) as error:
        return _page(shop, "Refusé", Markup('<p class="error">{0}</p>').format(str(error)), 422)
    if path == "/live":
        return Response(json.dumps(_live(shop)), mimetype="application/json")
    found = ORDER.fullmatch(path)
    order = shop.peek("orders", found[1]) if found else None
    if order is not None:
        return _page(shop, order["reference"], _order(shop, order))
    if path == "":
        return _page(shop, "Boutique", _front(shop), live="/live")
    return _page(shop, "404", Markup("<h1>Cette page n'existe pas.</h1>"), 404)


def _act(shop: Shop, path: str, form: dict[str, str]) -> str:
    """Do what a form asks for; where to go on."""
    if path == "/buy":
        body: Doc = {
            "lines": [{"sku": form["sku"], "quantity": int(form.get("quantity") or 1)}],
            "paid": form.get("how") != "later",
            "coupons": [form["coupon"]] if form.get("coupon") else [],
            "wrapped": bool(form.get("wrapped")),
        }
        return f"/orders/{order_controls.order(shop, body)['id']}"
    if path == "/random":
        kinds = [form["kind"]] if form.get("kind") else []
        return f"/orders/{random_orders.create(shop, {'kinds': kinds})[0]['id']}"
    found = ORDER.fullmatch(path)
    if found is None or found[2] not in order_controls.VERBS:
        raise ValueError("there is no such form")
    values: Doc = dict(form)
    if found[2] == "refund":
        line = {"sku": form["sku"], "quantity": int(form.get("quantity") or 1)}
        values = {"lines": [line], "restock": bool(form.get("restock"))}
    order_controls.VERBS[found[2]](shop, found[1], values)
    return f"/orders/{found[1]}"


def _page(shop: Shop, title: str, body: Markup, status: int = 200, live: str = "") -> Response:
    text = Markup(
        '<!doctype html><html lang="fr"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">'
        '<title>{title} — {name}</title><style>{css}</style></head><body data-live="{live}"><header><div class="in">'
        '<a class="brand" href="{home}">{name}<small>Boutique de démonstration PrestaShop {version}</small></a>'
        '<nav><a href="{home}">Catalogue</a><a href="{home}#recent">Commandes</a></nav></div></header>'
        '<main class="in">{body}</main><script>{script}</script></body></html>'
    ).format(
        title=title,
        name=shop.settings["title"],
        version=shop.settings["version"],
        css=Markup(CSS),
        live=f"{shop.url}{live}" if live else "",
        home=f"{shop.url}/",
        body=body,
        script=Markup(SCRIPT),
    )
    return Response(str(text), status, mimetype="text/html")


def _join(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)


def _money(value: str | Decimal, code: str = "EUR") -> str:
    """An amount as people write it."""
    return f"{Decimal(value):.2f} {'€' if code == 'EUR' else code}".replace(".", ",")


def _live(shop: Shop) -> dict[str, str]:
    """The parts of the front page that change, by their ids."""
    found = {"recent": str(_recent(shop))}
    for place in random_orders.sellable(shop).values():
        found[_stock_id(*place)] = str(_stock(shop, *place))
    return found


def _stock_id(product: int, combination: int) -> str:
    return f"stock-{product}-{combination}"


def _stock(shop: Shop, product: int, combination: int) -> Markup:
    number = stock.shown(shop, product, combination)
    kind = Markup("") if number > 0 else Markup(' class="stock out"')
    return Markup("<span{0}>{1} en stock</span>").format(kind, number)


def _front(shop: Shop) -> Markup:
    families: dict[int, list[tuple[str, int]]] = {}
    for sku, (product, combination) in random_orders.sellable(shop).items():
        families.setdefault(product, []).append((sku, combination))
    kinds = _join(Markup('<option value="{0}">{0}</option>').format(kind) for kind in random_orders.KINDS)
    return Markup(
        '<h1>Catalogue</h1><div class="grid">{cards}</div>'
        '<section id="orders"><h1>Commandes</h1><div id="recent">{recent}</div></section>'
        '<section class="box"><h2>Commande au hasard</h2><form method="post" action="{random}" class="actions">'
        '<select name="kind"><option value="">ordinaire</option>{kinds}</select><button>Commander</button></form>'
        "</section>"
    ).format(
        cards=_join(_card(shop, key, family) for key, family in list(families.items())[-60:]),
        recent=_recent(shop),
        random=f"{shop.url}/random",
        kinds=kinds,
    )


def _card(shop: Shop, key: int, family: list[tuple[str, int]]) -> Markup:
    product = shop.all("products")[key]
    rate = Decimal((tax_of(shop, product["id_tax_rules_group"]) or {"rate": "0"})["rate"])

    def price(combination: int) -> str:
        own = shop.peek("combinations", combination) if combination else None
        return _money(prices.price(shop, product, own, rate=rate) * (1 + rate / 100))

    options = _join(
        Markup('<option value="{0}" data-price="{1}">{2}</option>').format(sku, price(combination), sku)
        for sku, combination in family
    )
    first_sku, first = family[0]
    choice = Markup('<select name="sku" data-stock>{0}</select>').format(options)
    if len(family) == 1:
        choice = Markup('<input type="hidden" name="sku" value="{0}">').format(first_sku)
    coupons = _join(Markup('<option value="{0}">{1}</option>').format(code, said) for code, said in COUPONS.items())
    return Markup(
        '<article class="card">{picture}<h3>{title}</h3><div class="sku">{sku}</div><div class="row">'
        '<span class="price">{price}</span><span class="stock" id="{id}">{stock}</span></div>'
        '<form method="post" action="{action}">{choice}<select name="coupon">{coupons}</select>'
        '<label class="radio"><input type="checkbox" name="wrapped" value="1"> Emballage cadeau (2 €)</label>'
        '<input type="number" name="quantity" value="1" min="1" aria-label="Quantité">'
        '<button name="how" value="now">Acheter</button>'
        '<button class="light" name="how" value="later">Virement</button></form></article>'
    ).format(
        picture=picture(_category(shop, product), key),
        title=next(iter(product["name"].values()), ""),
        sku=first_sku,
        price=price(first),
        id=_stock_id(key, first),
        stock=_stock(shop, key, first),
        action=f"{shop.url}/buy",
        choice=choice,
        coupons=coupons,
    )


def _category(shop: Shop, product: Doc) -> str:
    category = shop.peek("categories", product["id_category_default"] or 0) or {"name": {}}
    return str(next(iter(category["name"].values()), ""))


def _badge(shop: Shop, order: Doc) -> Markup:
    state = shop.peek("order_states", order["current_state"])
    if state is None:
        return Markup("<span>—</span>")
    cancelled = order["current_state"] in (shop.configuration("PS_OS_CANCELED"), shop.configuration("PS_OS_ERROR"))
    kind = "cancelled" if cancelled else "completed" if state["shipped"] == "1" else "processing"
    if state["paid"] != "1" and not cancelled:
        kind = "refunded" if order["current_state"] == shop.configuration("PS_OS_REFUND") else "pending"
    return Markup('<span class="status s-{0}">{1}</span>').format(kind, next(iter(state["name"].values())))


def _recent(shop: Shop) -> Markup:
    docs = list(shop.all("orders").values())[-RECENT:][::-1]
    if not docs:
        return Markup('<p class="muted">Aucune commande pour le moment.</p>')
    rows = _join(
        Markup(
            '<tr><td><a href="{0}">{1}</a></td><td class="hide">{2}</td><td>{3}</td><td class="n">{4}</td></tr>'
        ).format(
            f"{shop.url}/orders/{doc['id']}",
            f"{doc['id']} {doc['reference']}",
            doc["date_add"],
            _badge(shop, doc),
            _total(shop, doc, doc["total_paid_tax_incl"]),
        )
        for doc in docs
    )
    return Markup("<table>{0}</table>").format(rows)


def _total(shop: Shop, order: Doc, value: str) -> str:
    currency = shop.peek("currencies", order["id_currency"]) or {"iso_code": "EUR"}
    return _money(value, currency["iso_code"])


def _order(shop: Shop, order: Doc) -> Markup:
    key = str(order["id"])
    base = f"{shop.url}/orders/{key}"
    lines = [
        (row["product_name"], row["product_quantity"], row["total_price_tax_incl"])
        for row in shop.where("order_details", "id_order", key)
    ]
    for name, field in (("Livraison", "shipping"), ("Emballage cadeau", "wrapping"), ("Remises", "discounts")):
        value = Decimal(order[f"total_{field}_tax_incl"])
        if value:
            lines.append((name, "", str(-value if field == "discounts" else value)))
    buttons = _join(
        Markup('<form method="post" action="{0}"><button>{1}</button></form>').format(f"{base}/{verb}", said)
        for verb, said in BUTTONS
    )
    states = _join(
        Markup('<option value="{0}">{1}</option>').format(one, next(iter(doc["name"].values())))
        for one, doc in shop.all("order_states").items()
    )
    skus = _join(
        Markup('<option value="{0}">{0}</option>').format(row["product_reference"])
        for row in shop.where("order_details", "id_order", key)
    )
    return Markup(
        '<p><a href="{home}">← Catalogue</a></p><h1>Commande {id} — {reference} {badge}</h1><div class="two">'
        '<section class="box"><h2>{who}</h2><p class="muted">{where}<br>{when}</p><table>{lines}'
        '<tr><th>Total</th><th></th><th class="n">{total}</th></tr></table><p class="muted">{more}</p></section>'
        '<section class="box"><h2>Le commerçant</h2><div class="actions">{buttons}</div>'
        '<form method="post" action="{base}/state" class="actions"><select name="state">{states}</select>'
        '<button class="light">Changer l’état</button></form>'
        '<form method="post" action="{base}/track" class="actions"><input name="number" placeholder="Numéro de suivi">'
        '<button class="light">Suivi</button></form><form method="post" action="{base}/refund" class="actions">'
        '<select name="sku">{skus}</select><input type="number" name="quantity" value="1" min="1">'
        '<label class="radio"><input type="checkbox" name="restock" value="1"> remettre en stock</label>'
        '<button class="light">Rembourser (avoir)</button></form></section></div>'
    ).format(
        home=f"{shop.url}/",
        id=key,
        reference=order["reference"],
        badge=_badge(shop, order),
        lines=_join(
            Markup('<tr><td>{0}</td><td>{1}</td><td class="n">{2}</td></tr>').format(
                name, quantity, _total(shop, order, value)
            )
            for name, quantity, value in lines
        ),
        total=_total(shop, order, order["total_paid_tax_incl"]),
        more=_more(shop, order),
        buttons=buttons,
        base=base,
        states=states,
        skus=skus,
        when=f"{order['date_add']} · {order['payment']}",
        **_people(shop, order),
    )


def _people(shop: Shop, order: Doc) -> dict[str, str]:
    place = shop.peek("addresses", order["id_address_delivery"]) or {}
    names = [place.get("firstname", ""), place.get("lastname", ""), place.get("company", "")]
    where = [place.get("address1", ""), place.get("address2", ""), place.get("postcode", ""), place.get("city", "")]
    return {"who": " ".join(filter(None, names)) or "—", "where": " ".join(filter(None, where))}


def _more(shop: Shop, order: Doc) -> str:
    """Parcels, slips and messages, in a line."""
    key = str(order["id"])
    parcels = [row["tracking_number"] for row in shop.where("order_carriers", "id_order", key)]
    slips = [row["amount"] for row in shop.where("order_slip", "id_order", key)]
    said = [row["message"] for row in shop.where("messages", "id_order", key)]
    for thread in shop.where("customer_threads", "id_order", key):
        said += [row["message"] for row in shop.where("customer_messages", "id_customer_thread", str(thread["id"]))]
    parts = [f"Suivi : {number}" for number in parcels if number]
    parts += [f"Avoir : {_total(shop, order, amount)}" for amount in slips]
    parts += [order["gift_message"]] if order["gift_message"] else []
    return " · ".join([*parts, *said])
