from odoo import fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    ecom_offer_count = fields.Integer(compute="_compute_ecom_offer_count", compute_sudo=True)

    def _compute_ecom_offer_count(self):
        counts = dict(self.env["ecom.offer"]._read_group([("product_id", "in", self.ids)], ["product_id"], ["__count"]))
        for product in self:
            product.ecom_offer_count = counts.get(product, 0)

    def action_open_ecom_offers(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_connector.ecom_offer_action")
        return action | {"domain": [("product_id", "in", self.ids)], "context": {}}


class ProductTemplate(models.Model):
    _inherit = "product.template"

    ecom_offer_count = fields.Integer(compute="_compute_ecom_offer_count", compute_sudo=True)

    def _compute_ecom_offer_count(self):
        for template in self:
            variants = template.with_context(active_test=False).product_variant_ids
            template.ecom_offer_count = sum(variants.mapped("ecom_offer_count"))

    def action_open_ecom_offers(self):
        return self.with_context(active_test=False).product_variant_ids.action_open_ecom_offers()
