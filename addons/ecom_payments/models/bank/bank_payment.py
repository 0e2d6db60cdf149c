from odoo import fields, models
from odoo.addons.ecom_connector.platforms.documents import OrderState
from odoo.exceptions import UserError

from ...matching.evidence import Standing


class AccountBankStatementLine(models.Model):
    """Payments of orders that a bank line brings: registered, matched with invoices, and their orders released."""

    _inherit = "account.bank.statement.line"

    def _register_order_payments(self, missing):
        """Register a payment for each ``(line, order, part)``, all together."""
        if not missing:
            return
        taken = {
            (payment.ecom_order_id, payment.ecom_payment_key)
            for payment in self.env["ecom.order"].union(*(order for _line, order, _part in missing)).account_payment_ids
            if payment.state not in ("canceled", "rejected")
        }
        vals_list = []
        for line, order, part in missing:
            own = (f"bank:{line.id}", f"bank:{line.id}:{len(vals_list)}")
            keys = [*(key for key, _amount in order._bank_means() if not part.excess), *own]
            key = next(key for key in keys if (order, key) not in taken)
            taken.add((order, key))
            vals_list.append(line._prepare_order_payment_vals(order, part, key))
        payments = self.env["account.payment"].create(vals_list)
        payments.action_post()
        items = payments._waiting_items()
        for (_line, _order, part), payment in zip(missing, payments, strict=True):
            if payment not in items:
                raise UserError(
                    self.env._(
                        "Payments of journal %(journal)s wait for the bank in an account that cannot be reconciled. "
                        "Choose another outstanding account for its payment methods.",
                        journal=payment.journal_id.display_name,
                    )
                )
            item = items[payment]
            part.payment, part.item, part.account, part.partner = payment, item, item.account_id, payment.partner_id

    def _prepare_order_payment_vals(self, order, part, key):
        self.ensure_one()
        mapping = order._bank_mapping()
        journal = mapping.journal_id if mapping.journal_id.type == "bank" else self.journal_id
        direction = "inbound" if part.amount > 0 else "outbound"
        method = journal._get_available_payment_method_lines(direction)[:1]
        if direction == "inbound" and mapping.payment_method_line_id.journal_id == journal:
            method = mapping.payment_method_line_id
        return {
            "payment_type": direction,
            "partner_type": "customer",
            "partner_id": order.sale_order_id.partner_invoice_id.commercial_partner_id.id,
            "amount": float(abs(part.amount)),
            "currency_id": self._bank_figures()[0].id,
            "date": self.date,
            "journal_id": journal.id,
            "payment_method_line_id": method.id,
            "memo": f"{order.number} {self.payment_ref or ''}".strip(),
            "payment_reference": self.payment_ref or order.number,
            "ecom_order_id": order.id,
            "ecom_payment_key": key,
            "ecom_from_line_id": self.id,
        }

    def _after_explaining(self, explanations):
        result = super()._after_explaining(explanations)
        parts = [
            (one.line, part, part.payment.ecom_order_id) for one in explanations for part in one.parts if part.payment
        ]
        orders = self.env["ecom.order"].union(*(order for _line, _part, order in parts))
        if invoices := self.env["ecom.bank.claim"]._invoices(orders):
            orders._reconcile_payments(invoices)
        settled = orders.browse(
            [order.id for _line, part, order in parts if part.settled and part.standing is Standing.OPEN]
        )
        waiting = settled.sale_order_ids.filtered("ecom_awaits_money")
        if waiting:
            waiting.action_ecom_money_arrived()
        orders._note_money_here()
        for line, part, order in parts:
            if part.standing is Standing.CANCELLED:
                line._say_that_it_was_cancelled(order, part)
            elif part.excess:
                line._say_that_it_is_too_much(order, part)
        return result

    def _say_that_it_was_cancelled(self, order, part):
        self._raise_about(
            order,
            "late_money",
            self.env._(
                "%(amount)s arrived on %(date)s for order %(number)s, which was cancelled. Reopen it, or pay the money "
                "back; until then it stands on the customer's account.",
                amount=part.payment.currency_id.format(part.payment.amount),
                date=fields.Date.to_string(self.date),
                number=order.number,
            ),
        )

    def _say_that_it_is_too_much(self, order, part):
        self._raise_about(
            order,
            "overpaid",
            self.env._(
                "Order %(number)s: %(amount)s too much arrived on %(date)s. It stands on the customer's account: pay "
                "it back, or keep it for the next order.",
                amount=part.payment.currency_id.format(float(part.excess)),
                date=fields.Date.to_string(self.date),
                number=order.number,
            ),
        )

    def _raise_about(self, order, code, message):
        self.env["ecom.issue"].sudo()._raise(
            order.channel_id,
            code,
            order=order,
            key=f"bank:{self.id}",
            blocking=False,
            message=message,
            data={"bank_line": self.id},
        )

    # === UNDOING === #

    def _take_payments_back(self):
        """Cancel the payments that these lines made; their orders wait for their money again, if nothing left yet."""
        payments = self.env["account.payment"].search([("ecom_from_line_id", "in", self.ids)])
        orders = payments.ecom_order_id
        payments._take_back()
        keys = [f"bank:{line.id}" for line in self]
        domain = [("key", "in", keys), ("code", "in", ("late_money", "overpaid")), ("state", "=", "open")]
        self.env["ecom.issue"].search(domain)._solve("dismissed")
        orders._await_money_again()


