from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    ecom_no_withdrawal = fields.Boolean(
        string="No Right of Withdrawal",
        help="Consumers may not withdraw from its purchase, as the law says of goods that are made to measure, perish "
        "quickly, or were unsealed and are not to be returned for hygiene (Code de la consommation, L221-28).",
    )
