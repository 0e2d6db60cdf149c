from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Holds: a confirmed order whose goods are reserved, but may not be prepared yet.

    Two causes, independent of each other: its money is awaited, or a person holds it. A delivery is ready when neither
    is left. What is held reads “Waiting” wherever Odoo asks for a delivery's state, so that no list of what is ready,
    no batch and no counter contains it.
    """

    _inherit = "sale.order"

    ecom_awaits_money = fields.Boolean(
        string="Waits for Money",
        copy=False,
        readonly=True,
        help="The goods are reserved, and nothing is prepared until the money arrived.",
    )
    ecom_held_by_id = fields.Many2one("res.users", string="Held by", copy=False, readonly=True)
    ecom_held_at = fields.Datetime(string="Held Since", copy=False, readonly=True)
    ecom_hold_note = fields.Char(string="Why It Is Held", copy=False, readonly=True)
    ecom_hold = fields.Selection(
        [("person", "Held by a person"), ("money", "Waits for money")],
        string="Hold",
        compute="_compute_ecom_hold",
        store=True,
        help="Why the order may not be prepared.",
    )
    ecom_hold_message = fields.Char("Hold Message", compute="_compute_ecom_hold_message", compute_sudo=True)

    @api.depends("ecom_awaits_money", "ecom_held_by_id")
    def _compute_ecom_hold(self):
        for order in self:
            order.ecom_hold = (order.ecom_held_by_id and "person") or (order.ecom_awaits_money and "money") or False

    @api.depends("ecom_hold", "ecom_hold_note", "ecom_held_by_id")
    @api.depends_context("lang")
    def _compute_ecom_hold_message(self):
        for order in self:
            if order.ecom_hold == "person":
                held_by = self.env._("%(user)s holds this order.", user=order.ecom_held_by_id.name)
                order.ecom_hold_message = " ".join(filter(None, (held_by, order.ecom_hold_note)))
            elif order.ecom_hold == "money":
                order.ecom_hold_message = self.env._(
                    "The money has not arrived yet: the goods are reserved, and wait to be prepared."
                )
            else:
                order.ecom_hold_message = False

    # === HOLD AND RELEASE === #

    def _hold_for_money(self):
        """Reserve, but do not prepare: the money is awaited."""
        self.filtered(lambda order: not order.ecom_awaits_money).write({"ecom_awaits_money": True})

    def _release_for_money(self):
        """The money arrived: prepare, unless a person holds the order.

        :return: the orders that had waited for it
        """
        waiting = self.filtered("ecom_awaits_money")
        waiting.write({"ecom_awaits_money": False})
        return waiting

    def _hold_by_person(self, note=""):
        """Stop the preparation in the user's name, and say why on the orders.

        :raise UserError: when an order has nothing left to hold
        """
        for order in self:
            if order.state == "cancel" or order.delivery_status == "full":
                raise UserError(
                    self.env._("%(order)s cannot be held: it is shipped or cancelled.", order=order.display_name)
                )
        self.write(
            {"ecom_held_by_id": self.env.uid, "ecom_held_at": fields.Datetime.now(), "ecom_hold_note": note or False}
        )
        self._log_hold(" ".join(filter(None, (self.env._("Held: not to be prepared until released."), note))))

    def _release_by_person(self):
        """Let the preparation go on, unless the money is awaited."""
        held = self.filtered("ecom_held_by_id")
        held.write({"ecom_held_by_id": False, "ecom_held_at": False, "ecom_hold_note": False})
        held._log_hold(self.env._("Released."))

    def _log_hold(self, text):
        self._message_log_batch({order.id: text for order in self})

    # === BUTTONS === #

    def action_ecom_release(self):
        """Let what a person held be prepared."""
        self.check_access("write")
        self._release_by_person()
        return True


class StockPicking(models.Model):
    _inherit = "stock.picking"

    ecom_hold = fields.Selection(related="sale_id.ecom_hold", string="Hold")
    ecom_hold_message = fields.Char(related="sale_id.ecom_hold_message")

    @api.depends("sale_id.ecom_hold")
    def _compute_state(self):
        """A delivery of an order on hold is not ready, although its goods are reserved."""
        result = super()._compute_state()
        self.filtered(lambda picking: picking.state == "assigned" and picking.sale_id.ecom_hold).state = "confirmed"
        return result

    def button_validate(self):
        self._check_not_held()
        return super().button_validate()

    def do_print_picking(self):
        self._check_not_held()
        return super().do_print_picking()

    def _action_done(self):
        self._check_not_held()
        return super()._action_done()

    def _check_not_held(self):
        """Refuse to prepare or ship what is on hold, returns of goods apart."""
        held = self.filtered(lambda picking: picking.ecom_hold and picking.picking_type_code != "incoming")
        if held:
            raise UserError(
                self.env._(
                    "%(picking)s may not leave yet. %(reason)s",
                    picking=held[0].name,
                    reason=held[0].ecom_hold_message,
                )
            )
