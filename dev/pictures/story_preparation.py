"""Preparation's part of the story: a batch on the packing bench, an order that lacks goods, a lot called back."""

from __future__ import annotations

from typing import Any

from dev.client import Client
from dev.pictures.orders import place, settled, wait_for
from dev.pictures.story_stock import count
from dev.sandbox import SandboxServer

PACKED = ("COS-SAVON-LAV", "MAI-BOUGIE-FIG", "LIV-MAGAZINE")
STRANGE = "VET-ECHARPE"
"""What is scanned, and belongs to no parcel of the batch."""
SCARCE = "LIV-RECETTES"
CALLED_BACK = "EPI-MIEL-ACACIA"
RECALL = {
    "en_US": ("Pieces of glass", "Please do not eat it. Send us a photo of the label, and we refund the jar."),
    "fr_FR": ("Éclats de verre", "Ne le consommez pas. Envoyez-nous une photo de l’étiquette : nous vous remboursons."),
}


def tell(people: dict[str, Client], shop: SandboxServer, places: dict[str, Any]) -> None:
    """Four orders are packed together, one finds too little, and honey is called back."""
    _lay_on_bench(people, shop, places)
    _miss_goods(people["admin"], shop, places)
    _call_back(people["manager"], places)


def _lay_on_bench(people: dict[str, Client], shop: SandboxServer, places: dict[str, Any]) -> None:
    """A batch of four orders is under way; the first lies on the bench, one article is in the parcel."""
    admin, packer = people["admin"], people["preparer"]
    wanted: dict[str, Any] = {"skus": list(PACKED), "kinds": [], "lines": 3, "payment_method": "stripe"}
    numbers = place(shop, 4, **wanted, quantity=2, seed=41)
    orders = [wait_for(lambda number=number: settled(admin, number)) for number in numbers]  # type: ignore[misc]
    domain = [("sale_id", "in", [order["sale_order_id"][0] for order in orders])]
    mine: dict[str, Any] = {"context": {"lang": places["language"]}, "order": "id"}
    deliveries = admin.search_read("stock.picking", domain, "picking_type_id", "carrier_id", **mine)
    (carrier, words) = deliveries[0]["carrier_id"]
    values = {
        "picking_type_id": deliveries[0]["picking_type_id"][0],
        "picking_ids": [(6, 0, [delivery["id"] for delivery in deliveries])],
        "ecom_channel_id": places["channel"],
        "ecom_carrier_id": carrier,
        "description": words,
    }
    (batch,) = admin.call("stock.picking.batch", "create", [values])
    packer.call("stock.picking.batch", "action_confirm", [batch])
    codes = {
        row["default_code"]: row["barcode"]
        for row in admin.search_read(
            "product.product", [("default_code", "in", [*PACKED, STRANGE])], "default_code", "barcode"
        )
    }
    places |= {"batch": batch, "known": codes[PACKED[1]], "strange": codes[STRANGE]}
    for scanned in ("", codes[PACKED[0]], codes[PACKED[0]]):
        packer.call("ecom.station", "scan", scanned)


def _miss_goods(admin: Client, shop: SandboxServer, places: dict[str, Any]) -> None:
    """All but one of a book got wet in the store, just as two are sold."""
    count(admin, SCARCE, 1)
    (number,) = place(shop, skus=[SCARCE], lines=1, quantity=2, kinds=[], payment_method="stripe", seed=42)
    order = wait_for(lambda: settled(admin, number))
    places["lacking"] = order["id"]


def _call_back(manager: Client, places: dict[str, Any]) -> None:
    """A lot of honey of which customers have some already."""
    (warranty, *_others) = manager.search_read(
        "ecom.warranty", [("product_id.default_code", "=", CALLED_BACK)], "lot_id", order="id"
    )
    lot = warranty["lot_id"][0]
    reason, instructions = RECALL[places["language"]]
    recall = manager.call("stock.lot", "action_ecom_recall", [lot], context={"lang": places["language"]})["res_id"]
    manager.call("ecom.recall", "write", [recall], {"reason": reason, "instructions": instructions})
    manager.call("ecom.recall", "action_block", [recall])
    places["recall"] = recall
    (serial, *_others) = manager.search_read(
        "ecom.warranty", [("lot_id.product_id.tracking", "=", "serial")], "lot_id", order="id desc"
    )
    places["serial"] = serial["lot_id"][1]
