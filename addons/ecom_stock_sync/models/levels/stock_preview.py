from markupsafe import Markup
from odoo import api, fields, models

SHOWN = 60  # offers that a preview lists


class EcomStockRule(models.Model):
    """What every channel would show under a rule, before it is saved."""

    _inherit = "ecom.stock.rule"

    preview = fields.Html(compute="_compute_preview", compute_sudo=True, sanitize=False)

    @api.depends(
        "channel_id",
        "categ_id",
        "product_tmpl_id",
        "product_id",
        "buffer",
        "percentage",
        "withdraw_at",
        "cap",
        "dedicated",
        "at_zero",
        "left_to_shop",
        "active",
    )
    @api.depends_context("lang")
    def _compute_preview(self):
        for rule in self:
            rule.preview = rule._preview()

    def _preview(self):
        """The offers that would show something else, as a table; those that change most come first."""
        rows = self._changes()
        if not rows:
            return Markup('<p class="text-muted mb-0">%s</p>') % self.env._("No offer would show anything else.")
        rows.sort(key=lambda row: -abs(row[2] - row[1]))
        line = Markup('<tr><td>%s</td><td>%s</td><td class="text-end">%s</td><td class="text-end fw-bold">%s</td></tr>')
        levels = self.env["ecom.stock.level"].browse([row[0] for row in rows[:SHOWN]])
        body = [
            line % (level.channel_id.name, level.product_id.display_name, now, then)
            for level, (_id, now, then) in zip(levels, rows, strict=False)
        ]
        head = Markup("<tr><th>%s</th><th>%s</th><th class='text-end'>%s</th><th class='text-end'>%s</th></tr>") % (
            self.env._("Channel"),
            self.env._("Product"),
            self.env._("Shows"),
            self.env._("Would show"),
        )
        more = len(rows) - SHOWN
        tail = (
            Markup('<p class="text-muted">%s</p>') % self.env._("And %(count)s more.", count=more) if more > 0 else ""
        )
        return Markup('<table class="table table-sm"><thead>%s</thead><tbody>%s</tbody></table>%s') % (
            head,
            Markup("").join(body),
            tail,
        )

    def _changes(self):
        """``[(level id, what is shown, what would be)]`` of the offers that show something else with this rule."""
        Level = self.env["ecom.stock.level"]
        company = self.company_id or self.env.company
        channels = self.env["ecom.channel"].search([("company_id", "=", company.id), ("state", "!=", "draft")])
        if not channels:
            return []
        others = self.search([("company_id", "=", company.id), ("id", "!=", self._origin.id)])
        products = self._products()
        levels = Level.search_fetch(
            [("channel_id", "in", channels.ids)] + ([("product_id", "in", list(products))] if products else []),
            ["offer_id", "mapping_id", "quantity"],
        )
        shown = {(level.offer_id.id, level.mapping_id.id or 0): (level.id, level.quantity) for level in levels}
        rules = others | self if self.active else others
        return [
            (*shown[key], quantity)
            for key, _where, (quantity, _keep_selling, _left) in Level._wanted(channels, products, rules)
            if key in shown and shown[key][1] != quantity
        ]

    def _products(self):
        """The ids of the products that the rule is about, and was about before it was changed."""
        versions = [self, self._origin] if self._origin else [self]
        if not all(rule.product_id or rule.product_tmpl_id for rule in versions):
            return None
        return {
            product.id
            for rule in versions
            for product in (rule.product_id or rule.product_tmpl_id.product_variant_ids)._origin
        }
