from odoo import api, fields, models
from odoo.addons.ecom_connector.decisions.values import naive
from odoo.exceptions import UserError

SENT = ("in_transit", "paid")
GONE = ("failed", "cancelled")  # the bank sent it back, or it never left


class EcomPayout(models.Model):
    """Money that a gateway sent to the bank: what it is made of, how it is booked, and where the bank shows it."""

    _name = "ecom.payout"
    _description = "Payout"
    _inherit = ["mail.thread"]
    _order = "arrival_date desc, id desc"
    _rec_name = "external_id"
    _check_company_auto = True

    gateway_id = fields.Many2one("ecom.gateway", required=True, ondelete="restrict", index=True, readonly=True)
    company_id = fields.Many2one(related="gateway_id.company_id", store=True, index=True)
    external_id = fields.Char(string="Gateway's Id", required=True, readonly=True)
    amount = fields.Monetary(readonly=True, help="What reaches the bank; negative where the gateway collects from it.")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    created_at = fields.Datetime(readonly=True)
    arrival_date = fields.Date(readonly=True, help="When the bank is to show it.")
    status = fields.Char(string="Gateway's State", readonly=True)
    statement_label = fields.Char(readonly=True, help="What the bank's statement is to say.")
    failure = fields.Char(readonly=True)
    ready = fields.Boolean(readonly=True, help="The gateway knows by now what it is made of.")
    composed = fields.Boolean(readonly=True, help="The gateway says which transactions it is made of.")
    cursor = fields.Char(readonly=True, help="Where reading its transactions goes on.")
    transaction_ref = fields.Char(readonly=True, help="The transaction that took it out of the gateway's balance.")
    group_ref = fields.Char(readonly=True, help="The conversion that it is, from one balance to another.")
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    changed_into = fields.Monetary(
        currency_field="company_currency_id", readonly=True, help="What a conversion brought, in our currency."
    )
    error = fields.Char(string="Why It Is Not Booked", readonly=True)
    return_move_id = fields.Many2one(
        "account.move", string="Came Back", readonly=True, help="The bank sent it back: it is the gateway's again."
    )
    state = fields.Selection(
        [
            ("draft", "Announced"),
            ("fetched", "To book"),
            ("posted", "Booked"),
            ("banked", "Arrived"),
            ("failed", "Came back"),
        ],
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
    )
    transaction_ids = fields.One2many("ecom.gateway.transaction", "payout_id", string="Transactions")
    move_ids = fields.One2many("account.move", "ecom_payout_id", string="Entries")
    transaction_count = fields.Integer(compute="_compute_figures")
    fees = fields.Monetary(compute="_compute_figures")
    gross = fields.Monetary(compute="_compute_figures", help="Before fees.")
    unknown_count = fields.Integer(compute="_compute_figures", string="To Identify")

    _gateway_external_unique = models.Constraint("UNIQUE(gateway_id, external_id)", "The gateway has this payout.")
    _to_post_index = models.Index("(gateway_id, id) WHERE state IN ('draft', 'fetched')")

    @api.depends("transaction_ids.fee", "transaction_ids.amount", "transaction_ids.state")
    def _compute_figures(self):
        groups = self.env["ecom.gateway.transaction"]._read_group(
            [("payout_id", "in", self.ids)], ["payout_id", "state"], ["__count", "amount:sum", "fee:sum"]
        )
        figures = {}
        for payout, state, count, amount, fee in groups:
            rows = figures.setdefault(payout.id, [0, 0.0, 0.0, 0])
            rows[0] += count
            rows[1] += amount
            rows[2] += fee
            rows[3] += count if state == "open" else 0
        for payout in self:
            rows = figures.get(payout.id, (0, 0.0, 0.0, 0))
            payout.transaction_count, payout.gross, payout.fees, payout.unknown_count = rows

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A payout is kept for good."))

    @api.model
    def _store(self, gateway, documents):
        """Keep what a gateway told of its payouts. A replay changes nothing."""
        documents = {document.external_id: document for document in documents}
        known = {
            row.external_id: row
            for row in self.search([("gateway_id", "=", gateway.id), ("external_id", "in", list(documents))])
        }
        currencies = gateway._currencies({document.currency for document in documents.values()})
        vals_list = []
        for external_id, document in documents.items():
            news = {
                "arrival_date": document.arrival_date,
                "status": document.status.value,
                "statement_label": document.statement_label,
                "failure": document.failure,
                "ready": document.ready,
                "transaction_ref": document.transaction_id,
            }
            if row := known.get(external_id):
                news = {name: value for name, value in news.items() if (row[name] or "") != (value or "")}
                if news:
                    row.write(news)
                continue
            vals_list.append(
                news
                | {
                    "gateway_id": gateway.id,
                    "external_id": external_id,
                    "amount": float(document.amount),
                    "currency_id": currencies[document.currency].id,
                    "created_at": naive(document.created_at),
                    "composed": document.composed and gateway._gateway_class().capabilities.composition,
                }
            )
        payouts = self.create(vals_list).union(*known.values())
        # One that never left takes nothing along, unless the gateway says that it did.
        payouts.filtered(
            lambda payout: payout.status in GONE and payout.state == "draft" and not payout.composed
        ).state = "failed"
        return payouts

    def _day(self):
        """The day of its entry: when the money reaches the bank."""
        return self.arrival_date or self.gateway_id.company_id._ecom_day(self.created_at)

    # === BUTTONS === #

    def action_open_transactions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_payments.ecom_gateway_transaction_action")
        return action | {"domain": [("payout_id", "=", self.id)], "context": {}}

    def action_open_entries(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Entries"),
            "res_model": "account.move",
            "domain": [("ecom_payout_id", "=", self.id)],
            "view_mode": "list,form",
        }


class EcomGatewayTransaction(models.Model):
    _inherit = "ecom.gateway.transaction"

    payout_id = fields.Many2one("ecom.payout", index="btree_not_null", readonly=True, ondelete="restrict")


class EcomGateway(models.Model):
    _inherit = "ecom.gateway"

    def action_open_payouts(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_payments.ecom_payout_action")
        return action | {"domain": [("gateway_id", "=", self.id)], "context": {}}
