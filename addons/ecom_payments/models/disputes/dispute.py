from odoo import api, fields, models
from odoo.addons.ecom_connector.decisions.values import naive
from odoo.exceptions import UserError

STATES = [
    ("inquiry", "Question"),
    ("needs_response", "Evidence due"),
    ("under_review", "Under review"),
    ("won", "Won"),
    ("lost", "Lost"),
    ("closed", "Closed"),
]
TO_ANSWER = ("inquiry", "needs_response")


class EcomDispute(models.Model):
    """A customer who wants the money back through the bank or the gateway: where it stands, and what it costs."""

    _name = "ecom.dispute"
    _description = "Dispute"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "evidence_due, opened_at desc, id desc"
    _rec_name = "external_id"
    _check_company_auto = True

    gateway_id = fields.Many2one("ecom.gateway", required=True, ondelete="restrict", index=True, readonly=True)
    company_id = fields.Many2one(related="gateway_id.company_id", store=True, index=True)
    external_id = fields.Char(string="Gateway's Id", required=True, readonly=True)
    charge_ref = fields.Char(string="Payment Behind It", readonly=True)
    references = fields.Json(readonly=True)
    transaction_refs = fields.Json(readonly=True)
    amount = fields.Monetary(readonly=True, help="What the customer wants back.")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, tracking=True, group_expand=True)
    vendor_status = fields.Char(string="Gateway's State", readonly=True)
    opened_at = fields.Datetime(string="Opened on", required=True, readonly=True)
    reason = fields.Char(readonly=True, help="As the gateway calls it.")
    evidence_due = fields.Datetime(readonly=True, tracking=True, help="When the gateway must have the answer.")
    refundable = fields.Boolean(readonly=True, help="A refund would still settle it.")

    order_id = fields.Many2one("ecom.order", string="Shop Order", index="btree_not_null", ondelete="restrict")
    channel_id = fields.Many2one(related="order_id.channel_id", store=True, index="btree_not_null")
    customer_name = fields.Char(related="order_id.customer_name")
    transaction_ids = fields.One2many("ecom.gateway.transaction", "dispute_id", string="Transactions")

    _gateway_external_unique = models.Constraint("UNIQUE(gateway_id, external_id)", "The gateway has this dispute.")
    _open_index = models.Index("(gateway_id, id) WHERE order_id IS NULL")

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A dispute is kept for good."))

    @api.model
    def _store(self, gateway, documents):
        """Keep what a gateway told of its disputes. A replay changes nothing.

        :return: those that are new or changed
        """
        documents = {document.external_id: document for document in documents}
        known = {
            row.external_id: row
            for row in self.search([("gateway_id", "=", gateway.id), ("external_id", "in", list(documents))])
        }
        currencies = gateway._currencies({document.currency for document in documents.values()})
        changed, vals_list = self.browse(), []
        for external_id, document in documents.items():
            vals = self._prepare_vals(document, currencies)
            if row := known.get(external_id):
                news = {name: value for name, value in vals.items() if row._told(name) != (value or False)}
                if news:
                    row.write(news)
                    changed += row
            else:
                vals_list.append(vals | {"gateway_id": gateway.id, "external_id": external_id})
        return changed + self.create(vals_list)

    def _told(self, name):
        """A field's value as documents give it."""
        value = self[name]
        return (value.id if isinstance(value, models.BaseModel) else value) or False

    @api.model
    def _prepare_vals(self, document, currencies):
        return {
            "charge_ref": document.charge_id,
            "references": [ref for ref in (*document.references, document.reference) if ref],
            "transaction_refs": list(document.transaction_ids),
            "amount": float(document.amount),
            "currency_id": currencies[document.currency].id,
            "state": document.status.value,
            "vendor_status": document.vendor_status,
            "opened_at": naive(document.opened_at),
            "reason": document.reason,
            "evidence_due": naive(document.evidence_due_by) if document.evidence_due_by else False,
            "refundable": document.refundable,
        }

    # === BUTTONS === #

    def action_open_order(self):
        self.ensure_one()
        return self.order_id._open(self.order_id, self.env._("Shop Order"))

    def action_open_transactions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_payments.ecom_gateway_transaction_action")
        return action | {"domain": [("dispute_id", "=", self.id)], "context": {}}


class EcomGatewayTransaction(models.Model):
    _inherit = "ecom.gateway.transaction"

    dispute_id = fields.Many2one("ecom.dispute", index="btree_not_null", readonly=True, ondelete="restrict")
