from odoo import Command, models


class EcomPayout(models.Model):
    """A payout that the bank sent back: it stays booked, and its sum is the gateway's again until a later one."""

    _inherit = "ecom.payout"

    def _bring_back(self):
        """Back from the transfer account to the clearing account, once. A later payout settles that line.

        Where the bank had shown it, the bank's second line settles what is then left in the transfer account.
        """
        self.ensure_one()
        if self.state not in ("posted", "banked"):
            return
        sent = self._transfer_item()
        move = self.env["account.move"].create(self._prepare_return_vals())
        move.action_post()
        self.write({"state": "failed", "return_move_id": move.id})
        if sent:
            (sent | move.line_ids.filtered(lambda item: item.account_id == sent.account_id)).reconcile()

    def _prepare_return_vals(self):
        gateway, company = self.gateway_id, self.company_id
        back = self.env["ecom.gateway.transaction"].search(
            [
                ("gateway_id", "=", gateway.id),
                ("kind", "=", "payout"),
                "|",
                ("payout_ref", "=", self.external_id),
                ("source_ref", "=", self.external_id),
                ("external_id", "!=", self.transaction_ref or ""),
            ],
            limit=1,
        )
        day = gateway._open_day(max(self._day(), back.day or self._day()))
        balance = self.currency_id._convert(self.amount, company.currency_id, company, day)
        name = self.env._("%(payout)s, came back", payout=self.external_id)
        common = {"name": name, "currency_id": self.currency_id.id, "analytic_distribution": False}
        return {
            "move_type": "entry",
            "journal_id": gateway.journal_id.id,
            "company_id": company.id,
            "date": day,
            "ref": name,
            "ecom_payout_id": self.id,
            "line_ids": [
                Command.create(
                    common
                    | {"account_id": account.id, "amount_currency": sign * self.amount, "balance": sign * balance}
                )
                for account, sign in ((gateway.clearing_account_id, 1), (gateway.transfer_account_id, -1))
            ],
        }


class EcomGatewayTransaction(models.Model):
    _inherit = "ecom.gateway.transaction"

    def _returned_payouts(self):
        """``{transaction: the payout whose money it brings back}``."""
        named = {
            row: {row.payout_ref, row.source_ref} - {row.payout_id.external_id, False, ""}
            for row in self
            if row.kind == "payout"
        }
        payouts = self.env["ecom.payout"].search(
            [
                ("gateway_id", "in", self.gateway_id.ids),
                ("external_id", "in", [ref for refs in named.values() for ref in refs]),
                ("state", "in", ("posted", "banked", "failed")),
            ]
        )
        return {
            row: payout
            for row, refs in named.items()
            for payout in payouts
            if payout.gateway_id == row.gateway_id and payout.external_id in refs
        }

    def _returned_items(self):
        """``{transaction: the open line in the clearing account of what came back}``."""
        result = {}
        for row, payout in self._returned_payouts().items():
            item = payout.return_move_id.line_ids.filtered(
                lambda item, payout=payout: (
                    item.account_id == payout.gateway_id.clearing_account_id and not item.reconciled
                )
            )
            if item:
                result[row] = item
        return result
