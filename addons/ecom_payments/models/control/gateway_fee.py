from odoo import fields, models

REGIONS = [
    ("any", "Everywhere"),
    ("home", "Own country"),
    ("europe", "European Economic Area"),
    ("abroad", "Elsewhere"),
]


class EcomGatewayFee(models.Model):
    """What a gateway's contract says that a payment costs: percent and a fixed part, by region or means of payment."""

    _name = "ecom.gateway.fee"
    _description = "Gateway Fee Rate"
    _order = "gateway_id, sequence, id"

    gateway_id = fields.Many2one("ecom.gateway", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="gateway_id.company_id", store=True)
    sequence = fields.Integer(default=10, help="The first rate that fits is taken.")
    region = fields.Selection(
        REGIONS,
        required=True,
        default="any",
        help="Where the customer is invoiced: gateways do not tell the card's own country.",
    )
    method_code = fields.Char(
        string="Means of Payment", help="As the shop's payment mapping calls it. Empty: every means of payment."
    )
    percent = fields.Float(digits=(6, 3))
    fixed = fields.Monetary(string="Fixed Part")
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Payments in this currency. Give other currencies rates of their own.",
    )

    _percent_range = models.Constraint("CHECK(percent BETWEEN 0 AND 100)", "A fee is from 0 to 100 %.")


class EcomGateway(models.Model):
    _inherit = "ecom.gateway"

    fee_ids = fields.One2many("ecom.gateway.fee", "gateway_id", string="Fee Rates")
    fee_tolerance = fields.Float(
        default=0.02, digits=(16, 3), help="A fee that differs from the contract's by no more is not shown."
    )
