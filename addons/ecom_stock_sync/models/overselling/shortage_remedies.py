from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, html2plaintext

from ...calculations.shortage import EPSILON, packs_to_cancel

TEMPLATE = "ecom_stock_sync.mail_template_shortage"


class EcomOrder(models.Model):
    """The ways out of a shortage, each done wholly: the goods, the shop, the customer, the hold and the issue."""

    _inherit = "ecom.order"

    lacks_stock = fields.Boolean(string="Goods Missing", compute="_compute_lacks_stock", compute_sudo=True)

    @api.depends("sale_order_ids.ecom_lacks_stock")
    def _compute_lacks_stock(self):
        for order in self:
            order.lacks_stock = any(order.sale_order_ids.mapped("ecom_lacks_stock"))

    def action_shortage(self):
        """The desk: what is missing, and what can be done about it, on one screen."""
        self.ensure_one()
        self.check_access("write")
        return self.env["ecom.shortage"]._open(self)

    def _end_shortage(self):
        """Let the order go on where nothing is missing that nobody decided about; else say what is left.

        :return: whether it goes on
        """
        sales = self.sale_order_ids
        sales._release_what_lacks_nothing()
        sales._hold_for_stock()
        return not any(sales.mapped("ecom_lacks_stock"))

    # === THE WAYS OUT === #

    def _shortage_warehouse(self, line, quantity, warehouse):
        """Have another warehouse ship what is missing of a line, by its own route."""
        self._deliver_less(line, quantity)
        values = line._prepare_procurement_values() | {"warehouse_id": warehouse}
        before = line.move_ids
        self.env["stock.rule"].run(line._create_procurements(quantity, line.product_id.uom_id, values))
        moves = line.move_ids - before
        moves.picking_id.filtered(lambda picking: picking.state == "draft").action_confirm()
        moves.filtered(lambda move: move.state in ("confirmed", "partially_available"))._action_assign()
        if not moves or moves.filtered(lambda move: move.product_uom.compare(move.quantity, move.product_uom_qty) < 0):
            raise UserError(
                self.env._(
                    "%(warehouse)s has not got %(quantity)g × %(product)s any more: open the desk again.",
                    warehouse=warehouse.name,
                    quantity=quantity,
                    product=line.product_id.display_name,
                )
            )
        self._say(
            self.env._(
                "%(warehouse)s ships the missing %(quantity)g × %(product)s.",
                warehouse=warehouse.name,
                quantity=quantity,
                product=line.product_id.display_name,
            )
        )

    def _deliver_less(self, line, quantity):
        """Take what is missing of a line out of its deliveries; what they found stays."""
        left = quantity
        for move in self._shortage_moves().filtered(lambda move: move.sale_line_id == line):
            unit = move.product_id.uom_id
            less = min(move.product_qty - move._found(), left)
            left -= less
            if move.product_qty - less <= EPSILON:
                move._action_cancel()
            elif less > EPSILON:
                kept = unit._compute_quantity(move.product_qty - less, move.product_uom, round=False)
                move.write({"product_uom_qty": kept})
                move._recompute_state()

    def _shortage_wait(self, line, day):
        """Let the whole delivery wait for what is on its way, and promise that day."""
        moves = self._decided_moves(line)
        pickings = moves.picking_id
        pickings.move_type = "one"
        moment = fields.Datetime.to_datetime(day)
        later = pickings.filtered(lambda picking: picking.scheduled_date and picking.scheduled_date < moment)
        later.write({"scheduled_date": moment})
        sale = line.order_id
        if not sale.commitment_date or sale.commitment_date < moment:
            sale.commitment_date = moment
        text = self.env._(
            "The order waits for %(product)s, which is to arrive on %(day)s.",
            product=line.product_id.display_name,
            day=format_date(self.env, day),
        )
        self._say(text)
        self._tell_edits(note=f"Odoo: {text}")

    def _shortage_partial(self):
        """Ship what is there; the rest follows when it comes."""
        moves = self._decided_moves()
        self.sale_order_ids.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        ).move_type = "direct"
        text = self.env._(
            "What is there is shipped now; to follow: %(goods)s.",
            goods=", ".join(
                f"{move.product_uom_qty - move.quantity:g} × {move.product_id.display_name}" for move in moves
            ),
        )
        self._say(text)
        self._tell_edits(note=f"Odoo: {text}")

    def _shortage_substitute(self, line, product):
        """Put another product in a line's place, at the same price; the shop is told where it can be."""
        before = line.product_id
        with self._changed_here():
            self._print_again()
            line.order_id._unlocked(
                lambda: line.with_context(ecom_changing=True, sale_no_log_for_new_lines=True)._swap_product(product)
            )
        self._say(
            self.env._(
                "%(before)s was replaced by %(after)s at the same price.",
                before=before.display_name,
                after=product.display_name,
            )
        )

    def _shortage_cancel_missing(self, line, missing, pack):
        """Order less of a line: what is missing, in whole packs."""
        less = packs_to_cancel(missing, pack)
        quantity = max(line.product_uom_qty - less, line.qty_delivered)
        with self._changed_here():
            self._print_again()
            line.order_id._unlocked(
                lambda: line.with_context(ecom_changing=True, sale_no_log_for_new_lines=True)._order_less(quantity)
            )
        self._say(
            self.env._(
                "Cancelled, as there are none left: %(quantity)g × %(product)s.",
                quantity=less,
                product=line.product_id.display_name,
            )
        )

    def _shortage_cancel_order(self):
        """Cancel the order; the shop is told, and what the customer paid is owed to them."""
        self._say(self.env._("Cancelled: the goods are missing."))
        sales = self.sale_order_ids.filtered(lambda sale: sale.state != "cancel")
        sales.filtered("locked").action_unlock()
        sales.with_context(disable_cancel_warning=True)._action_cancel()

    # === HELPERS === #

    def _decided_moves(self, line=None):
        """The short moves of a line, or of all: from now on a person has decided about them."""
        moves = self._shortage_moves()
        if line:
            moves = moves.filtered(lambda move: move.sale_line_id == line)
        moves.write({"ecom_short_accepted": True})
        return moves

    def _say(self, text):
        """Keep the decision in the sales order's history, in the name of whoever took it."""
        self.sale_order_id.message_post(body=text, author_id=self.env.user.partner_id.id)

    # === THE CUSTOMER === #

    def _customer_can_be_told(self):
        sale = self.sale_order_id
        return bool(sale.partner_id.email or self.channel_id.has_customer_notes)

    def _tell_customer_of_shortage(self, kind, line=None, quantity=0.0, day=None, product=None):
        """Write to the customer in their language: by e-mail, or through the shop where Odoo knows no address."""
        sale = self.sale_order_id
        lang = sale.partner_id.lang or self.channel_id._language()
        goods = line.product_id.with_context(lang=lang).display_name if line else ""
        facts = {
            "kind": kind,
            "goods": goods,
            "quantity": f"{quantity:g}",
            "day": day,
            "substitute": product.with_context(lang=lang).display_name if product else "",
            "paid": bool(self._paid()),
        }
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        if not template:
            return
        template = template.sudo().with_context(ecom_shortage=facts)
        if sale.partner_id.email:
            sale.with_context(ecom_shortage=facts, mail_notify_author=False).message_mail_with_source(
                template, force_send=False
            )
        elif self.channel_id.has_customer_notes:
            (html,) = template._render_field("body_html", sale.ids, compute_lang=True).values()
            text = html2plaintext(html)
            self.env["ecom.command"].sudo()._tell_customer(self, f"shortage:{kind}:{line.id if line else 0}", text)
