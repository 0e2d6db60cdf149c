from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError


class EcomChannel(models.Model):
    """The comparison: what the shop shows, against what it was told. A page at a time, every night and on demand."""

    _inherit = "ecom.channel"

    stock_comparing = fields.Boolean(copy=False, readonly=True)
    stock_compare_from = fields.Char(copy=False, readonly=True)
    stock_compared_at = fields.Datetime(string="Compared With the Shop", copy=False, readonly=True)

    def _compare_stock(self, platform):
        """Compare one page.

        :return: whether there was one
        """
        if not self.stock_comparing:
            return False
        cursor = self.stock_compare_from or ""
        self._before_http()
        page = platform.read_stock(cursor)

        def note():
            self.env["ecom.stock.level"]._note_shown(self, page.states, first=not cursor)
            values = {"stock_compare_from": page.next or False}
            if not page.next:
                self.env["ecom.stock.level"]._note_missing(self)
                values |= {"stock_comparing": False, "stock_compared_at": fields.Datetime.now()}
            self.write(values)

        self._in_transaction(note)
        return True

    def action_compare_stock(self):
        """Have the shop's stock held against what it was told, at once."""
        self.check_access("read")
        for channel in self:
            if channel.state != "connected" or not channel.pushes_stock:
                raise UserError(
                    self.env._("%(channel)s cannot be asked for its stock: connect it first.", channel=channel.name)
                )
        self.sudo().write({"stock_comparing": True, "stock_compare_from": False})
        self.sudo()._wake("stock")
        return self._notify(
            self.env._("The comparison has begun."), self.env._("What differs is listed under Stock, Drifted.")
        )


class EcomStockLevel(models.Model):
    _inherit = "ecom.stock.level"

    @api.model
    def _note_shown(self, channel, states, *, first, only=None):
        """Keep what the shop shows, and say where that is not what it was told, and why.

        A correction made on the shop is shown to a person before anything is told over it. What the shop does not
        count, or was never told, is told. What differs because of an order that is on its way settles itself.
        """
        if first:
            self.search([("channel_id", "=", channel.id), ("shown_at", "!=", False)]).write({"shown_at": False})
        found = {(state.product_id, state.variant_id, state.location): state for state in states}
        levels = self._levels_shown(channel, {state.product_id for state in states})
        if only is not None:
            levels = {level: key for level, key in levels.items() if level in only}
        ordered = self._ordered_quantities(channel, levels)
        sums = defaultdict(int)
        for level, (product_id, _variant_id, location) in levels.items():
            sums[product_id, location] += level.pushed_quantity
        causes, settled, groups = [], self.browse(), defaultdict(self.browse)
        now = fields.Datetime.now()
        for level, key in levels.items():
            state = found.get(key)
            if state is None:
                continue
            told = sums[key[0], key[2]] if state.of_product else level.pushed_quantity
            drift = self._drift(level, state, told, ordered.get(level.product_id.id, 0))
            groups[state.quantity or 0, drift] += level
            if drift == "corrected":
                causes.append(level._drifted(state.quantity, told))
            elif level.drift == "corrected":
                settled += level
        for (quantity, drift), some in groups.items():
            some.write({"shown_quantity": quantity, "shown_at": now, "drift": drift})
        untold = self.browse([level.id for level in levels if level.drift == "unmanaged"])
        untold.write({"pushed_at": False})
        self.env["ecom.issue"]._raise_each(channel, "stock_drifted", causes)
        channel._solve_stock_issues("stock_drifted", [str(level.id) for level in settled])

    @api.model
    def _drift(self, level, state, told, ordered):
        if level.left_to_shop or not level.pushed_at:
            return False
        if state.quantity is None:
            return "unmanaged"
        if state.quantity == told:
            return False
        return "ordered" if ordered and state.quantity == told - ordered else "corrected"

    @api.model
    def _levels_shown(self, channel, product_ids):
        """``{level: (shop's product, variant, location)}`` of these products of the shop."""
        levels = self.search(
            [("channel_id", "=", channel.id), ("offer_id.listing_id.external_id", "in", list(product_ids))]
        )
        return {
            level: (
                level.offer_id.listing_id.external_id,
                level.offer_id.external_id or "",
                level.mapping_id.code or "",
            )
            for level in levels
        }

    @api.model
    def _ordered_quantities(self, channel, levels):
        """``{product id: units}`` of orders that the shop has and Odoo has not confirmed yet."""
        _places, scopes = channel._stock_places()
        products = {level.product_id.id for level in levels}
        figures = self.env["ecom.stock.figures"]._read_figures(scopes, products)
        return {product_id: found.ordered for (_scope, product_id), found in figures.items() if found.ordered}

    @api.model
    def _note_missing(self, channel):
        """After a whole comparison: what was told and was not found."""
        missing = self.search(
            [
                ("channel_id", "=", channel.id),
                ("pushed_at", "!=", False),
                ("shown_at", "=", False),
                ("offer_id.listing_id.external_id", "!=", False),
            ]
        )
        missing.write({"drift": "missing"})

    def _drifted(self, shown, told):
        self.ensure_one()
        return {
            "order": self.env["ecom.order"],
            "key": str(self.id),
            "message": self.env._(
                "“%(product)s”: the shop shows %(shown)s and was told %(told)s. Somebody corrected it on the shop, or "
                "a sale there never reached Odoo.",
                product=self.product_id.display_name,
                shown=shown,
                told=told,
            ),
            "data": {"level": self.id, "shown": shown},
        }

    # === BUTTONS === #

    def action_tell_again(self):
        """Tell the shop what it should show, whatever it shows now."""
        self.check_access("read")
        levels = self.sudo()
        levels.write({"drift": False, "pushed_at": False, "retry_at": False})
        for channel in levels.channel_id:
            channel._solve_stock_issues("stock_drifted", [str(level.id) for level in levels])
            channel._wake("stock")
        return True


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[("stock_drifted", "Stock changed on the shop")], ondelete={"stock_drifted": "cascade"}
    )

    def _compute_remedy(self):
        result = super()._compute_remedy()
        for issue in self:
            if issue.code == "stock_drifted":
                issue.remedy = self.env._("Tell the shop again")
            elif issue.code == "stock_refused":
                issue.remedy = self.env._("Send again")
        return result

    def _fix_stock_drifted(self, same):
        self.env["ecom.stock.level"].browse([issue.data["level"] for issue in same]).exists().action_tell_again()
