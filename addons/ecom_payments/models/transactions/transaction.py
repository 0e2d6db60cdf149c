from odoo import api, fields, models
from odoo.addons.ecom_connector.decisions.values import naive
from odoo.exceptions import AccessError, UserError

KINDS = [
    ("charge", "Payment"),
    ("refund", "Refund"),
    ("fee", "Fee"),
    ("dispute", "Dispute"),
    ("dispute_reversal", "Dispute Won"),
    ("adjustment", "Adjustment"),
    ("reserve", "Reserve"),
    ("payout", "Payout"),
    ("transfer", "Transfer"),
    ("conversion", "Conversion"),
    ("unknown", "Unknown"),
]
SAID_BY_PEOPLE = {"identify_order_id", "identify_account_id"}
OF_ORDERS = ("charge", "refund", "dispute", "dispute_reversal")
BOOKED = ("charge", "refund")
"""Kinds that are a payment in Odoo: the customer's account moves."""


class EcomGatewayTransaction(models.Model):
    """One movement of the balance that a gateway keeps for the merchant, as the gateway tells it."""

    _name = "ecom.gateway.transaction"
    _description = "Gateway Transaction"
    _order = "occurred_at desc, id desc"
    _rec_name = "external_id"
    _check_company_auto = True

    gateway_id = fields.Many2one("ecom.gateway", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="gateway_id.company_id", store=True, index=True)
    external_id = fields.Char(string="Gateway's Id", required=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    amount = fields.Monetary(readonly=True, help="What came in, or went out where negative, before fees.")
    fee = fields.Monetary(readonly=True, help="What the gateway kept of it.")
    net = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    customer_amount = fields.Float(
        digits=(16, 3), readonly=True, help="What the customer paid or got, where that was in another currency."
    )
    customer_currency_id = fields.Many2one("res.currency", readonly=True)
    occurred_at = fields.Datetime(string="Happened on", required=True, readonly=True)
    day = fields.Date(readonly=True, help="In the company's time zone.")
    available_on = fields.Date(readonly=True, help="When it may be paid out.")
    reference = fields.Char(readonly=True, help="The id by which the shop knows the payment.")
    references = fields.Json(readonly=True)
    source_ref = fields.Char(string="What Moved It", readonly=True)
    charge_ref = fields.Char(string="Payment Behind It", readonly=True)
    payout_ref = fields.Char(string="Gateway's Payout", readonly=True, help="The payout that the gateway names.")
    group_ref = fields.Char(readonly=True, help="What ties the two sides of a conversion together.")
    fee_parts = fields.Json(readonly=True, help="What the fee is made of, where the gateway says: [[kind, amount]].")
    order_reference = fields.Char(readonly=True)
    description = fields.Char(readonly=True)
    vendor_kind = fields.Char(string="Gateway's Word", readonly=True)
    settled = fields.Boolean(readonly=True, default=True, help="The gateway may not take it back any more.")

    order_id = fields.Many2one("ecom.order", string="Shop Order", index="btree_not_null", ondelete="restrict")
    payment_key = fields.Char(readonly=True, help="Which of the order's means of payment this is.")
    account_payment_id = fields.Many2one(
        "account.payment", string="Payment", index="btree_not_null", readonly=True, ondelete="restrict"
    )
    state = fields.Selection(
        [("open", "To match"), ("matched", "Matched"), ("plain", "Nothing to match")],
        required=True,
        readonly=True,
        default="open",
    )
    reason = fields.Char(string="Why", readonly=True, help="Why it was matched so, or was not.")

    _gateway_external_unique = models.Constraint(
        "UNIQUE(gateway_id, external_id)", "The gateway has this transaction already."
    )
    _open_index = models.Index("(gateway_id, id) WHERE state = 'open'")
    _reference_index = models.Index("(gateway_id, reference)")
    _source_index = models.Index("(gateway_id, source_ref)")

    def write(self, vals):
        """What the gateway told is not for people to change; they may say what a transaction belongs to."""
        if not self.env.su and set(vals) - SAID_BY_PEOPLE:
            raise AccessError(self.env._("What a gateway told is not changed by hand."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A gateway's transaction is kept for good."))

    # === STORING === #

    @api.model
    def _store(self, gateway, documents):
        """Keep what a gateway told. What is known is brought up to date, and a replay changes nothing.

        :return: the transactions of the documents
        """
        documents = {document.external_id: document for document in documents}
        known = {
            row.external_id: row
            for row in self.search([("gateway_id", "=", gateway.id), ("external_id", "in", list(documents))])
        }
        currencies = gateway._currencies(
            {document.currency for document in documents.values()}
            | {document.customer_currency for document in documents.values()} - {""}
        )
        vals_list = []
        for external_id, document in documents.items():
            vals = self._prepare_vals(gateway, document, currencies)
            if row := known.get(external_id):
                row._update(vals)
            else:
                vals_list.append(vals)
        created = self.create(vals_list)
        return created.union(*known.values())

    def _update(self, vals):
        """What may still change: when it is available; and all of it, while the gateway may take it back."""
        if not self.settled and not self.payout_id:
            self.write({name: value for name, value in vals.items() if name not in ("gateway_id", "external_id")})
            return
        news = {name: vals[name] for name in ("available_on", "settled") if vals[name] and self[name] != vals[name]}
        if news:
            self.write(news)

    @api.model
    def _prepare_vals(self, gateway, document, currencies):
        kind = document.kind.value
        occurred_at = naive(document.occurred_at)
        abroad = document.customer_currency and document.customer_currency != document.currency
        return {
            "gateway_id": gateway.id,
            "external_id": document.external_id,
            "kind": kind,
            "amount": float(document.amount),
            "fee": float(document.fee),
            "net": float(document.net),
            "currency_id": currencies[document.currency].id,
            "customer_amount": float(document.customer_amount or 0) if abroad else 0,
            "customer_currency_id": currencies[document.customer_currency].id if abroad else False,
            "occurred_at": occurred_at,
            "day": gateway.company_id._ecom_day(occurred_at),
            "available_on": document.available_on,
            "reference": document.reference,
            "references": list(document.references or filter(None, [document.reference])),
            "source_ref": document.source_id,
            "charge_ref": document.charge_id,
            "payout_ref": document.payout_id,
            "group_ref": document.group_id,
            "fee_parts": [[part.kind, str(part.amount)] for part in document.fees],
            "order_reference": document.order_reference,
            "description": document.description,
            "vendor_kind": document.vendor_kind,
            "settled": document.settled,
            "state": "open" if kind in OF_ORDERS else "plain",
        }

    # === FIGURES === #

    def _customer_figures(self):
        """Amount (signed) and currency as the customer saw them."""
        self.ensure_one()
        if self.customer_currency_id:
            return self.customer_amount, self.customer_currency_id
        return self.amount, self.currency_id

    # === BUTTONS === #

    def action_open_order(self):
        self.ensure_one()
        return self._open_record("ecom.order", self.order_id.id)

    def action_open_payment(self):
        self.ensure_one()
        return self._open_record("account.payment", self.account_payment_id.id)

    def _open_record(self, model, record_id):
        return {"type": "ir.actions.act_window", "res_model": model, "res_id": record_id, "view_mode": "form"}


class EcomGateway(models.Model):
    _inherit = "ecom.gateway"

    transaction_ids = fields.One2many("ecom.gateway.transaction", "gateway_id")

    def _currencies(self, codes):
        """``{code: currency}``, activated where they were not: money in it exists, whatever was switched on."""
        found = self.env["res.currency"].with_context(active_test=False).search([("name", "in", list(codes))])
        found.filtered(lambda currency: not currency.active).active = True
        return {currency.name: currency for currency in found}

    def action_open_transactions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_payments.ecom_gateway_transaction_action")
        return action | {"domain": [("gateway_id", "=", self.id)], "context": {}}


class AccountPayment(models.Model):
    _inherit = "account.payment"

    ecom_transaction_ids = fields.One2many(
        "ecom.gateway.transaction", "account_payment_id", string="Gateway Transactions"
    )
