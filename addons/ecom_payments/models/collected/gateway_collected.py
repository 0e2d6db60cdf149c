from odoo import fields, models
from odoo.exceptions import UserError


class EcomGateway(models.Model):
    """Money that somebody hands over in sums: a bank for a slip of cheques, a carrier for the parcels it delivered."""

    _inherit = "ecom.gateway"

    def _awaiting_collection(self):
        """The payments whose money nobody handed over yet."""
        lines = self.env["account.move.line"].search(
            [
                ("account_id", "=", self.clearing_account_id.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("move_id.origin_payment_id.journal_id", "=", self.journal_id.id),
            ]
        )
        payments = lines.move_id.origin_payment_id
        return payments.filtered(lambda payment: not payment.ecom_transaction_ids.payout_id)

    def _hand_over(self, payments, reference, day, fee=0.0):
        """Book one sum for many payments, as a payout made of them: its bank line, undoing and reports are a payout's.

        :param fee: what the carrier or bank kept of it
        """
        self.ensure_one()
        currency = payments.currency_id
        if len(currency) != 1:
            raise UserError(self.env._("Choose payments of one currency."))
        rows = payments.ecom_transaction_ids | self.env["ecom.gateway.transaction"].create(
            [
                self._prepare_collected_vals(payment)
                for payment in payments.filtered(lambda payment: not payment.ecom_transaction_ids)
            ]
        )
        if not currency.is_zero(fee):
            rows |= rows.create(self._prepare_collecting_fee_vals(reference, day, fee, currency))
        payout = self.env["ecom.payout"].create(
            {
                "gateway_id": self.id,
                "external_id": reference,
                "amount": currency.round(sum(rows.mapped("net"))),
                "currency_id": currency.id,
                "created_at": fields.Datetime.now(),
                "arrival_date": day,
                "status": "paid",
                "statement_label": reference,
                "ready": True,
                "composed": True,
                "state": "fetched",
            }
        )
        rows.payout_id = payout
        payout._match_and_post()
        return payout

    def _prepare_collected_vals(self, payment):
        amount = payment.amount if payment.payment_type == "inbound" else -payment.amount
        return {
            "gateway_id": self.id,
            "external_id": f"payment:{payment.id}",
            "kind": "charge" if amount >= 0 else "refund",
            "amount": amount,
            "net": amount,
            "currency_id": payment.currency_id.id,
            "occurred_at": fields.Datetime.to_datetime(payment.date),
            "day": payment.date,
            "source_ref": payment.payment_reference or payment.name,
            "order_id": payment.ecom_order_id.id,
            "payment_key": payment.ecom_payment_key,
            "account_payment_id": payment.id,
            "state": "matched",
            "reason": self.env._("Handed over with others"),
        }

    def _prepare_collecting_fee_vals(self, reference, day, fee, currency):
        return {
            "gateway_id": self.id,
            "external_id": f"{reference}:fee",
            "kind": "fee",
            "amount": -fee,
            "net": -fee,
            "currency_id": currency.id,
            "occurred_at": fields.Datetime.to_datetime(day),
            "day": day,
            "source_ref": reference,
            "state": "plain",
        }

    def action_hand_over(self):
        self.ensure_one()
        self._check_seen_whole()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Money Handed Over"),
            "res_model": "ecom.gateway.handover",
            "view_mode": "form",
            "target": "new",
            "context": {"default_gateway_id": self.id},
        }


class EcomPayout(models.Model):
    _inherit = "ecom.payout"

    collected = fields.Boolean(related="gateway_id.collected")

    def action_dissolve(self):
        """Let go of the payments of a sum that was put together wrongly: they can be handed over anew."""
        self.check_access("write")
        for payout in self.sudo():
            if payout.state != "fetched" or not payout.collected:
                raise UserError(self.env._("Take it back first."))
            # Its fee ends with it: whoever hands the payments over anew says what was kept then.
            payout.transaction_ids.filtered(lambda row: row.kind != "fee").payout_id = False
            payout.write({"state": "failed", "status": "cancelled"})
        return True
