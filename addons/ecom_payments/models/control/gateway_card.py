from odoo import api, fields, models

from ..disputes.dispute import TO_ANSWER

TO_MATCH = [("state", "=", "open")]
UNDERWAY = [("state", "in", ("draft", "fetched", "posted"))]
ANSWER_DUE = [("state", "in", TO_ANSWER)]


class EcomGateway(models.Model):
    """What a gateway's card shows: the money it holds, and what waits for a person."""

    _inherit = "ecom.gateway"

    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    balance = fields.Monetary(
        compute="_compute_balance",
        compute_sudo=True,
        currency_field="company_currency_id",
        groups="ecom_connector.group_accountant",
        help="What customers paid and the gateway has not handed over yet, or what they have not used yet.",
    )
    to_match_count = fields.Integer(compute="_compute_waiting", string="To Match")
    underway_count = fields.Integer(compute="_compute_waiting", string="Payouts on Their Way")
    to_answer_count = fields.Integer(compute="_compute_waiting", string="Disputes to Answer")

    @api.depends("clearing_account_id", "seen_whole")
    @api.depends_context("uid")
    def _compute_balance(self):
        groups = self.env["account.move.line"]._read_group(
            [
                ("account_id", "in", self.clearing_account_id.ids),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),  # what is matched adds up to nothing, and becomes more each day
                ("company_id", "in", self.company_id.ids),
            ],
            ["account_id"],
            ["amount_residual:sum"],
        )
        balances = {account.id: balance for account, balance in groups}
        for gateway in self:
            balance = balances.get(gateway.clearing_account_id.id, 0.0)
            gateway.balance = (-balance if gateway.prepaid else balance) if gateway.seen_whole else 0.0

    def _compute_waiting(self):
        def count(model, domain):
            groups = self.env[model]._read_group([("gateway_id", "in", self.ids), *domain], ["gateway_id"], ["__count"])
            return {gateway.id: found for gateway, found in groups}

        to_match = count("ecom.gateway.transaction", TO_MATCH)
        underway = count("ecom.payout", UNDERWAY)
        to_answer = count("ecom.dispute", ANSWER_DUE)
        for gateway in self:
            gateway.to_match_count = to_match.get(gateway.id, 0)
            gateway.underway_count = underway.get(gateway.id, 0)
            gateway.to_answer_count = to_answer.get(gateway.id, 0)

    # === BUTTONS === #

    def action_open_balance(self):
        return self._open_its("ecom_clearing_line_action", [])

    def action_open_to_match(self):
        return self._open_its("ecom_gateway_transaction_action", TO_MATCH)

    def action_open_underway(self):
        return self._open_its("ecom_payout_action", UNDERWAY)

    def action_open_to_answer(self):
        return self._open_its("ecom_dispute_action", ANSWER_DUE)

    def _open_its(self, action, domain):
        self.ensure_one()
        found = self.env["ir.actions.act_window"]._for_xml_id(f"ecom_payments.{action}")
        return found | {"domain": [("gateway_id", "=", self.id), *domain], "context": {}}
