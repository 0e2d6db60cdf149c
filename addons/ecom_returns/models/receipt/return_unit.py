from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class EcomReturnUnit(models.Model):
    """A piece that came back (or some, where pieces have no number), and what became of it."""

    _name = "ecom.return.unit"
    _description = "Returned Unit"
    _order = "return_id, id"
    _rec_name = "product_id"

    line_id = fields.Many2one("ecom.return.line", required=True, ondelete="cascade", index=True)
    return_id = fields.Many2one(related="line_id.return_id", store=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True)
    channel_id = fields.Many2one(related="line_id.channel_id", store=True, index="btree_not_null")
    reason_id = fields.Many2one(related="line_id.reason_id", store=True)
    move_id = fields.Many2one("stock.move", string="Receipt", ondelete="restrict", index="btree_not_null")
    product_id = fields.Many2one("product.product", required=True, ondelete="restrict", index=True)
    quantity = fields.Float(digits="Product Unit", required=True, default=1, help="In the product's own unit.")
    lot_id = fields.Many2one("stock.lot", string="Lot/Serial", ondelete="restrict", index="btree_not_null")
    lot_name = fields.Char(string="Scanned Number", help="What is on the piece, where it is none that we shipped.")
    state = fields.Selection(
        [
            ("scanned", "Scanned"),
            ("refused", "Not ours"),
            ("received", "To inspect"),
            ("done", "Settled"),
        ],
        required=True,
        default="scanned",
        readonly=True,
        index=True,
    )
    override_user_id = fields.Many2one("res.users", string="Accepted by", readonly=True)
    override_reason = fields.Char(readonly=True)

    _quantity_positive = models.Constraint("CHECK(quantity > 0)", "A quantity must be above zero.")

    # === SCANNING === #

    @api.model
    def _scan(self, move, quantity, lot=None):
        """Note a piece that belongs to the return; several of a kind without numbers are one row."""
        same = self.search([("move_id", "=", move.id), ("lot_id", "=", lot.id if lot else False)]).filtered(
            lambda unit: unit.state == "scanned" and unit.product_id.tracking != "serial"
        )
        if same:
            same[0].quantity += quantity
            return same[0]
        return self.create(
            {
                "line_id": move.ecom_return_line_id.id,
                "move_id": move.id,
                "product_id": move.product_id.id,
                "quantity": quantity,
                "lot_id": lot.id if lot else False,
            }
        )

    @api.model
    def _refuse(self, move, name):
        """Note a piece whose number is none that this customer got on this line, once, and tell somebody."""
        known = self.search(
            [("line_id", "=", move.ecom_return_line_id.id), ("lot_name", "=", name), ("state", "=", "refused")]
        )
        if known:
            return known[0]
        unit = self.create(
            {
                "line_id": move.ecom_return_line_id.id,
                "move_id": move.id,
                "product_id": move.product_id.id,
                "lot_name": name,
                "state": "refused",
            }
        )
        unit._suspect()
        return unit

    def _suspect(self):
        """Tell customer service that another piece came back than was sent."""
        self.ensure_one()
        order = self.return_id
        shipped = ", ".join(self.move_id._returnable_lots().mapped("name"))
        message = self.env._(
            "Return %(number)s: %(product)s came back with the number %(found)s. The customer got %(shipped)s. Ask the "
            "customer; a manager may accept it.",
            number=order.name,
            product=self.product_id.display_name,
            found=self.lot_name,
            shipped=shipped or self.env._("none that is still there"),
        )
        order.message_post(body=message)
        if order.channel_id:
            self.env["ecom.issue"].sudo()._raise(
                order.channel_id,
                "return_fraud",
                order=order.order_id,
                key=f"{order.id}:{self.lot_name}",
                message=message,
                blocking=False,
                data={"unit": self.id},
            )
        else:
            order.activity_schedule("mail.mail_activity_data_todo", summary=message, user_id=order.user_id.id)

    def action_override(self):
        """Take the piece although its number is another; who did is written down."""
        self.ensure_one()
        if not self.env.user.has_group("ecom_connector.group_manager"):
            raise AccessError(self.env._("Only managers may accept a piece that is not the one that was sent."))
        if self.state != "refused":
            raise UserError(self.env._("This piece was accepted already."))
        unit = self.sudo()
        move = unit.move_id
        if move._ecom_room() < unit.quantity:
            raise UserError(self.env._("All that was announced of it is here already."))
        Lot = self.env["stock.lot"].sudo()
        domain = [("product_id", "=", unit.product_id.id), ("name", "=", unit.lot_name)]
        company = [("company_id", "in", (False, unit.company_id.id))]
        lot = Lot.search(domain + company, limit=1) or Lot.create(
            {"product_id": unit.product_id.id, "name": unit.lot_name, "company_id": unit.company_id.id}
        )
        unit.write({"state": "scanned", "lot_id": lot.id, "override_user_id": self.env.user.id})
        unit.return_id.message_post(
            body=self.env._(
                "%(user)s accepted %(product)s with the number %(lot)s, which is not the one that was sent.",
                user=self.env.user.name,
                product=unit.product_id.display_name,
                lot=lot.name,
            ),
            author_id=self.env.user.partner_id.id,
        )
        self.env["ecom.issue"].sudo().search(
            [("code", "=", "return_fraud"), ("key", "=", f"{unit.return_id.id}:{unit.lot_name}")]
        )._solve()
        return True

    def action_remove(self):
        """A scan that was a mistake."""
        self.check_access("write")
        if self.filtered(lambda unit: unit.state not in ("scanned", "refused")):
            raise UserError(self.env._("What was received is not taken back: settle it."))
        self.sudo().unlink()
        return True


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[("return_fraud", "Another piece came back")], ondelete={"return_fraud": "cascade"}
    )

    def _compute_remedy(self):
        result = super()._compute_remedy()
        self.filtered(lambda issue: issue.code == "return_fraud").remedy = self.env._("Note that it was settled")
        return result

    def _fix_return_fraud(self, _same):
        """A person asked the customer: nothing is left to do."""
