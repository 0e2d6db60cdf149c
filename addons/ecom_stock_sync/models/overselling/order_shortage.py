from collections import defaultdict

from odoo import api, fields, models


class SaleOrder(models.Model):
    """An order of a shop that found fewer goods than it asks for: it is held until they come or a person decides.

    What it found stays reserved. Nothing is shipped in part without somebody's word.
    """

    _inherit = "sale.order"

    ecom_lacks_stock = fields.Boolean(
        string="Goods Missing",
        copy=False,
        readonly=True,
        help="The shop sold more than there is: the order waits for the goods, or for a decision.",
    )
    ecom_hold = fields.Selection(selection_add=[("stock", "Goods missing")])

    @api.depends("ecom_lacks_stock")
    def _compute_ecom_hold(self):
        result = super()._compute_ecom_hold()
        self.filtered(lambda order: order.ecom_lacks_stock and not order.ecom_hold).ecom_hold = "stock"
        return result

    @api.depends("ecom_lacks_stock")
    @api.depends_context("lang")
    def _compute_ecom_hold_message(self):
        result = super()._compute_ecom_hold_message()
        for order in self.filtered(lambda order: order.ecom_hold == "stock"):
            order.ecom_hold_message = self.env._("Goods are missing: the order waits for them, or for a decision.")
        return result

    def _short_moves(self):
        """The moves of these orders that found fewer goods than they are to bring, ``{order: moves}``.

        Those about which a person has decided are left out.
        """
        moves = self.env["stock.move"].search(
            [
                ("sale_line_id.order_id", "in", self.ids),
                ("state", "in", ("confirmed", "partially_available")),
                ("procure_method", "=", "make_to_stock"),
                ("product_id.is_storable", "=", True),
                ("location_id.usage", "=", "internal"),
                ("location_final_id.usage", "=", "customer"),
                ("ecom_short_accepted", "=", False),
            ]
        )
        found = defaultdict(self.env["stock.move"].browse)
        for move in moves:
            found[move.sale_line_id.order_id] += move
        return found

    def _missing_moves(self):
        """The short moves of goods that are not sold on at zero, ``{order: moves}``."""
        short = self._short_moves()
        if not short:
            return {}
        book = self.env["ecom.stock.rule"].sudo()._rulebook(self.ecom_order_id.channel_id)
        missing = {
            order: moves.filtered(lambda move, order=order: not order.ecom_order_id._is_sold_on(move, book))
            for order, moves in short.items()
        }
        return {order: moves for order, moves in missing.items() if moves}

    def _hold_for_stock(self):
        """Hold those of these shop orders that lack goods which are not sold on at zero, each with an issue."""
        missing = self._missing_moves()
        causes = defaultdict(list)
        for order in self.filtered(lambda order: order in missing):
            causes[order.ecom_order_id.channel_id].append((order, order.ecom_order_id, missing[order]))
        for channel, some in causes.items():
            self.browse([order.id for order, _shop_order, _moves in some]).write({"ecom_lacks_stock": True})
            self.env["ecom.issue"]._raise_each(
                channel,
                "oversold",
                [
                    {
                        "order": shop_order,
                        "key": "",
                        "message": shop_order._shortage_in_words(moves),
                        "data": {"moves": moves.ids},
                    }
                    for _order, shop_order, moves in some
                ],
                blocking=False,
            )

    def _release_what_lacks_nothing(self):
        """Let those go on that lack nothing any more, or nothing that nobody decided about."""
        held = self.filtered("ecom_lacks_stock")
        if held:
            missing = held._missing_moves()
            held.filtered(lambda order: order not in missing)._release_for_stock()

    def _release_for_stock(self):
        """The goods came, or a person decided: let the order go on."""
        held = self.filtered("ecom_lacks_stock")
        held.write({"ecom_lacks_stock": False})
        issues = self.env["ecom.issue"].search(
            [("order_id", "in", held.ecom_order_id.ids), ("code", "=", "oversold"), ("state", "=", "open")]
        )
        issues._solve()
        return held

    def action_ecom_shortage(self):
        return self.ecom_order_id.action_shortage()

    def _action_cancel(self):
        result = super()._action_cancel()
        self.sudo()._release_for_stock()
        return result


class StockMove(models.Model):
    _inherit = "stock.move"

    ecom_short_accepted = fields.Boolean(
        string="Shortage Decided", readonly=True, help="A person decided what is done about the missing goods."
    )

    def _look_again_for_shortages(self):
        """Orders whose last missing goods were found go on by themselves."""
        self.sale_line_id.order_id.sudo()._release_what_lacks_nothing()
        return super()._look_again_for_shortages()


class EcomOrder(models.Model):
    _inherit = "ecom.order"

    def _settle_confirm(self, channel):
        result = super()._settle_confirm(channel)
        self.sale_order_ids._release_what_lacks_nothing()
        if channel._minds_stock():
            confirmed = self.sale_order_ids.filtered(lambda sale: sale.state == "sale" and not sale.ecom_lacks_stock)
            confirmed._hold_for_stock()
        return result

    def _tell_edits(self, note=""):
        """Whatever was changed of an order here, it may lack nothing afterwards."""
        result = super()._tell_edits(note=note)
        self.sudo().sale_order_ids._release_what_lacks_nothing()
        return result

    def _is_sold_on(self, move, book):
        """Whether the channel goes on selling a move's product when nothing is left."""
        template = move.product_id.product_tmpl_id
        rule, _rule_id = book.rule(self.channel_id.id, move.product_id.id, template.id, template.categ_id.id)
        return rule.keep_selling

    def _shortage_in_words(self, moves):
        self.ensure_one()
        lines = [
            self.env._(
                "%(product)s: %(ordered)g ordered, %(found)g found",
                product=move.product_id.display_name,
                ordered=move.product_uom_qty,
                found=move.quantity,
            )
            for move in moves
        ]
        return "\n".join([self.env._("Order %(number)s was sold more than there is.", number=self.number), *lines])
