from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import formatLang

from ...calculations.availability import NOTHING, Figures, explain, kits


class EcomStockLevel(models.Model):
    """Why an offer shows what it shows."""

    _inherit = "ecom.stock.level"

    explanation = fields.Html(compute="_compute_explanation", compute_sudo=True, sanitize=False)
    sentence = fields.Char(compute="_compute_explanation", compute_sudo=True, help="The whole sum in one line.")
    rule_id = fields.Many2one("ecom.stock.rule", compute="_compute_explanation", compute_sudo=True)

    @api.depends("offer_id", "quantity")
    @api.depends_context("lang")
    def _compute_explanation(self):
        """Computed afresh, so that what is shown here and what was written down can be held against each other."""
        told = self._sums()
        for level in self:
            steps, rule_id = told.get(level._origin.id or level.id, ([], False))
            level.sentence = level._in_one_line(steps)
            level.explanation = level._in_a_table(steps)
            level.rule_id = rule_id

    def _sums(self):
        """``{level id: ([Step], id of the rule)}``, in a constant number of look-ups."""
        Level, channels = self.env["ecom.stock.level"], self.channel_id
        places, scopes = channels._stock_places()
        scope_of = {(place.channel_id, place.mapping_id): place.scope for place in places}
        offers = {row[0]: row for row in Level._read_offers(channels, self.product_id.ids)}
        components = Level._components(set(self.product_id.ids))
        wanted = set(self.product_id.ids) | {part for parts in components.values() for part, _quantity in parts}
        figures = self.env["ecom.stock.figures"]._read_figures(scopes, wanted)
        book = self.env["ecom.stock.rule"]._rulebook(channels)
        found = {}
        for level in self:
            scope = scope_of.get((level.channel_id.id, level.mapping_id.id or 0))
            if scope is None or level.offer_id.id not in offers:
                continue
            _offer, channel_id, product_id, template_id, category_id, pack = offers[level.offer_id.id]
            rule, rule_id = book.rule(channel_id, product_id, template_id, category_id)
            held = figures.get((scope, product_id), NOTHING)
            if parts := components.get(product_id):
                here = {part: figures.get((scope, part), NOTHING).free for part, _quantity in parts}
                held = Figures(on_hand=float(kits(here, parts)))
            dedicated = book.dedicated.for_others(channel_id, product_id)
            found[level.id] = (explain(held, dedicated, rule, pack), rule_id)
        return found

    @api.model
    def _step_labels(self):
        env = self.env
        return {
            "on_hand": env._("on hand"),
            "incoming": env._("arriving soon"),
            "reserved": env._("reserved"),
            "demanded": env._("ordered, not reserved yet"),
            "ordered": env._("sold on shops, not in Odoo yet"),
            "in_carts": env._("in carts"),
            "blocked": env._("of blocked lots"),
            "expired": env._("expire too soon"),
            "dedicated": env._("kept for other channels"),
            "withdrawn": env._("left to other channels"),
            "below_zero": env._("promised more than there is"),
            "percentage": env._("share of the channel"),
            "buffer": env._("buffer"),
            "packs": env._("rounded to whole packs"),
            "cap": env._("shown at most"),
        }

    def _number(self, quantity):
        digits = 0 if abs(quantity - round(quantity)) < 1e-6 else 2
        return formatLang(self.env, abs(quantity), digits=digits)

    def _in_one_line(self, steps):
        """“12 on hand − 3 reserved − 2 expire too soon − 1 buffer = 6”"""
        if not steps:
            return self.env._("Its stock is not counted.")
        labels, parts = self._step_labels(), []
        for step in steps:
            sign = "" if not parts and step.quantity >= 0 else "− " if step.quantity < 0 else "+ "
            parts.append(f"{sign}{self._number(step.quantity)} {labels[step.code]}")
        return f"{' '.join(parts)} = {round(sum(step.quantity for step in steps))}"

    def _in_a_table(self, steps):
        if not steps:
            return False
        labels = self._step_labels()
        row = Markup('<tr><td class="text-end pe-3">%s</td><td class="w-100">%s</td></tr>')
        rows = [
            row % (("−" if step.quantity < 0 else "") + self._number(step.quantity), labels[step.code])
            for step in steps
        ]
        total = Markup('<tr class="fw-bold border-top"><td class="text-end pe-3">%s</td><td>%s</td></tr>') % (
            round(sum(step.quantity for step in steps)),
            self.env._("to sell"),
        )
        return Markup('<table class="table table-sm table-borderless w-auto mb-0"><tbody>%s%s</tbody></table>') % (
            Markup("").join(rows),
            total,
        )
