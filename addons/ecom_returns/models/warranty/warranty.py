from odoo import api, fields, models


class EcomWarranty(models.Model):
    """The warranty of a piece goes on with what takes its place: itself after a repair, or the one sent for it."""

    _inherit = "ecom.warranty"

    replaced_id = fields.Many2one(
        "ecom.warranty",
        string="Goes On From",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The warranty of the piece that this one replaces, or of the same one before it was repaired.",
    )
    replacement_ids = fields.One2many("ecom.warranty", "replaced_id", string="Goes On With", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        warranties = super().create(vals_list)
        warranties._go_on()
        return warranties

    def _go_on(self):
        """Take over when it began and how long it lasts from what it is in place of, where there is such a piece."""
        for warranty in self.filtered(lambda warranty: not warranty.replaced_id):
            before = warranty._before_repair() or warranty._before_exchange()
            if before:
                warranty.write(
                    {
                        "replaced_id": before.id,
                        "start_date": before.start_date,
                        "months": before.months + warranty._extension(),
                    }
                )

    def _before_repair(self):
        """The last warranty of the same piece, where it goes home after a return."""
        if not self.move_line_id.move_id.origin_returned_move_id.ecom_return_line_id:
            return self.browse()
        return self.search(
            [("lot_id", "=", self.lot_id.id), ("partner_id", "=", self.partner_id.id), ("id", "<", self.id)],
            order="id desc",
            limit=1,
        )

    def _before_exchange(self):
        """The warranty of a piece that came back, and that the same product was sent for; each is replaced once."""
        returned = self.move_line_id.move_id.sale_line_id.ecom_exchanged_line_id
        if not returned or returned.product_id != self.product_id:
            return self.browse()
        lots = returned.unit_ids.filtered(lambda unit: unit.state in ("received", "done")).lot_id
        olds = self.search(
            [
                ("lot_id", "in", lots.ids),
                ("sale_order_id", "=", returned.return_id.sale_order_id.id),
                ("replacement_ids", "=", False),
            ],
            order="id",
        )
        return olds[:1]

    def _extension(self):
        """A hook: by how many months it goes on longer than before."""
        return 0


class EcomReturn(models.Model):
    _inherit = "ecom.return"

    def _after_receipt(self, units):
        """What was sent at once is in place of what is here only now."""
        result = super()._after_receipt(units)
        if self.exchange_order_id and units.lot_id:
            self.env["ecom.warranty"].search([("sale_order_id", "=", self.exchange_order_id.id)])._go_on()
        return result
