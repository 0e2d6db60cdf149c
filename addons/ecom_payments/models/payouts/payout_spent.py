from odoo import api, fields, models
from odoo.tools import groupby

from ..transactions.transaction_match import KEEP_TRYING


class EcomPayout(models.Model):
    """Money that was changed into another balance and spent there, as on refunds: no payout ever takes it out."""

    _inherit = "ecom.payout"

    @api.model
    def _store_spent(self, gateway):
        """A payout of nothing for each balance that a conversion filled and that is spent to the last cent.

        So both sides of the conversion and what was paid back are settled, by the steps of any payout.
        """
        filled = self.env["ecom.gateway.transaction"].search(
            [
                ("gateway_id", "=", gateway.id),
                ("kind", "=", "conversion"),
                ("amount", ">", 0),
                ("payout_id", "=", False),
                ("settled", "=", True),
                ("occurred_at", ">=", fields.Datetime.now() - KEEP_TRYING),
            ]
        )
        if not filled:
            return
        announced = self.search([("gateway_id", "=", gateway.id), ("state", "=", "draft")])
        currencies = filled.currency_id - announced.currency_id  # theirs take what they are made of first
        rows = self._rows_in_balance(gateway, currencies).filtered(lambda row: gateway._knows_until(row.occurred_at))
        spent = [last for _currency, some in groupby(rows, lambda row: row.currency_id) if (last := self._spent(some))]
        self.create(
            [
                {
                    "gateway_id": gateway.id,
                    "external_id": f"{row.external_id}:spent",
                    "amount": 0.0,
                    "currency_id": row.currency_id.id,
                    "created_at": row.occurred_at,
                    "arrival_date": row.day,
                    "status": "paid",
                    "ready": True,
                }
                for row in spent
            ]
        )

    @api.model
    def _spent(self, rows):
        """The last of these rows of one balance, oldest first, after which it was empty; ``None`` where it never was.

        Whatever happened at the same moment belongs to it.
        """
        balance, filled, last = 0.0, False, None
        for _moment, some in groupby(rows, lambda row: row.occurred_at):
            for row in some:
                balance += row.net
                filled = filled or (row.kind == "conversion" and row.amount > 0)
            if filled and row.currency_id.is_zero(balance):
                last = row
        return last
