from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...calculations.availability import ALL_OF_IT, Rule


class EcomStockRule(models.Model):
    """How much of the free quantity an offer shows. The most specific rule counts, alone: a variant's goes before its
    product's, that before its category's (the nearest first), a channel's own before one for all channels."""

    _name = "ecom.stock.rule"
    _description = "Stock Rule"
    _order = "channel_id nulls first, product_id nulls first, product_tmpl_id nulls first, categ_id nulls first, id"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    channel_id = fields.Many2one(
        "ecom.channel", check_company=True, ondelete="cascade", index="btree_not_null", help="Empty: all channels."
    )
    categ_id = fields.Many2one("product.category", string="Category", ondelete="cascade")
    product_tmpl_id = fields.Many2one("product.template", string="Product", check_company=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", string="Variant", check_company=True, ondelete="cascade")

    buffer = fields.Float(digits="Product Unit", help="Units that are held back.")
    percentage = fields.Float(default=100.0, help="How much of what is free is shown, before the buffer is held back.")
    withdraw_at = fields.Float(
        string="Leave the Last Ones to Others",
        digits="Product Unit",
        help="When this many or fewer are left, the channel shows none: they are for the channels that go first.",
    )
    cap = fields.Integer(string="Show at Most", help="0: no limit.")
    dedicated = fields.Float(
        string="Kept for the Channel",
        digits="Product Unit",
        help="Units that no other channel may sell. What the channel has sold since they were set aside is taken off.",
    )
    dedicated_since = fields.Datetime(readonly=True, copy=False)
    at_zero = fields.Selection(
        [("stop", "Stop selling"), ("backorder", "Sell on, deliver later")],
        string="When Nothing Is Left",
        required=True,
        default="stop",
    )
    left_to_shop = fields.Boolean(string="Leave It to the Shop", help="The shop is not told of the stock of these.")

    _target_unique = models.UniqueIndex(
        "(company_id, COALESCE(channel_id, 0), COALESCE(categ_id, 0), COALESCE(product_tmpl_id, 0),"
        " COALESCE(product_id, 0)) WHERE active",
        "There is a rule for these products on this channel already: change that one.",
    )

    @api.depends("channel_id", "categ_id", "product_tmpl_id", "product_id")
    @api.depends_context("lang")
    def _compute_name(self):
        for rule in self:
            what = rule.product_id or rule.product_tmpl_id or rule.categ_id
            parts = (
                rule.channel_id.name or self.env._("All channels"),
                what.display_name or self.env._("all products"),
            )
            rule.name = self.env._("%(channel)s: %(products)s", channel=parts[0], products=parts[1])

    @api.constrains("percentage", "buffer", "withdraw_at", "cap", "dedicated", "channel_id")
    def _check_figures(self):
        for rule in self:
            if not 0 <= rule.percentage <= 100:
                raise ValidationError(self.env._("%(rule)s: a percentage is between 0 and 100.", rule=rule.name))
            if min(rule.buffer, rule.withdraw_at, rule.cap, rule.dedicated) < 0:
                raise ValidationError(self.env._("%(rule)s: quantities cannot be below zero.", rule=rule.name))
            if rule.dedicated and not (rule.channel_id and (rule.product_id or rule.product_tmpl_id)):
                raise ValidationError(
                    self.env._("%(rule)s: name the channel and the product that units are kept for.", rule=rule.name)
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules.filtered("dedicated").dedicated_since = self.env.cr.now()
        rules._note_change()
        return rules

    def write(self, vals):
        self._note_change()
        if vals.get("dedicated"):
            vals = vals | {"dedicated_since": self.env.cr.now()}
        result = super().write(vals)
        self._note_change()
        return result

    def unlink(self):
        self._note_change()
        return super().unlink()

    def _note_change(self):
        """What it speaks of may be shown otherwise now; all of a channel, where it speaks of a category or of all."""
        Change = self.env["ecom.stock.change"]
        single = self.filtered(lambda rule: rule.product_id or rule.product_tmpl_id)
        Change._note(products=single.product_id)
        Change._note(products=single.filtered(lambda rule: not rule.product_id).product_tmpl_id.product_variant_ids)
        broad = self - single
        Change._note(channels=broad.channel_id, everything=bool(broad.filtered(lambda rule: not rule.channel_id)))

    # === WHAT COUNTS FOR AN OFFER === #

    def _as_rule(self):
        self.ensure_one()
        return Rule(
            buffer=self.buffer,
            percentage=self.percentage,
            withdraw_at=self.withdraw_at,
            cap=self.cap,
            keep_selling=self.at_zero == "backorder",
            left_to_shop=self.left_to_shop,
        )

    def _in_doubt(self, product):
        """Units that the channel has sold since they were set aside. Such rules are few: they name one product."""
        lines = self.env["sale.order.line"]._read_group(
            [
                ("product_id", "=", product.id),
                ("order_id.state", "=", "sale"),
                ("order_id.ecom_order_id.channel_id", "=", self.channel_id._origin.id),
                ("order_id.create_date", ">=", self.dedicated_since or fields.Datetime.now()),
            ],
            [],
            ["product_uom_qty:sum"],
        )
        return lines[0][0] or 0.0

    @api.model
    def _rulebook(self, channels, rules=None):
        """What answers which rule counts for an offer, without further look-ups.

        :param rules: those in force where it is ``None``
        """
        if rules is None:
            rules = self.search([("company_id", "in", channels.company_id.ids)])
        return Rulebook(self.env, channels, rules)


class Rulebook:
    """The rules of some channels, ready to be asked for a hundred thousand offers."""

    def __init__(self, env, channels, rules):
        self._companies = {channel.id: channel.company_id.id for channel in channels}
        self._by_target = {}
        for rule in rules:
            kind, record = (
                ("product", rule.product_id)
                if rule.product_id
                else ("template", rule.product_tmpl_id)
                if rule.product_tmpl_id
                else ("category", rule.categ_id)
            )
            # Of a rule that is not saved yet, too.
            key = (kind, record._origin.id, rule.channel_id._origin.id or -rule.company_id._origin.id)
            self._by_target[key] = (rule._as_rule(), rule.id)
        self._by_category = {}
        categories = env["product.category"].search_fetch([], ["parent_path"])
        self._paths = {
            category.id: [int(part) for part in reversed(category.parent_path.split("/")) if part]
            for category in categories
        }
        self._single = any(kind != "category" for kind, _id, _channel in self._by_target)
        self.dedicated = Dedicated(rules)

    def rule(self, channel_id, product_id, template_id, category_id):
        """``(Rule, id of the rule or False)``"""
        if self._single:
            company = -self._companies[channel_id]
            for key in (("product", product_id), ("template", template_id)):
                for whose in (channel_id, company):
                    if found := self._by_target.get((*key, whose)):
                        return found
        key = (channel_id, category_id)
        if key not in self._by_category:
            self._by_category[key] = self._rule_of_category(channel_id, category_id)
        return self._by_category[key]

    def _rule_of_category(self, channel_id, category_id):
        company = -self._companies[channel_id]
        for ancestor in (*self._paths.get(category_id, ()), False):
            for whose in (channel_id, company):
                if found := self._by_target.get(("category", ancestor, whose)):
                    return found
        return ALL_OF_IT, False


class Dedicated:
    """The units that some channels have to themselves."""

    def __init__(self, rules):
        self._kept = defaultdict(list)  # {product id: [(channel id, units left)]}
        for rule in rules.filtered("dedicated"):
            products = rule.product_id or rule.product_tmpl_id.product_variant_ids
            for product in products._origin:
                left = rule.dedicated - rule._in_doubt(product)
                if left > 0:
                    self._kept[product.id].append((rule.channel_id._origin.id, left))

    def for_others(self, channel_id, product_id):
        """Units of a product that other channels have to themselves."""
        if not self._kept or product_id not in self._kept:
            return 0.0
        return sum(left for owner, left in self._kept[product_id] if owner != channel_id)
