from dataclasses import asdict
from decimal import Decimal

from odoo import api, fields, models

from ...decisions import changes
from ...platforms.documents import AddressDocument, EditKind, LineEdit, OrderEdit


class EcomCommand(models.Model):
    """Edits: what changed of an order in Odoo, as the shop is told it."""

    _inherit = "ecom.command"

    kind = fields.Selection(selection_add=[("edit", "Change")], ondelete={"edit": "cascade"})
    note = fields.Text(help="What only the shopkeeper sees, beside the order.")

    def _prepare_edit_payload(self):
        """What the shop does not know yet, as it is now: frozen here, at the first attempt."""
        order = self.order_id
        can = order.channel_id._platform_class().capabilities.edits
        parts = order._unsaid()
        payload = {
            "seen": order.digest or "",
            "order": order.external_id,
            "key": self.key,
            "lines": [],
            "shipping": None,
            "note": self.note or "",
        }
        ours, anchors = order._ours()
        payload["parts"] = {}
        payload["anchors"] = {}
        if "address" in parts and EditKind.ADDRESS in can:
            payload["shipping"] = asdict(order.sale_order_id.partner_shipping_id._ecom_address())
            payload["parts"]["address"] = ours["address"]
        lines = {changes.line_of(part) for part in parts if part != "address"}
        for line in order.line_ids.filtered(lambda line: line._part_key() in lines):
            quantity, product = (f"{name}:{line._part_key()}" for name in ("quantity", "product"))
            swaps = product in parts
            if not ((quantity in parts and EditKind.QUANTITY in can) or (swaps and EditKind.VARIANT in can)):
                continue
            payload["lines"].append(line._prepare_edit(ours[quantity], swaps and EditKind.VARIANT in can))
            payload["parts"] |= {part: ours[part] for part in (quantity, product) if part in parts}
        payload["anchors"] = {part: anchors[part] for part in payload["parts"] if part in anchors}
        return payload

    @api.model
    def _due(self, channel, kind, limit):
        """A change waits while the order's newest version is not compared with ours, or is disputed."""
        due = super()._due(channel, kind, limit)
        if kind != "edit" or not due:
            return due
        disputed = self.env["ecom.issue"].search(
            [("order_id", "in", due.order_id.ids), ("code", "=", "edit_conflict"), ("state", "=", "open")]
        )
        return due.filtered(
            lambda command: command.order_id not in disputed.order_id and command.order_id.state != "received"
        )

    def _answered(self, result):
        """Keep the order as the shop shows it after our edit; from now on that is what both sides agree on."""
        if self.kind != "edit":
            return
        order, payload = self.order_id, self.payload
        if result.code == "changed" and result.raw:
            # Nothing was written: the two versions are compared first, and what is then to be said is said at once.
            order._stage(order.channel_id, [result.raw], {})
            self.write({"payload": False, "next_try_at": fields.Datetime.now()})
            order.channel_id._wake("orders")
        if not result.ok:
            return
        shown = {}
        if result.raw:
            order._stage(order.channel_id, [result.raw], {})
            shown = order._theirs(order._document())
        known = order.agreed or {"parts": {}, "anchors": {}}
        order.agreed = {
            # The shop may write an address in its own way.
            "parts": known["parts"] | {part: shown.get(part, value) for part, value in payload["parts"].items()},
            "anchors": known["anchors"] | payload["anchors"],
        }
        if result.raw:
            order.channel_id._wake("orders")


class EcomOrderLine(models.Model):
    _inherit = "ecom.order.line"

    def _prepare_edit(self, quantity, swaps):
        """The frozen figures of a ``LineEdit``."""
        sold, current = self._sold(), self._current_line()
        net, tax = sum(sold.mapped("price_subtotal")), sum(sold.mapped("price_tax"))
        discount = current.discount
        currency = current.currency_id

        def text(amount):
            return f"{currency.round(amount):.{currency.decimal_places}f}"

        values = {
            "line_id": self.external_id,
            "quantity": quantity,
            "net": text(net),
            "tax": text(tax),
            "list_net": text(net / (1 - discount / 100) if discount < 100 else net),
        }
        return values | (self._prepare_swap(current.product_id) if swaps else {})

    def _prepare_swap(self, product):
        """What the shop calls a product: by the ids of the offer, best of the listing that it was, else by its SKU."""
        offers = (
            self.env["ecom.offer"]
            .sudo()
            .search([("channel_id", "=", self.order_id.channel_id.id), ("product_id", "=", product.id)], order="id")
        )
        parts = ((self.order_id.sudo().agreed or {}).get("parts")) or {}
        listing = parts.get(changes.product_of(self._part_key()), "").partition("/")[0]
        offer = offers.filtered(lambda offer: offer.listing_id.external_id == listing)[:1] or offers[:1]
        if offer:
            return {"product_id": offer.listing_id.external_id, "variant_id": offer.external_id or ""}
        return {"sku": self.order_id.channel_id._skus(product)[product]}


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    edit_policy = fields.Selection(
        [("ask", "Ask a person"), ("shop", "The shop wins"), ("odoo", "Odoo wins")],
        string="Changed on Both Sides",
        required=True,
        default="ask",
        help="What counts when an order was changed on the shop and in Odoo since the two last agreed. What only one "
        "side changed is taken over by the other while the order is not packed yet.",
    )

    def _command_kinds(self):
        """What was changed is said before what was shipped."""
        return ("edit", *super()._command_kinds())

    def _push_edit(self, platform, payloads):
        return platform.push_edits(
            [
                OrderEdit(
                    order_id=payload["order"],
                    key=payload["key"],
                    lines=tuple(
                        LineEdit(
                            **line | {name: Decimal(line[name]) for name in ("quantity", "net", "tax", "list_net")}
                        )
                        for line in payload["lines"]
                    ),
                    shipping=AddressDocument(**payload["shipping"]) if payload["shipping"] else None,
                    note=payload["note"],
                    seen=payload["seen"],
                )
                for payload in payloads
            ]
        )
