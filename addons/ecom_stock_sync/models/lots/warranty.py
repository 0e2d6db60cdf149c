from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ...calculations.warranty import last_day


class EcomWarranty(models.Model):
    """A serial, or goods of a lot, that a customer got with one delivery, and how long they are covered."""

    _name = "ecom.warranty"
    _description = "Warranty"
    _order = "id desc"
    _rec_name = "lot_id"
    _check_company_auto = True

    move_line_id = fields.Many2one("stock.move.line", required=True, ondelete="cascade", index=True)
    lot_id = fields.Many2one("stock.lot", string="Lot/Serial", required=True, ondelete="restrict", index=True)
    product_id = fields.Many2one("product.product", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one("res.company", required=True, index=True)
    picking_id = fields.Many2one("stock.picking", string="Delivery", ondelete="set null", index="btree_not_null")
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="restrict", index="btree_not_null")
    sale_order_id = fields.Many2one("sale.order", string="Sales Order", ondelete="set null", index="btree_not_null")
    order_id = fields.Many2one("ecom.order", string="Shop Order", ondelete="set null", index="btree_not_null")
    channel_id = fields.Many2one("ecom.channel", string="Sales Channel", ondelete="set null", index="btree_not_null")

    quantity = fields.Float(digits="Product Unit", help="What the customer got with this delivery.")
    quantity_back = fields.Float(string="Came Back", digits="Product Unit")
    shipped_at = fields.Datetime(string="Shipped on")
    start_date = fields.Date(
        string="Starts on",
        required=True,
        help="The day on which the parcel was delivered, if that is known, else shipped.",
    )
    months = fields.Integer(help="Of warranty, as the product said on the day of the delivery.")
    end_date = fields.Date(
        string="Until", compute="_compute_end_date", store=True, index=True, help="The last day that is covered."
    )
    state = fields.Selection(
        [("held", "With the customer"), ("back", "Came back")], default="held", required=True, index=True
    )
    back_at = fields.Datetime(string="Came Back on")
    under_warranty = fields.Boolean(compute="_compute_under_warranty", search="_search_under_warranty")

    _move_line_unique = models.Constraint("UNIQUE(move_line_id)", "A delivery of a lot has one warranty.")
    _months_positive = models.Constraint("CHECK(months >= 0)", "A warranty cannot have a negative number of months.")

    # === COMPUTES === #

    @api.depends("start_date", "months")
    def _compute_end_date(self):
        for warranty in self:
            warranty.end_date = warranty.start_date and last_day(warranty.start_date, warranty.months)

    @api.depends("end_date", "state")
    def _compute_under_warranty(self):
        today = fields.Date.context_today(self)
        for warranty in self:
            warranty.under_warranty = (
                warranty.state == "held" and bool(warranty.end_date) and warranty.end_date >= today
            )

    @api.model
    def _search_under_warranty(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        covered = Domain("state", "=", "held") & Domain("end_date", ">=", fields.Date.context_today(self))
        return covered if (True in value) == (operator == "in") else ~covered

    @api.depends("lot_id", "partner_id")
    def _compute_display_name(self):
        for warranty in self:
            warranty.display_name = " – ".join(
                filter(None, (warranty.lot_id.name, warranty.partner_id.display_name or ""))
            )

    def _document_name(self):
        """What people know the delivery by."""
        self.ensure_one()
        if self.order_id:
            return f"{self.channel_id.name} {self.order_id.number}"
        return self.sale_order_id.name or self.picking_id.name or ""

    # === FOLLOWING === #

    @api.model
    def _follow(self, lines):
        """Make, correct and end warranties as these done lines of tracked goods say; doing it again changes nothing."""
        known = {warranty.move_line_id: warranty for warranty in self.search([("move_line_id", "in", lines.ids)])}
        delivered = lines._to_customers().filtered(lambda line: line.lot_id and line.quantity > 0)
        gone = self.browse().union(*(warranty for line, warranty in known.items() if line not in delivered))
        lots = gone.lot_id | delivered.lot_id
        gone.unlink()
        for line, warranty in known.items():
            if line in delivered and (warranty.lot_id, warranty.quantity) != (line.lot_id, line.quantity_product_uom):
                lots |= warranty.lot_id
                warranty.write({"lot_id": line.lot_id.id, "quantity": line.quantity_product_uom})
        self.create([self._prepare_vals(line) for line in delivered if line not in known])
        back = lines.filtered(
            lambda line: line.location_id.usage == "customer" and line.location_dest_id.usage != "customer"
        )
        self._count_back(back.lot_id)
        (lots | back.lot_id)._note_holders()

    @api.model
    def _cron_past_deliveries(self):
        """Give what was delivered before this was installed its warranty too, some at a time, then rest for good."""
        done, remaining = self._follow_past_deliveries(2000)
        self.env["ir.cron"]._commit_progress(done, remaining=remaining, deactivate=not remaining)

    @api.model
    def _follow_past_deliveries(self, size):
        """:return: how many delivered lines got their warranty now, and how many remain"""
        domain = [
            ("state", "=", "done"),
            ("lot_id", "!=", False),
            ("quantity", ">", 0),
            ("location_dest_id.usage", "=", "customer"),
            ("location_id.usage", "!=", "customer"),
            ("ecom_warranty_ids", "=", False),
        ]
        Line = self.env["stock.move.line"]
        lines = Line.search(domain, order="id", limit=size)
        self._follow(lines)
        self._count_back(lines.lot_id)
        lines.lot_id._note_holders()
        return len(lines), Line.search_count(domain) if len(lines) == size else 0

    @api.model
    def _prepare_vals(self, line):
        picking, sale = line.picking_id, line.move_id.sale_line_id.order_id
        order = sale.ecom_order_id
        shipped_at = picking.ecom_elsewhere_at or picking.date_done or line.date
        return {
            "move_line_id": line.id,
            "lot_id": line.lot_id.id,
            "product_id": line.product_id.id,
            "company_id": line.company_id.id,
            "picking_id": picking.id,
            "partner_id": (sale.partner_id or picking.partner_id or line.move_id.partner_id).commercial_partner_id.id,
            "sale_order_id": sale.id,
            "order_id": order.id,
            "channel_id": order.channel_id.id,
            "quantity": line.quantity_product_uom,
            "shipped_at": shipped_at,
            "start_date": line.company_id._ecom_day(picking.ecom_delivered_at or shipped_at),
            "months": line.product_id.product_tmpl_id.with_company(line.company_id).ecom_warranty_months,
        }

    @api.model
    def _count_back(self, lots):
        """End the possession of what came back: first of the delivery that it is returned from, else of the customer's.

        Counted from all that came back of these lots, so that a return that is corrected is not counted twice.
        """
        if not lots:
            return
        returns = self.env["stock.move.line"].search(
            [
                ("lot_id", "in", lots.ids),
                ("state", "=", "done"),
                ("location_id.usage", "=", "customer"),
                ("location_dest_id.usage", "!=", "customer"),
            ],
            order="date, id",
        )
        delivered = defaultdict(self.browse)
        for warranty in self.search([("lot_id", "in", lots.ids)], order="id desc"):
            delivered[warranty.lot_id] += warranty
        back = defaultdict(float)
        back_at = {}
        for line in returns:
            left = line.quantity_product_uom
            for warranty in delivered[line.lot_id].sorted(lambda warranty, line=line: warranty._distance(line)):
                taken = min(left, warranty.quantity - back[warranty])
                if taken > 0 and warranty.move_line_id.date <= line.date:
                    back[warranty] += taken
                    back_at[warranty] = line.picking_id.date_done or line.date
                    left -= taken
        for warranty in self.union(*delivered.values()):
            warranty._note_back(back[warranty], back_at.get(warranty))

    def _distance(self, line):
        """How far a delivery is from being the one that this line brings back."""
        self.ensure_one()
        return (
            self.move_line_id.move_id != line.move_id.origin_returned_move_id,
            self.partner_id != line.picking_id.partner_id.commercial_partner_id,
        )

    def _note_back(self, quantity, at):
        self.ensure_one()
        all_of_it = self.product_id.uom_id.compare(quantity, self.quantity) >= 0
        vals = {
            "quantity_back": quantity,
            "state": "back" if all_of_it else "held",
            "back_at": at if all_of_it else False,
        }
        if any(self[name] != value for name, value in vals.items()):
            self.write(vals)

    # === ACTIONS === #

    def action_open_lot(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "stock.lot",
            "res_id": self.lot_id.id,
            "view_mode": "form",
        }

    def action_open_order(self):
        """The shop's order, else the sales order, else the delivery."""
        self.ensure_one()
        document = self.order_id or self.sale_order_id or self.picking_id
        return document.get_formview_action()
