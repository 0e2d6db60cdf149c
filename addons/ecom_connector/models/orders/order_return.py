from odoo import api, fields, models

from ...decisions.values import naive

STATES = [
    ("requested", "Requested"),
    ("open", "Open"),
    ("closed", "Closed"),
    ("declined", "Declined"),
    ("cancelled", "Cancelled"),
]


class EcomOrderReturn(models.Model):
    """A return of the shop, as the shop says, whether it began in its own pages or here."""

    _name = "ecom.order.return"
    _description = "Return on the Shop"
    _order = "requested_at desc, id desc"
    _rec_name = "number"

    order_id = fields.Many2one("ecom.order", required=True, ondelete="cascade", index=True)
    channel_id = fields.Many2one(related="order_id.channel_id", store=True, index=True)
    external_id = fields.Char(string="Shop's Id", required=True)
    number = fields.Char(help="What the shop calls it.")
    state = fields.Selection(STATES, string="State on the Shop", required=True)
    requested_at = fields.Datetime(string="Asked for on")
    keeps = fields.Boolean(help="Nothing is sent back.")
    answer = fields.Char(help="Why the shop declined it.")
    tracking = fields.Char(string="Tracking Number", help="Of the parcel that comes back.")
    lines = fields.Json(help="What comes back of which line: line_id, quantity, reason, label, note.")
    our_key = fields.Char(help="What we asked for it under, where it began here.")
    exchanges = fields.Json(help="What the customer gets instead: sku, product_id, variant_id, name, quantity.")

    _order_external_unique = models.Constraint("UNIQUE(order_id, external_id)", "The order has this return already.")

    def _forget_notes(self):
        """Empty what the customer wrote."""
        for found in self.filtered("lines"):
            found.lines = [line | {"note": ""} for line in found.lines]


class EcomOrder(models.Model):
    _inherit = "ecom.order"

    shop_return_ids = fields.One2many("ecom.order.return", "order_id", string="Returns on the Shop")

    @api.model
    def _stage_returns(self, orders, documents):
        """Keep the returns that these orders tell, each once; one that tells nothing new is not written."""
        Return = self.env["ecom.order.return"]
        seen = {
            (orders[external_id], found.external_id): found
            for external_id, document in documents.items()
            for found in document.returns
        }
        if not seen:
            return
        known = {
            (found.order_id, found.external_id): found
            for found in Return.search([("order_id", "in", list({order.id for order, _id in seen}))])
        }
        new = []
        for (order, return_id), document in seen.items():
            values = self._prepare_return_vals(document)
            if found := known.get((order, return_id)):
                changed = {name: value for name, value in values.items() if found[name] != value}
                if changed:
                    found.write(changed)
            else:
                new.append(values | {"order_id": order.id, "external_id": return_id})
        Return.create(new)

    @api.model
    def _prepare_return_vals(self, document):
        return {
            "number": document.number,
            "state": document.state.value,
            "requested_at": naive(document.created_at),
            "keeps": document.keeps,
            "answer": document.answer or False,
            "tracking": document.tracking or False,
            "our_key": document.key or False,
            "lines": [
                {
                    "line_id": line.line_id,
                    "quantity": float(line.quantity),
                    "reason": line.reason,
                    "label": line.label,
                    "note": line.note,
                }
                for line in document.lines
            ]
            or False,
            "exchanges": [
                {
                    "quantity": float(line.quantity),
                    "sku": line.sku,
                    "product_id": line.product_id,
                    "variant_id": line.variant_id,
                    "name": line.name,
                }
                for line in document.exchanges
            ]
            or False,
        }
