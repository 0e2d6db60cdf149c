from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ...entitlements import owed


class EcomReturn(models.Model):
    """The money of a return: credited once, and paid back the way it came."""

    _inherit = "ecom.return"

    refund_ids = fields.One2many("ecom.refund", "return_id", string="Refunds")
    settled_at = fields.Datetime(string="Settled on", readonly=True, copy=False)

    # === BUTTONS === #

    def action_settle(self):
        """Credit what is owed and pay it back."""
        self.check_access("write")
        for order in self:
            order._check_may_settle()
            order.sudo()._settle()
        return True

    def action_not_repaired(self):
        """What could not be repaired is paid back after all: what is owed is decided anew (L217-14)."""
        self.check_access("write")
        self._check_service()
        for order in self:
            order._expect("settled")
            if order.wish != "repair" or any(order.line_ids.mapped("quantity_home")):
                raise UserError(
                    self.env._("Return %(number)s is no repair, or is at home again already.", number=order.name)
                )
            order.sudo()._give_up_repair()
        return True

    def _give_up_repair(self):
        """Nothing of it goes home, and the money is open again."""
        self.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel") and picking.location_dest_id.usage == "customer"
        ).action_cancel()
        self.write({"wish": "refund", "settled_at": False, "state": "inspected"})

    def action_open_refunds(self):
        self.ensure_one()
        return self._open_documents(self.refund_ids, self.env._("Refunds"))

    def _check_may_settle(self):
        """:raise UserError: where it is too early, or done
        :raise AccessError: where it is more than customer service may pay back
        """
        self.ensure_one()
        user = self.env.user
        if self.settled_at:
            raise UserError(self.env._("Return %(number)s was paid back already.", number=self.name))
        early = self.state == "awaiting" and (self.posted_at or user.has_group("ecom_connector.group_accountant"))
        if not early:
            # One that is approved and awaits no parcel is about goods that the customer keeps.
            self._expect("approved", "received", "inspected")
        self._check_limit(self.amount_owed)
        if words := self._waits_for_invoice():
            raise UserError(words)

    def _waits_for_invoice(self):
        """Why nothing can be credited yet: what is not invoiced would be settled with no money, and billed later.

        :return: in words, empty where nothing is in the way
        """
        self.ensure_one()
        paid = self.order_id._received_payments() or self.order_id._paid()
        if self.wish == "repair" or not paid:
            return ""
        charged = {}
        for charge in self._invoice_lines():
            for sold in charge.sale_line_ids:
                charged[sold] = charged.get(sold, 0) + charge.quantity
        missing = self.line_ids.filtered(
            lambda line: (
                line.product_uom_id.compare(line._in_sold(line.quantity), charged.get(line.sale_line_id, 0)) > 0
            )
        )
        if not missing:
            return ""
        return self.env._(
            "Return %(number)s: %(products)s was paid for and is not invoiced yet. Post the invoice of order %(order)s "
            "first, then pay back.",
            number=self.name,
            products=", ".join(missing.product_id.mapped("display_name")),
            order=self.sale_order_id.name,
        )

    def _check_not_paid_back(self):
        result = super()._check_not_paid_back()
        if self.settled_at:
            raise UserError(
                self.env._(
                    "Return %(number)s is paid back already. Press “Customer Keeps It” where its goods do not come.",
                    number=self.name,
                )
            )
        return result

    def _check_may_approve(self):
        """What customer service may pay back it may approve; a return of Odoo's own sales has no such limit."""
        result = super()._check_may_approve()
        if self.channel_id:
            self._check_limit(self.value)
        return result

    def _check_limit(self, amount):
        """:raise AccessError: where it is more than the user may decide about"""
        user = self.env.user
        if self.env.su or user.has_group("ecom_connector.group_accountant"):
            return
        limit = self.company_id.currency_id._convert(
            self.channel_id.refund_limit, self.currency_id, self.company_id, self._today()
        )
        if not user.has_group("ecom_connector.group_service") or self.currency_id.compare_amounts(amount, limit) > 0:
            raise AccessError(
                self.env._(
                    "%(amount)s is more than customer service may approve or pay back, %(limit)s: ask an accountant.",
                    amount=self.currency_id.format(amount),
                    limit=self.currency_id.format(limit),
                )
            )

    # === STEPS === #

    def _settle(self):
        """Credit and pay back, once: whoever comes second waits for the first one, and finds it done."""
        self.ensure_one()
        self._lock_money()
        if self.settled_at:
            return
        self.settled_at = fields.Datetime.now()
        if self.wish != "repair":
            credit_notes = self._credit()
            if self.wish != "credit":
                self._pay_back(credit_notes)
            if self.wish == "refund":
                self._note_unpaid(credit_notes)
        self._note_settled()

    def _lock_money(self):
        """Let nobody else pay back for the same order in another transaction: it starts again, and sees this."""
        self.line_ids.sale_line_id._lock_for_return()
        self.sale_order_id.order_line[:1]._lock_for_return()

    def _rest_decided(self):
        result = super()._rest_decided()
        self._note_settled()
        return result

    def _note_settled(self):
        """A return is settled when its money and its goods are."""
        for order in self:
            if order.settled_at and (order.state in ("inspected", "approved")):
                order.state = "settled"

    def _after_inspection(self):
        result = super()._after_inspection()
        if not self.settled_at and (self.policy_id.pays_itself or self.wish == "repair"):
            if words := self._waits_for_invoice():
                self.activity_schedule("mail.mail_activity_data_todo", summary=words, user_id=self._who_pays().id)
            else:
                self._settle()
        self._note_settled()
        return result

    def _pay_back(self, credit_notes):
        """Make the refunds that give the customer what the credit notes say, as far as money was received."""
        self.ensure_one()
        amount = sum((Decimal(str(move.amount_total)) for move in credit_notes), Decimal(0))
        if self.wish == "exchange":
            amount = self._settle_exchange(credit_notes)
        tenders = self._tenders()
        if not tenders:
            # No shop knows what was paid: what the credit notes did not settle by themselves is open.
            amount = min(amount, sum((Decimal(str(move.amount_residual)) for move in credit_notes), Decimal(0)))
            tenders = {"": (owed.Tender("", amount), {"method": "", "title": ""})}
        refunds = self.env["ecom.refund"]
        for key, part in owed.pay_back(amount, [tender for tender, _payment in tenders.values()]):
            tender, payment = tenders[key]
            way = self._way_back(tender, payment)
            refunds |= self.env["ecom.refund"].create(
                {
                    "return_id": self.id,
                    "order_id": self.order_id.id,
                    "amount": float(part),
                    "tender_key": key or "-",
                    "method": payment["title"] or payment["method"],
                    "method_code": payment["method"],
                    "way": way,
                    "state": "todo" if way == "hand" else "pending",
                }
            )
        refunds.filtered(lambda refund: refund.state == "pending")._tell()
        for refund in refunds.filtered(lambda refund: refund.state == "todo"):
            summary = self.env._(
                "Pay back %(amount)s by hand (%(method)s)",
                amount=refund.currency_id.format(refund.amount),
                method=refund.method or "–",
            )
            refund.activity_id = self.activity_schedule(
                "mail.mail_activity_data_todo", summary=summary, user_id=self._who_pays().id
            )
        return refunds

    def _note_unpaid(self, credit_notes):
        """Have a person look where the order's means of payment do not reach: the rest is owed, and nobody pays it."""
        paid = sum(self.refund_ids.filtered(lambda refund: refund.state != "done").mapped("amount"))
        left = sum(credit_notes.mapped("amount_residual")) - paid
        if self.currency_id.compare_amounts(left, 0) > 0:
            summary = self.env._(
                "%(amount)s is owed and not paid back: the order's means of payment have no more. Pay it by hand.",
                amount=self.currency_id.format(left),
            )
            self.activity_schedule("mail.mail_activity_data_todo", summary=summary, user_id=self._who_pays().id)

    def _tenders(self):
        """``{key: (Tender, payment)}`` of the order's means of payment, with what went back by them."""
        received = self.order_id._received_payments() if self.order_id else []
        back = {}
        for refund in self.order_id.ecom_refund_ids:
            back[refund.tender_key] = back.get(refund.tender_key, Decimal(0)) + Decimal(str(refund.amount))
        # What the shop paid back without saying by which means went by money first.
        unknown = sum((amount for key, amount in back.items() if key.startswith("seen:")), Decimal(0))
        tenders = {}
        for key, payment in sorted(received, key=lambda row: row[1].get("kind") == "gift_card"):
            paid, gone = Decimal(payment["amount"]), back.get(key, Decimal(0))
            taken = min(unknown, max(paid - gone, Decimal(0)))
            unknown -= taken
            gift = payment.get("kind") == "gift_card" or payment["method"] == "gift_card"
            tenders[key] = (owed.Tender(key, paid, gone + taken, gift), payment)
        return tenders

    def _way_back(self, tender, payment):
        channel = self.channel_id
        if not channel or tender.gift_card or self.order_id.shop_state == "deleted":
            return "hand"
        if not channel._platform_class().capabilities.refunds:
            return "hand"
        mapping = channel.mapping_payment_ids.filtered(lambda row: row.code == payment["method"])[:1]
        return mapping.pays_back or "shop"

    def _who_pays(self):
        return self.user_id or self.channel_id.responsible_id or self.env.user
