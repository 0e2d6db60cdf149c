"""The shop's pages for people: what it sells, what was ordered, and what its owner does with an order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from markupsafe import Markup
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from ..store import Doc
from ..storefront.pictures import picture
from ..storefront.style import CSS, SCRIPT
from . import controls, orders, random_orders, return_pages, stock, webhooks
from .fulfilment_changes import order_of
from .money import amount, parts
from .resolving import Refused
from .routes import ROUTES
from .shop import Shop

ORDER = re.compile(r"/orders/(\d+)(?:/(\w+))?")
RECENT = 25
BADGES = {"PAID": "completed", "PENDING": "pending", "AUTHORIZED": "pending", "PARTIALLY_PAID": "pending",
          "REFUNDED": "refunded", "PARTIALLY_REFUNDED": "refunded", "VOIDED": "cancelled", "FULFILLED": "completed",
          "UNFULFILLED": "processing", "PARTIALLY_FULFILLED": "processing", "ON_HOLD": "on-hold"}  # fmt: skip
WORDS = {
    "PAID": "payée", "PENDING": "en attente de paiement", "AUTHORIZED": "paiement autorisé",
    "PARTIALLY_PAID": "payée en partie", "REFUNDED": "remboursée", "PARTIALLY_REFUNDED": "remboursée en partie",
    "VOIDED": "paiement annulé", "FULFILLED": "expédiée", "UNFULFILLED": "à expédier",
    "PARTIALLY_FULFILLED": "expédiée en partie", "ON_HOLD": "en attente", "IN_PROGRESS": "en préparation",
    "SCHEDULED": "planifiée", "FULFILLMENT_NOT_REQUIRED": "rien à expédier",
}  # fmt: skip
COMPLIANCE = {
    "customers/data_request": "Demander les données du client",
    "customers/redact": "Oublier le client",
    "shop/redact": "Oublier la boutique",
}


def handle(shop: Shop, request: Request, rest: str) -> Response:
    """Answer a request below ``/shop``."""
    try:
        if request.method == "POST":
            return redirect(f"{shop.url}/shop{_act(shop, rest, request.form.to_dict())}", 303)
    except (Refused, ValueError, KeyError) as error:
        return _page(shop, "Refusé", Markup('<p class="error">{0}</p>').format(str(error)), "", 422)
    if rest == "/live":
        return Response(json.dumps(_live(shop)), mimetype="application/json")
    found = ORDER.fullmatch(rest)
    order = shop.peek("orders", int(found[1])) if found else None
    if order is not None:
        return _page(shop, order["name"], _order(shop, order), "")
    if rest in ("", "/"):
        return _page(shop, "Boutique", _front(shop), "/shop/live")
    return _page(shop, "404", Markup("<h1>Cette page n'existe pas.</h1>"), "", 404)


def _act(shop: Shop, rest: str, form: dict[str, str]) -> str:
    """Do what a form asks for; where to go on."""
    if rest == "/buy":
        row = {"sku": shop.all("variants")[int(form["variant"])]["sku"], "quantity": int(form.get("quantity") or 1)}
        return f"/orders/{controls.place(shop, {'lines': [row], 'paid': form.get('how') != 'later'})['id']}"
    if rest == "/random":
        (order,) = random_orders.create(shop, {"kinds": [form["kind"]] if form.get("kind") else []})
        return f"/orders/{order['id']}"
    if rest == "/compliance":
        webhooks.comply(shop, form["topic"], form)
        return ""
    found = ORDER.fullmatch(rest)
    if found is None or found[2] not in controls.ON_ORDER:
        raise ValueError("there is no such form")
    order = order_of(shop, int(found[1]))
    values: Doc = {"restock": bool(form.get("restock"))} if found[2] == "refund" else {}
    if form.get("line"):
        line = orders.line_of(order, int(form["line"]))
        values["lines"] = [{"sku": line["sku"], "quantity": int(form.get("quantity") or 1)}]
    values |= {name: form[name] for name in ("reason", "note") if form.get(name)}
    controls.ON_ORDER[found[2]](shop, order, values)
    return f"/orders/{order['id']}"


def _money(bag: str) -> str:
    """An amount as people write it, with what the customer paid where that is another currency."""
    first, second = parts(bag)
    shown = [part.replace(".", ",").replace("EUR", "€") for part in dict.fromkeys((first, second))]
    return " / ".join(shown)


def _badge(state: str) -> Markup:
    kind = BADGES.get(state, "pending")
    return Markup('<span class="status s-{0}">{1}</span>').format(kind, WORDS.get(state, state.lower()))


def _page(shop: Shop, title: str, body: Markup, live: str, status: int = 200) -> Response:
    text = Markup(
        '<!doctype html><html lang="fr"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">'
        '<title>{title} — {name}</title><style>{css}</style></head><body data-live="{live}"><header><div class="in">'
        '<a class="brand" href="{home}">{name}<small>Boutique de démonstration Shopify</small></a>'
        '<nav><a href="{home}">Catalogue</a><a href="{home}#recent">Commandes</a></nav></div></header>'
        '<main class="in">{body}</main><script>{script}</script></body></html>'
    ).format(
        title=title,
        name=shop.settings["name"],
        css=Markup(CSS),
        live=f"{shop.url}{live}" if live else "",
        home=f"{shop.url}/shop",
        body=body,
        script=Markup(SCRIPT),
    )
    return Response(str(text), status, mimetype="text/html")


def _join(parts_: Iterable[Markup]) -> Markup:
    return Markup("").join(parts_)


def _live(shop: Shop) -> dict[str, str]:
    """The parts of the front page that change, by their ids."""
    found = {"recent": str(_recent(shop))}
    for product in _sold(shop):
        for key in product["variantIds"]:
            found[f"stock-{key}"] = str(_stock(shop, shop.all("variants")[key]))
    return found


def _sold(shop: Shop) -> list[Doc]:
    return [doc for doc in shop.all("products").values() if doc["status"] == "ACTIVE" and doc["variantIds"]][-60:]


def _stock(shop: Shop, variant: Doc) -> Markup:
    item = stock.item_of(shop, variant)
    if not item["tracked"]:
        return Markup("<span>en stock</span>")
    number = stock.available(item)
    kind = "" if number > 0 else ' class="stock out"'
    return Markup("<span{0}>{1} en stock</span>").format(Markup(kind), number)


def _front(shop: Shop) -> Markup:
    kinds = _join(Markup('<option value="{0}">{0}</option>').format(kind) for kind in random_orders.KINDS)
    return Markup(
        '<h1>Catalogue</h1><div class="grid">{cards}</div>'
        '<section id="orders"><h1>Commandes</h1><div id="recent">{recent}</div></section>'
        '<div class="two"><section class="box"><h2>Commande au hasard</h2><form method="post" action="{random}" '
        'class="actions"><select name="kind"><option value="">ordinaire</option>{kinds}</select>'
        "<button>Commander</button></form></section>"
        '<section class="box"><h2>Données personnelles</h2><form method="post" action="{comply}">'
        '<input type="hidden" name="topic" value="shop/redact"><button class="light">{redact}</button></form>'
        "</section></div>"
    ).format(
        cards=_join(_card(shop, product) for product in _sold(shop)),
        recent=_recent(shop),
        random=f"{shop.url}/shop/random",
        kinds=kinds,
        comply=f"{shop.url}/shop/compliance",
        redact=COMPLIANCE["shop/redact"],
    )


def _card(shop: Shop, product: Doc) -> Markup:
    variants = [shop.all("variants")[key] for key in product["variantIds"]]
    first = variants[0]
    options = _join(
        Markup('<option value="{0}" data-price="{1}">{2}</option>').format(
            one["id"], _money(f"{one['price']} {shop.currency}"), one["title"]
        )
        for one in variants
    )
    choice = Markup('<select name="variant" data-stock>{0}</select>').format(options)
    if len(variants) == 1:
        choice = Markup('<input type="hidden" name="variant" value="{0}">').format(first["id"])
    return Markup(
        '<article class="card">{picture}<h3>{title}</h3><div class="sku">{sku}</div><div class="row">'
        '<span class="price">{price}</span><span class="stock" id="stock-{key}">{stock}</span></div>'
        '<form method="post" action="{action}">{choice}'
        '<input type="number" name="quantity" value="1" min="1" aria-label="Quantité">'
        '<button name="how" value="now">Acheter</button>'
        '<button class="light" name="how" value="later">Virement</button></form></article>'
    ).format(
        picture=picture(product["productType"], product["id"]),
        title=product["title"],
        sku=first["sku"] or "",
        price=_money(f"{first['price']} {shop.currency}"),
        key=first["id"],
        stock=_stock(shop, first),
        action=f"{shop.url}/shop/buy",
        choice=choice,
    )


def _recent(shop: Shop) -> Markup:
    docs = list(shop.all("orders").values())[-RECENT:][::-1]
    if not docs:
        return Markup('<p class="muted">Aucune commande pour le moment.</p>')
    rows = _join(
        Markup(
            '<tr><td><a href="{0}">{1}</a></td><td class="hide">{2}</td><td>{3} {4}</td><td class="n">{5}</td></tr>'
        ).format(
            f"{shop.url}/shop/orders/{doc['id']}",
            doc["name"],
            doc["email"] or "",
            _badge(orders.state(doc)["displayFinancialStatus"]),
            _shipping_badge(shop, doc),
            _money(orders.totals(doc)["totalPriceSet"]),
        )
        for doc in docs
    )
    return Markup(
        '<table><tr><th>Numéro</th><th class="hide">Client</th><th>État</th><th class="n">Total</th></tr>{0}</table>'
    ).format(rows)


def _shipping_badge(shop: Shop, order: Doc) -> Markup:
    if order.get("cancelledAt"):
        return Markup('<span class="status s-cancelled">annulée</span>')
    return _badge(orders.fulfilment_status(shop, order))


def _order(shop: Shop, order: Doc) -> Markup:
    found = orders.state(order)
    here = f"{shop.url}/shop/orders/{order['id']}"
    sums = [
        ("Sous-total", found["subtotalPriceSet"]),
        ("Dont remises", found["totalDiscountsSet"]),
        ("Livraison", found["totalShippingPriceSet"]),
        ("Dont TVA" if order["taxesIncluded"] else "TVA", found["totalTaxSet"]),
        ("Total", found["totalPriceSet"]),
        ("Remboursé", found["totalRefundedSet"]),
    ]
    buttons = [("pay", "Marquer comme payée")] if found["canMarkAsPaid"] else []
    buttons += [] if order.get("cancelledAt") or order["fulfillments"] else [("cancel", "Annuler")]
    tracking = ", ".join(controls.shown(shop, order)["tracking"]) or "aucun"
    return Markup(
        '<h1>Commande {name} {paid} {sent}</h1><p>{email}</p><div class="box"><table>{lines}</table></div>'
        '<div class="box"><table>{sums}</table></div><p>Suivi : {tracking}</p>'
        '<div class="actions">{buttons}</div>{returns}{privacy}'
    ).format(
        name=order["name"],
        paid=_badge(found["displayFinancialStatus"]),
        sent=_shipping_badge(shop, order),
        email=order["email"] or "Invité",
        lines=_join(_line(order, line, here) for line in order["lines"]),
        sums=_join(
            Markup('<tr><td>{0}</td><td class="n">{1}</td></tr>').format(name, _money(bag))
            for name, bag in sums
            if amount(bag) or name == "Total"
        ),
        tracking=tracking,
        buttons=_join(
            Markup('<form method="post" action="{0}/{1}"><button>{2}</button></form>').format(here, action, words)
            for action, words in buttons
        ),
        returns=return_pages.shown(shop, order, here),
        privacy=_privacy(shop, order),
    )


def _line(order: Doc, line: Doc, here: str) -> Markup:
    left = line["quantity"] - orders.refunded_quantity(order, line["id"])
    form = Markup(
        '<form method="post" action="{0}/refund" class="actions"><input type="hidden" name="line" value="{1}">'
        '<input type="number" name="quantity" value="1" min="1" max="{2}" style="width:5rem" aria-label="Quantité">'
        '<label class="radio"><input type="checkbox" name="restock" value="1">remettre en stock</label>'
        '<button class="light">Rembourser</button></form>'
    ).format(here, line["id"], left)
    return Markup('<tr><td>{0}<div class="sku">{1}</div></td><td class="n">{2} × {3}</td><td>{4}</td></tr>').format(
        line["name"],
        line["sku"] or "",
        line["quantity"] - line["removed"],
        _money(line["originalUnitPriceSet"]),
        form if left and line["sku"] else "",
    )


def _privacy(shop: Shop, order: Doc) -> Markup:
    if not order["customerId"]:
        return Markup("")
    return Markup('<section class="box"><h2>Données personnelles</h2><div class="actions">{0}</div></section>').format(
        _join(
            Markup(
                '<form method="post" action="{0}/shop/compliance"><input type="hidden" name="topic" value="{1}">'
                '<input type="hidden" name="customer_id" value="{2}"><button class="light">{3}</button></form>'
            ).format(shop.url, topic, order["customerId"], words)
            for topic, words in COMPLIANCE.items()
            if topic != "shop/redact"
        )
    )


ROUTES["/shop"] = handle
