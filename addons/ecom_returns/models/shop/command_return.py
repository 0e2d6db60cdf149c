from decimal import Decimal

from odoo import api, fields, models
from odoo.addons.ecom_connector.platforms.returns import ReturnCommand, ReturnState


class EcomCommand(models.Model):
    """What became of returns that began on the shop, told by the outbox."""

    _inherit = "ecom.command"

    kind = fields.Selection(selection_add=[("return", "Return")], ondelete={"return": "cascade"})
    shop_return_id = fields.Many2one("ecom.order.return", ondelete="cascade", index="btree_not_null")

    @api.model
    def _told_of_returns(self, shop_returns):
        """``{return of the shop: the last message about it}``; withdrawn ones tell nothing."""
        found = self.search(
            [("shop_return_id", "in", shop_returns.ids), ("kind", "=", "return"), ("state", "!=", "cancelled")],
            order="id",
        )
        return {command.shop_return_id: command for command in found}

    def _prepare_return_payload(self):
        ours = self.shop_return_id.return_ids[:1]
        return {
            "order": self.order_id.external_id,
            "return": self.shop_return_id.external_id,
            "key": self.key,
            "state": self.value,
            "note": ours.decline_reason or "",
            "lines": [
                [line.sale_line_id.ecom_line_id.external_id, line.quantity_back]
                for line in ours.line_ids
                if line.quantity_back and line.sale_line_id.ecom_line_id and line._for_shop() is not None
            ],
            "notify": self.channel_id.notify_policy == "shop",
        }

    def _answered(self, result):
        res = super()._answered(result)
        if self.kind == "return" and result.ok:
            if self.shop_return_id.state in ("requested", "open"):
                self.shop_return_id.state = self.value
            if self.value == ReturnState.CLOSED.value:
                self._doubt_stock()
        return res

    def _doubt_stock(self):
        """Some shops put back on their shelf what a return brought: what they show is told again."""
        products = self.shop_return_id.return_ids.line_ids.product_id
        channels = self.env["ecom.stock.level"]._note_sold({(self.channel_id.id, product.id) for product in products})
        channels._wake("stock")


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    def _command_kinds(self):
        """After the refunds, so that what is closed is paid."""
        return (*super()._command_kinds(), "return")

    def _push_return(self, platform, payloads):
        return platform.push_returns(
            [
                ReturnCommand(
                    order_id=row["order"],
                    return_id=row["return"],
                    key=row["key"],
                    state=ReturnState(row["state"]),
                    note=row["note"],
                    lines=tuple((line, Decimal(str(quantity))) for line, quantity in row["lines"]),
                    notify_customer=row["notify"],
                )
                for row in payloads
            ]
        )
