"""Categories of the simulated PrestaShop: a tree below the home page."""

from __future__ import annotations

from ..store import Doc
from .errors import WsError
from .hooks import Hooks
from .shop import Shop

HOME = "2"


def _check(shop: Shop, doc: Doc, old: Doc | None) -> None:
    parent = shop.peek("categories", doc["id_parent"] or 0)
    if parent is None:
        raise WsError(400, (85, 'Validation error: "Property Category->id_parent is not valid"'))
    doc["level_depth"] = str(int(parent["level_depth"]) + 1)


def _shown(shop: Shop, doc: Doc) -> Doc:
    children = [{"id": str(row["id"])} for row in shop.where("categories", "id_parent", str(doc["id"]))]
    return {**doc, "associations": {"categories": children, "products": []}}


HOOKS = {"categories": Hooks(check=_check, shown=_shown)}
