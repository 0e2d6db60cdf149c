from odoo import fields, models


class EcomChannel(models.Model):
    """What the channel's screens say of its stock."""

    _inherit = "ecom.channel"

    stock_level_count = fields.Integer(compute="_compute_stock_counts", compute_sudo=True)
    stock_drift_count = fields.Integer(compute="_compute_stock_counts", compute_sudo=True)

    def _compute_stock_counts(self):
        levels = self._count_by_channel("ecom.stock.level")
        drifted = self._count_by_channel("ecom.stock.level", [("drift", "in", ("corrected", "missing"))])
        for channel in self:
            channel.stock_level_count = levels.get(channel.id, 0)
            channel.stock_drift_count = drifted.get(channel.id, 0)

    def action_open_stock(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_stock_sync.ecom_stock_level_action")
        return action | {"context": {"search_default_channel_id": [self.id]}}

    def _flow_state_stock(self, _figure):
        """How telling the stock fares, in words."""
        env = self.env
        if not self.pushes_stock:
            return "ok", env._("Ready for the shop to fetch.") if self.uses_api else env._("This shop is not told.")
        if not self.stock_push:
            return "idle", env._("The shop is not told its stock: see the tab Stock.")
        waiting = [("channel_id", "=", self.id), ("waiting", "=", True)]
        oldest = env["ecom.stock.level"].search([*waiting, ("changed_at", "!=", False)], order="changed_at", limit=1)
        if not oldest:
            return "ok", env._("Works. The shop knows everything.")
        age = self._age(oldest.changed_at)
        if oldest.attempts:
            return "late", env._("The shop did not take a quantity at once: the oldest is of %(age)s.", age=age)
        return "busy", env._("On the way to the shop; the oldest change is of %(age)s.", age=age)


class EcomOffer(models.Model):
    _inherit = "ecom.offer"

    stock_quantity = fields.Integer(string="To Sell", compute="_compute_stock_quantity", compute_sudo=True)

    def _compute_stock_quantity(self):
        groups = self.env["ecom.stock.level"]._read_group(
            [("offer_id", "in", self.ids)], ["offer_id"], ["quantity:sum"]
        )
        sums = {offer.id: total for offer, total in groups}
        for offer in self:
            offer.stock_quantity = sums.get(offer.id, 0)


class ProductProduct(models.Model):
    _inherit = "product.product"

    ecom_level_count = fields.Integer(string="Offers", compute="_compute_ecom_level_count", compute_sudo=True)

    def _compute_ecom_level_count(self):
        groups = self.env["ecom.stock.level"]._read_group([("product_id", "in", self.ids)], ["product_id"], ["__count"])
        counts = {product.id: count for product, count in groups}
        for product in self:
            product.ecom_level_count = counts.get(product.id, 0)

    def action_open_ecom_levels(self):
        """What the channels show of the product, and why."""
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_stock_sync.ecom_stock_level_action")
        return action | {"domain": [("product_id", "in", self.ids)], "context": {}}


class ProductTemplate(models.Model):
    _inherit = "product.template"

    ecom_level_count = fields.Integer(string="Offers", compute="_compute_ecom_level_count", compute_sudo=True)

    def _compute_ecom_level_count(self):
        for template in self:
            template.ecom_level_count = sum(template.product_variant_ids.mapped("ecom_level_count"))

    def action_open_ecom_levels(self):
        return self.product_variant_ids.action_open_ecom_levels()
