from odoo import fields, models


class StockWarehouse(models.Model):
    """Where goods lie that came back and are not sold again yet: beside the stock, so nothing is taken from there."""

    _inherit = "stock.warehouse"

    ecom_quarantine_id = fields.Many2one(
        "stock.location",
        string="Returns to Inspect",
        check_company=True,
        copy=False,
        help="Where returned goods lie until somebody looked at them. Nothing of it is offered on any channel.",
    )
    ecom_second_grade_id = fields.Many2one(
        "stock.location",
        string="Second Grade",
        check_company=True,
        copy=False,
        help="Where goods go that are sold at another price, or elsewhere. A channel that is to sell them names it.",
    )
    ecom_workshop_id = fields.Many2one(
        "stock.location",
        string="Workshop",
        check_company=True,
        copy=False,
        help="Where goods wait for their repair. Nothing of it is offered on any channel.",
    )

    def _ecom_place(self, name):
        """The location of that field, made when it is needed first."""
        self.ensure_one()
        if not self[name]:
            labels = {
                "ecom_quarantine_id": self.env._("Returns to Inspect"),
                "ecom_second_grade_id": self.env._("Second Grade"),
                "ecom_workshop_id": self.env._("Workshop"),
            }
            self[name] = self.env["stock.location"].create(
                {
                    "name": labels[name],
                    "location_id": self.view_location_id.id,
                    "usage": "internal",
                    "company_id": self.company_id.id,
                    "ecom_not_sold": name != "ecom_second_grade_id",
                }
            )
        return self[name]
