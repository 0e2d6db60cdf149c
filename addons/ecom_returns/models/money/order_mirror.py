from decimal import Decimal

from odoo import Command, fields, models

from ...entitlements import owed
from ..returns.return_order import OPEN_STATES
from .return_owed import Row


class EcomOrder(models.Model):
    """Refunds that were made on the shop or at its gateway: booked here, once."""

    _inherit = "ecom.order"

    ecom_refund_ids = fields.One2many("ecom.refund", "order_id", string="Refunds in Odoo")

    def _follow(self, channel, document):
        result = super()._follow(channel, document)
        self._mirror_refunds()
        return result

    def _mirror_refunds(self):
        """Take note of each refund of the shop: as the answer to our own, for an open return, or as one of its own.

        While one of ours is under way nothing else is: the shop's refund may be that one, and its answer be lost.
        """
        for order in self.filtered(lambda order: order.refund_ids and order.sale_order_id):
            known = set(order.ecom_refund_ids.mapped("external_id"))
            seen = order.refund_ids.filtered(lambda refund, known=known: refund.external_id not in known)
            ours = {refund._key(): refund for refund in order.ecom_refund_ids}
            for refund in seen.filtered(lambda refund, ours=ours: refund.key in ours).sorted("id"):
                found = ours[refund.key]
                found.command_ids.filtered(lambda command: command.state in ("pending", "failed")).write(
                    {"state": "done", "sent_at": fields.Datetime.now()}
                )
                found._answered_late(refund)
                seen -= refund
            if order.ecom_refund_ids.filtered(lambda refund: refund.state == "pending"):
                continue
            for refund in seen.sorted("id"):
                refund._mirror()


class EcomOrderRefund(models.Model):
    _inherit = "ecom.order.refund"

    def _mirror(self):
        """Credit what the shop paid back, with its own amounts, and tie it to the return that it is for."""
        self.ensure_one()
        sale = self.order_id.sale_order_id
        invoices = sale.invoice_ids.filtered(lambda move: move.move_type == "out_invoice" and move.state == "posted")
        if not invoices or not self.amount or not (self.refunded_at or self.lines):
            return  # or it is known by its amount alone, until it was read in full
        if waiting := self._waiting_refunds()[:1]:
            waiting.command_ids.action_cancel()
            waiting.way = "seen"
            waiting._done(self.external_id, self.refunded_at)
            return
        Return = self.env["ecom.return"].with_company(sale.company_id)
        found = self._open_return() or Return.create(self._prepare_return())
        found._lock_money()
        if not found.settled_at:
            found.settled_at = fields.Datetime.now()
            found._credit(self._plan(found))
        refund = self.env["ecom.refund"].create(
            {
                "return_id": found.id,
                "order_id": self.order_id.id,
                "amount": self.amount,
                "tender_key": f"seen:{self.external_id}",
                "method_code": self._method(),
                "way": "seen",
                "state": "pending",
                "external_id": self.external_id,
            }
        )
        refund._done(self.external_id, self.refunded_at)
        found._note_mirrored()

    def _waiting_refunds(self):
        """What was to be paid back by hand, or what the shop had refused: somebody paid it in the shop's pages."""
        return self.order_id.ecom_refund_ids.filtered(
            lambda refund: (
                refund.state in ("todo", "failed")
                and not refund.external_id
                and not refund.currency_id.compare_amounts(refund.amount, self.amount)
            )
        ).sorted("id")

    def _method(self):
        money = [row for row in self.order_id.payments or () if row.get("kind") != "gift_card"]
        return money[0]["method"] if money else False

    def _goods(self):
        """``{sales order line: quantity}`` of what the shop says came back."""
        by_id = {
            line.external_id: line for line in self.order_id.line_ids.filtered(lambda line: line.kind == "product")
        }
        goods = {}
        for row in self.lines or ():
            sold = by_id[row["line_id"]]._current_line() if row["line_id"] in by_id and row["quantity"] else False
            if sold:
                goods[sold] = goods.get(sold, 0) + row["quantity"]
        return goods

    def _open_return(self):
        """The open return of exactly these goods, that is not paid back yet."""
        goods = self._goods()
        found = self.order_id.sale_order_id.ecom_return_ids.filtered(
            lambda order: not order.settled_at and order.state in OPEN_STATES and order._is_about(goods)
        )
        return found.sorted("id")[:1]

    def _prepare_return(self):
        """A return of the goods that the shop names and that are with the customer; else one of money alone."""
        goods = {sold: min(quantity, sold.ecom_quantity_returnable) for sold, quantity in self._goods().items()}
        return {
            "sale_order_id": self.order_id.sale_order_id.id,
            "kind": "shop",
            "note": self.reason,
            "requested_at": self.refunded_at or fields.Datetime.now(),
            "line_ids": [
                Command.create({"sale_line_id": sold.id, "quantity": quantity})
                for sold, quantity in goods.items()
                if quantity > 0
            ],
        }

    def _plan(self, order):
        """The shop's own amounts line by line; what it paid back beyond its lines is spread over what is left."""
        invoiced = order._invoice_lines()
        lines = invoiced._ecom_lines()
        rounding = Decimal(str(order.currency_id.rounding))
        amount = owed.round_to(Decimal(str(self.amount)), rounding)
        plan, given = [], Decimal(0)
        for row in self.lines or ():
            charge = invoiced.filtered(
                lambda charge, row=row: row["line_id"] in charge.sale_line_ids.ecom_line_id.mapped("external_id")
            )[:1]
            if charge:
                net, tax = (owed.round_to(Decimal(str(row[name])), rounding) for name in ("net", "tax"))
                figures = owed.of_amounts(lines[charge].charged, net, tax, rounding)
                quantity = min(Decimal(str(row["quantity"])), lines[charge].quantity_left)
                plan.append(Row(charge, quantity, figures))
                lines[charge] = lines[charge].after(figures, quantity)
                given += figures.gross
        if given > amount:
            # It kept some of what its lines say, such as a fee.
            lowered = owed.lowered([row.figures for row in plan], amount, rounding)
            return [row._replace(figures=figures) for row, figures in zip(plan, lowered, strict=True)]
        if given < amount:
            left = {charge.id: line for charge, line in lines.items()}
            spread = owed.spread(amount - given, left, rounding)
            plan += [Row(invoiced.browse(key), Decimal(0), figures, "goodwill") for key, figures in spread.items()]
        return plan


class EcomReturn(models.Model):
    _inherit = "ecom.return"

    def _apply_policy(self):
        """What the shop paid back is decided: its goods are awaited."""
        if self.kind != "shop":
            return super()._apply_policy()
        if self.line_ids:
            self._approve()
        return None

    def _note_mirrored(self):
        self.ensure_one()
        if not self.line_ids:
            self.state = "settled"
        self._note_settled()
