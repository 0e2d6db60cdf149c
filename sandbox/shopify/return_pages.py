"""What a customer sees of returns on the page of their order: what they may ask for, and what became of it."""

from __future__ import annotations

from markupsafe import Markup

from ..store import Doc
from . import returns
from .shop import Shop

STATES = {
    "REQUESTED": ("pending", "demandé, en attente de réponse"),
    "OPEN": ("processing", "accepté, colis attendu"),
    "CLOSED": ("completed", "terminé"),
    "DECLINED": ("cancelled", "refusé"),
    "CANCELED": ("cancelled", "annulé"),
}
REASONS = {
    "UNWANTED": "J'ai changé d'avis",
    "SIZE_TOO_SMALL": "Trop petit",
    "SIZE_TOO_LARGE": "Trop grand",
    "NOT_AS_DESCRIBED": "Pas conforme à la description",
    "WRONG_ITEM": "Ce n'est pas le bon article",
    "DEFECTIVE": "Abîmé ou défectueux",
    "OTHER": "Autre raison",
}


def shown(shop: Shop, order: Doc, here: str) -> Markup:
    """The returns of an order, and the form that asks for another one; nothing while nothing was sent."""
    lines = [(line, left) for line in order["lines"] if line["sku"] and (left := _left(shop, order, line))]
    asked = Markup("").join(_return(shop.all("returns")[key]) for key in order["returnIds"])
    forms = Markup("").join(_form(line, left, here) for line, left in lines)
    if not asked and not forms:
        return Markup("")
    return Markup('<section class="box" id="returns"><h2>Retours</h2>{0}{1}</section>').format(asked, forms)


def _left(shop: Shop, order: Doc, line: Doc) -> int:
    """How many of a line were sent and are in no return."""
    return sum(
        row["quantity"] - returns.asked(shop, row)
        for one in order["fulfillments"]
        if one["status"] == "SUCCESS"
        for row in one["lines"]
        if row["lineItemId"] == line["id"]
    )


def _return(doc: Doc) -> Markup:
    kind, words = STATES[doc["status"]]
    why = (doc["decline"] or {}).get("note") or ""
    return Markup('<p>{name} <span class="status s-{kind}">{words}</span> {why}</p>').format(
        name=doc["name"], kind=kind, words=words, why=why
    )


def _form(line: Doc, left: int, here: str) -> Markup:
    reasons = Markup("").join(Markup('<option value="{0}">{1}</option>').format(*row) for row in REASONS.items())
    return Markup(
        '<form method="post" action="{here}/return" class="actions"><input type="hidden" name="line" value="{line}">'
        '<span>{name}</span><input type="number" name="quantity" value="1" min="1" max="{left}" style="width:5rem" '
        'aria-label="Quantité"><select name="reason" aria-label="Raison">{reasons}</select>'
        '<input name="note" aria-label="Remarque" placeholder="Votre remarque">'
        '<button class="light">Demander un retour</button></form>'
    ).format(here=here, line=line["id"], name=line["name"], left=left, reasons=reasons)
