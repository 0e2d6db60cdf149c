from decimal import Decimal

from odoo import api, fields, models

from ...entitlements import policies


class EcomReturnPolicy(models.Model):
    """The merchant's own terms for returns, outside the right of withdrawal. The first that fits decides."""

    _name = "ecom.return.policy"
    _description = "Return Policy"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    channel_ids = fields.Many2many("ecom.channel", string="Sales Channels", check_company=True)
    category_ids = fields.Many2many("product.category", string="Product Categories")
    reason_ids = fields.Many2many("ecom.return.reason", string="Reasons")
    value_from = fields.Monetary()
    value_to = fields.Monetary(string="Value Up To", help="0: without limit.")
    days_to = fields.Integer(string="Days Since Delivery", help="At most. 0: without limit.")

    allowed = fields.Boolean(string="Accepted", default=True)
    approves = fields.Boolean(string="Approved by Itself", help="Nobody has to look at the request.")
    keeps = fields.Boolean(string="Customer Keeps the Goods", help="Nothing is sent back.")
    customer_pays = fields.Boolean(string="Customer Pays the Way Back", default=True)
    fee_percent = fields.Float(string="Fee (%)", help="Of the goods, taken off what is paid back.")

    _fee_range = models.Constraint("CHECK(fee_percent BETWEEN 0 AND 100)", "A fee is from 0 to 100 %.")

    def _as_terms(self):
        return [
            policies.Policy(
                id=policy.id,
                channels=frozenset(policy.channel_ids.ids),
                categories=frozenset(policy.category_ids.ids),
                reasons=frozenset(policy.reason_ids.ids),
                value_from=Decimal(str(policy.value_from)),
                value_to=Decimal(str(policy.value_to)),
                days_to=policy.days_to,
                allowed=policy.allowed,
                approves=policy.approves,
                keeps=policy.keeps,
                customer_pays=policy.customer_pays,
                fee_percent=Decimal(str(policy.fee_percent)),
            )
            for policy in self
        ]

    @api.model
    def _for_return(self, order):
        """The policy that decides about a return, empty where a person does."""
        terms = self.search([("company_id", "=", order.company_id.id)])._as_terms()
        found = policies.decide(terms, order._case())
        return self.browse(found.id if found else ())