class AccountPayment(models.Model):
    _inherit = "account.payment"

    ecom_from_line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Registered from Bank Line",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="set null",
        check_company=True,
    )

    def _take_back(self):
        """Undo these payments: cancelled, or reversed where their entry may not be changed any more."""
        self.move_id.line_ids.remove_move_reconcile()
        fixed = self.filtered(
            lambda payment: (
                payment.move_id.inalterable_hash
                or payment.move_id._get_violated_lock_dates(payment.move_id.date, False)
            )
        )
        self.write({"ecom_from_line_id": False})
        open_ones = self - fixed
        open_ones.action_draft()
        open_ones.action_cancel()
        reversals = []
        for payment in fixed:
            day = payment.move_id._ecom_open_day()
            reversals.append({"date": day, "ref": self.env._("Undone: %s", payment.memo)})
        fixed.move_id._reverse_moves(reversals, cancel=True)
        fixed.state = "canceled"  # the payment alone: its entry stands, and so does what reverses it


class AccountMove(models.Model):
    _inherit = "account.move"

    def _ecom_open_day(self):
        """Its own day, or the first after it that is not locked."""
        locks = self._get_violated_lock_dates(self.date, False)
        return max([self.date, *(fields.Date.add(lock, days=1) for lock, _field in locks)])


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(selection_add=[("overpaid", "Paid too much")], ondelete={"overpaid": "cascade"})

    def _compute_remedy(self):
        result = super()._compute_remedy()
        self.filtered(lambda issue: issue.code == "overpaid").remedy = self.env._("Note that it was settled by hand")
        return result

    def _fix_overpaid(self, _same):
        """A person paid it back, or keeps it for the customer: nothing is left to do."""

    def _fix_late_money(self, same):
        """The money is at the bank: the shop need not say so first."""
        if not (self.data or {}).get("bank_line"):
            return super()._fix_late_money(same)
        sales = self.order_id.sale_order_ids.filtered(lambda sale: sale.state == "cancel")
        sales.action_draft()
        sales.with_context(ecom_from_shop=True).action_confirm()
        sales._release_for_money()
        self.order_id.write({"expired": False, "cancelled_by_shop": False, "state": "settled"})
        if self.channel_id._shows_state(OrderState.CONFIRMED):
            self.env["ecom.command"].sudo()._tell_state_again(self.order_id, OrderState.CONFIRMED)
        return None
