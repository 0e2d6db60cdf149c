from decimal import Decimal

from odoo import api, fields, models
from odoo.addons.ecom_connector.platforms.returns import ExchangeLineDocument, NewReturn, ReturnLineDocument
from odoo.fields import Domain


class EcomCommand(models.Model):
    """Returns that the shop is to make, as they began here."""

    _inherit = "ecom.command"

    kind = fields.Selection(selection_add=[("new_return", "New return")], ondelete={"new_return": "cascade"})
    new_return_id = fields.Many2one("ecom.return", ondelete="cascade", index="btree_not_null")

    @api.model
    def _due_domain(self, channel, kind):
        """Money waits for its return: the shop shows it there, and takes back nothing that is paid back already."""
        domain = super()._due_domain(channel, kind)
        if kind == "refund":
            waits = ("pending", "sending")
            domain &= Domain("refund_id", "not any", [("return_id.shop_command_ids.state", "in", waits)])
        return domain

    def _prepare_new_return_payload(self):
        ours = self.new_return_id
        goods = ours._goods_for_shop()
        return {
            "order": self.order_id.external_id,
            "key": self.key,
            "number": ours.name,
            "lines": [
                {
                    "line": line.sale_line_id.ecom_line_id.external_id,
                    "quantity": goods[line.sale_line_id],
                    "reason": line.reason_id.code or "",
                    "note": line.note or "",
                }
                for line in ours.line_ids
                if line.sale_line_id in goods
            ],
            "exchanges": [
                {"product": offer.listing_id.external_id, "variant": offer.external_id, "quantity": quantity}
                for offer, quantity in ours._exchange_for_shop()
            ],
            "notify": self.channel_id.notify_policy == "shop",
        }

    def _answered(self, result):
        res = super()._answered(result)
        if self.kind == "new_return" and result.ok and not self.new_return_id.shop_return_id:
            self.new_return_id._tie(result.external_id)
        return res


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    def _command_kinds(self):
        """Before the refunds, which name their return."""
        kinds = list(super()._command_kinds())
        kinds.insert(kinds.index("refund"), "new_return")
        return tuple(kinds)

    def _push_new_return(self, platform, payloads):
        return platform.make_returns(
            [
                NewReturn(
                    order_id=row["order"],
                    key=row["key"],
                    number=row["number"],
                    lines=tuple(
                        ReturnLineDocument(
                            line["line"], Decimal(str(line["quantity"])), reason=line["reason"], note=line["note"]
                        )
                        for line in row["lines"]
                    ),
                    exchanges=tuple(
                        ExchangeLineDocument(
                            Decimal(str(line["quantity"])), product_id=line["product"], variant_id=line["variant"]
                        )
                        for line in row["exchanges"]
                    ),
                    notify_customer=row["notify"],
                )
                for row in payloads
            ]
        )
