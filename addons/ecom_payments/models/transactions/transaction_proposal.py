from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...matching.resemblance import WINDOW, Ordered, Paid, likeness, tokens

MOST = 5
"""As many proposals as a person compares at a glance."""


class EcomGatewayTransaction(models.Model):
    """What a transaction that no id ties to an order may belong to: ranked, with reasons, for a person to accept."""

    _inherit = "ecom.gateway.transaction"

    proposal_order_id = fields.Many2one("ecom.order", string="Order Proposed", compute="_compute_proposal")
    proposal_reason = fields.Char(string="Because", compute="_compute_proposal")
    proposal_count = fields.Integer(string="Proposals", compute="_compute_proposal")

    @api.depends("state", "order_id")
    def _compute_proposal(self):
        proposals = self._proposals()
        for row in self:
            found = proposals.get(row, [])
            row.proposal_order_id = found[0][1] if found else False
            row.proposal_reason = found[0][2] if found else False
            row.proposal_count = len(found)

    def _proposals(self):
        """``{transaction: [(score, order, reason)]}``, the likeliest first; all are looked up together."""
        rows = self.filtered(
            lambda row: row.state == "open" and row.settled and row.kind in ("charge", "refund") and not row.order_id
        )
        orders = {order: order._as_ordered() for order in rows._orders_alike()}
        result = {}
        for row in rows:
            paid, found = row._as_paid(), []
            for order, facts in orders.items():
                if order.channel_id in row.gateway_id.channel_ids and (like := likeness(paid, facts)):
                    found.append((like.score, order, row._likeness_words(like)))
            if found:
                result[row] = sorted(found, key=lambda match: (-match[0], match[1].id))[:MOST]
        return result

    def _orders_alike(self):
        """Orders that these may belong to: named in a text, or of the amount and about that time; unpaid so far."""
        words, amounts = set(), set()
        for row in self:
            words |= row._spellings()
            amounts.add(abs(row._customer_figures()[0]))
        if not amounts:
            return self.env["ecom.order"]
        moments = self.mapped("occurred_at")
        about_then = [
            ("ordered_at", ">=", min(moments) - WINDOW),
            ("ordered_at", "<=", max(moments) + WINDOW),
            ("amount_total", "in", list(amounts)),
        ]
        orders = self.env["ecom.order"].search(
            Domain("channel_id", "in", self.gateway_id.channel_ids.ids)
            & (Domain("number", "in", list(words)) | Domain("external_id", "in", list(words)) | Domain(about_then))
            & Domain("ordered_at", ">=", min(moments) - timedelta(days=120)),
            limit=1000,
        )
        refunds = "refund" in self.mapped("kind")
        return orders.filtered(lambda order: refunds or "charge" not in order.transaction_ids.mapped("kind"))

    def _spellings(self):
        """The words as orders' numbers may be written."""
        text = self._words()
        words = tokens(text) | {piece.strip("#.,;:()") for piece in text.split()}
        return words | {f"#{word}" for word in words}

    def _words(self):
        return " ".join(filter(None, (self.order_reference, self.description, self.reference)))

    def _as_paid(self):
        amount, currency = self._customer_figures()
        return Paid(Decimal(str(amount)), currency.name, self.occurred_at, self._words())

    def _likeness_words(self, like):
        env = self.env
        reasons = [
            like.number and env._("it names order %(number)s", number=like.number),
            env._("the amount agrees") if like.amount else env._("the amount differs"),
            like.email and env._("the e-mail agrees"),
            like.name and env._("the name agrees"),
            env._("%(days)s days apart", days=like.days) if like.days else env._("the same day"),
        ]
        text = ", ".join(filter(None, reasons))
        return text[:1].upper() + text[1:]

    # === BUTTONS === #

    def action_accept_proposal(self):
        """Accept the likeliest of each."""
        proposals, whose = self._proposals(), {}
        for row in self:
            if row not in proposals:
                raise UserError(self.env._("Nothing is proposed for %(transaction)s.", transaction=row.external_id))
            if (other := whose.setdefault(proposals[row][0][1], row)) != row:
                raise UserError(
                    self.env._(
                        "%(one)s and %(other)s may both be order %(number)s: accept them one by one.",
                        one=other.external_id,
                        other=row.external_id,
                        number=proposals[row][0][1].number,
                    )
                )
        for row in self:
            row._accept_proposal(*proposals[row][0][1:])
        return True

    def action_choose_proposal(self):
        """All that it may be, in a dialog."""
        self.ensure_one()
        proposals = self.env["ecom.transaction.proposal"].create(
            [
                {"transaction_id": self.id, "order_id": order.id, "score": score, "reason": reason}
                for score, order, reason in self._proposals().get(self, [])
            ]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.external_id,
            "res_model": "ecom.transaction.proposal",
            "domain": [("id", "in", proposals.ids)],
            "view_mode": "list",
            "target": "new",
        }

    def _accept_proposal(self, order, reason):
        self._identify(order, self.env._("%(user)s accepted: %(reason)s", user=self.env.user.name, reason=reason))


class EcomTransactionProposal(models.TransientModel):
    """An order that a transaction may belong to."""

    _name = "ecom.transaction.proposal"
    _description = "Order Proposed for a Transaction"
    _order = "score desc, id"

    transaction_id = fields.Many2one("ecom.gateway.transaction", required=True, readonly=True, ondelete="cascade")
    order_id = fields.Many2one("ecom.order", string="Shop Order", required=True, readonly=True, ondelete="cascade")
    customer_name = fields.Char(related="order_id.customer_name")
    ordered_at = fields.Datetime(related="order_id.ordered_at")
    amount_total = fields.Float(related="order_id.amount_total")
    currency_id = fields.Many2one(related="order_id.currency_id")
    score = fields.Integer(readonly=True)
    reason = fields.Char(readonly=True)

    def action_accept(self):
        self.ensure_one()
        self.transaction_id._accept_proposal(self.order_id, self.reason)
        return {"type": "ir.actions.act_window_close"}


class EcomOrder(models.Model):
    _inherit = "ecom.order"

    def _as_ordered(self):
        """What a payment is compared with."""
        amounts = {Decimal(str(self.amount_total)), *(Decimal(row["amount"]) for row in self.payments or ())}
        return Ordered(
            tuple(filter(None, (self.number, self.external_id))),
            tuple(amounts),
            self.currency_code or "",
            self.paid_at or self.ordered_at,
            self.email or "",
            self.customer_name or "",
        )
