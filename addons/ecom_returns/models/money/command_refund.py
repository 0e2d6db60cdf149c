from decimal import Decimal

from odoo import fields, models
from odoo.addons.ecom_connector.platforms.documents import RefundCommand, RefundLineDocument
from odoo.exceptions import UserError


class EcomCommand(models.Model):
    """Refunds that the shop is to make, by the outbox: written with the credit note, told with one key for good."""

    _inherit = "ecom.command"

    kind = fields.Selection(selection_add=[("refund", "Refund")], ondelete={"refund": "cascade"})
    refund_id = fields.Many2one("ecom.refund", ondelete="cascade", index="btree_not_null")

    def _prepare_refund_payload(self):
        refund = self.refund_id
        return {
            "order": self.order_id.external_id,
            "key": self.key,
            "amount": f"{refund.amount:.{refund.currency_id.decimal_places}f}",
            "reason": refund.return_id.name,
            "lines": refund._shop_lines(),
        }

    def _answered(self, result):
        res = super()._answered(result)
        if self.refund_id:
            if result.ok:
                self.refund_id._done(result.external_id)
            elif self.state == "failed":
                self.refund_id.state = "failed"
            if self.state in ("done", "failed"):
                # A refund that was seen meanwhile waited for this answer.
                self.order_id._mirror_refunds()
        return res

    def action_retry(self):
        """
        :raise UserError: where the customer has the money: the shop would pay it a second time
        """
        refunds = self.sudo().refund_id
        for refund in refunds.filtered(lambda refund: refund.state not in ("pending", "failed")):
            raise UserError(
                self.env._(
                    "Return %(number)s: %(amount)s was paid back already, the shop is not asked for it again.",
                    number=refund.return_id.name,
                    amount=refund.currency_id.format(refund.amount),
                )
            )
        result = super().action_retry()
        refunds.filtered(lambda refund: refund.state == "failed").state = "pending"
        return result

    def action_cancel(self):
        """What the shop is not told of it does not pay: somebody tries again, or pays by hand."""
        result = super().action_cancel()
        withdrawn = self.sudo().filtered(lambda command: command.state == "cancelled").refund_id
        withdrawn.filtered(lambda refund: refund.state == "pending").state = "failed"
        return result

    def _feed_refund(self, payload):
        return {"amount": payload["amount"], "reason": payload["reason"], "lines": payload["lines"]}


class EcomRefund(models.Model):
    _inherit = "ecom.refund"

    def _command_kind(self):
        """What is written for it; a hook for other ways than the shop's."""
        return "refund"

    def _tell(self):
        for refund in self:
            self.env["ecom.command"].create(
                {
                    "channel_id": refund.channel_id.id,
                    "order_id": refund.order_id.id,
                    "refund_id": refund.id,
                    "kind": refund._command_kind(),
                    "key": refund._key(),
                }
            )
        for channel in self.channel_id:
            channel._wake("commands")

    def _key(self):
        return f"refund:{self.env.cr.dbname}:{self.id}"

    def _shop_lines(self):
        """The shop's lines that the money is for; none where only a part of it goes this way."""
        self.ensure_one()
        credit_notes = self.return_id.credit_note_ids
        if self.currency_id.compare_amounts(sum(credit_notes.mapped("amount_total")), self.amount):
            return []
        found = {}
        lines = credit_notes.invoice_line_ids
        figures = lines._ecom_figures()
        for line in lines:
            shop_line = (line.ecom_credited_line_id or line).sale_line_ids.ecom_line_id[:1]
            if shop_line:
                row = found.setdefault(shop_line, [Decimal(0), Decimal(0), Decimal(0)])
                # Shops know no parts of what they sold: of those they are told the money.
                if line.product_id <= shop_line.sale_line_ids.product_id:
                    row[0] += Decimal(str(line.ecom_credited_quantity))
                row[1] += figures[line][0].net
                row[2] += figures[line][0].tax
        return [
            {"line": line.external_id, "quantity": f"{quantity:f}", "net": f"{net:f}", "tax": f"{tax:f}"}
            for line, (quantity, net, tax) in found.items()
        ]


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    def _command_kinds(self):
        return (*super()._command_kinds(), "refund")

    def _push_refund(self, platform, payloads):
        return platform.push_refunds(
            [
                RefundCommand(
                    order_id=row["order"],
                    key=row["key"],
                    amount=Decimal(row["amount"]),
                    reason=row["reason"],
                    return_id=row.get("return", ""),
                    lines=tuple(
                        RefundLineDocument(
                            line["line"], Decimal(line["quantity"]), Decimal(line["net"]), Decimal(line["tax"])
                        )
                        for line in row["lines"]
                    ),
                )
                for row in payloads
            ]
        )
