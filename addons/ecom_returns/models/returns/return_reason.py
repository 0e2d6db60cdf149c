from odoo import fields, models


class EcomReturnReason(models.Model):
    _name = "ecom.return.reason"
    _description = "Return Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="What external shops call it.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    fault = fields.Selection(
        [("customer", "The customer's choice"), ("merchant", "Our mistake"), ("carrier", "The carrier's mistake")],
        required=True,
        default="customer",
        help="Where it is not the customer's choice, we pay the way back and take no fee.",
    )

    _code_unique = models.Constraint("UNIQUE(code)", "There is a reason with this code already.")
